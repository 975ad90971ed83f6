/// The numbers `x` for which `rows` times `x` is nearest to `wanted`, by least squares; `None` where the rows do not
/// determine them.
pub fn least_squares<const K: usize>(rows: &[[f64; K]], wanted: &[f64]) -> Option<[f64; K]> {
    // The normal equations, with what they are to be beside them.
    let mut equations = [[0.0; K]; K];
    let mut sides = [0.0; K];
    for (row, wanted) in rows.iter().zip(wanted) {
        for (i, a) in row.iter().enumerate() {
            sides[i] += a * wanted;
            for (j, b) in row.iter().enumerate() {
                equations[i][j] += a * b;
            }
        }
    }
    solve(equations, sides)
}

/// Gauss's elimination, by the largest number of each column.
fn solve<const K: usize>(mut a: [[f64; K]; K], mut b: [f64; K]) -> Option<[f64; K]> {
    for column in 0..K {
        let largest =
            (column..K).max_by(|i, j| a[*i][column].abs().total_cmp(&a[*j][column].abs()))?;
        a.swap(column, largest);
        b.swap(column, largest);
        let pivot = a[column];
        if pivot[column].abs() < 1e-12 {
            return None;
        }
        for row in (0..K).filter(|row| *row != column) {
            let factor = a[row][column] / pivot[column];
            for (number, above) in a[row].iter_mut().zip(pivot) {
                *number -= factor * above;
            }
            b[row] -= factor * b[column];
        }
    }
    Some(core::array::from_fn(|i| b[i] / a[i][i]))
}
