use super::vector::{dot, take_off};

/// The eigenvalues of a symmetric matrix, the largest first, and its eigenvectors, which are the rows of `vectors`.
pub(crate) struct Eigen {
    pub(crate) values: Vec<f64>,
    pub(crate) vectors: Vec<f64>,
}

/// Decomposes a symmetric matrix of `len` rows: by reflections to one that has a diagonal and what is beside it, and
/// from there by rotations with Wilkinson's shift. Golub and Van Loan, Matrix Computations, 8.3.
///
/// What is infinite or NaN anywhere is NaN everywhere.
pub(crate) fn eigen(mut matrix: Vec<f64>, len: usize) -> Eigen {
    // As large as 1, so that no square is outside of f64.
    let size = matrix.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
    if !matrix.iter().all(|x| x.is_finite()) {
        return Eigen {
            values: vec![f64::NAN; len],
            vectors: vec![f64::NAN; len * len],
        };
    }
    let scale = if size > 0.0 { size } else { 1.0 };
    matrix.iter_mut().for_each(|x| *x /= scale);
    let mut tridiagonal = Tridiagonal::of(matrix, len);
    tridiagonal.diagonalize();
    let Tridiagonal { diagonal, rows, .. } = tridiagonal;
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|a, b| diagonal[*b].total_cmp(&diagonal[*a]));
    let row = |index: &usize| rows[index * len..][..len].iter().copied();
    Eigen {
        values: order.iter().map(|index| diagonal[*index] * scale).collect(),
        vectors: order.iter().flat_map(row).collect(),
    }
}

/// `rows^T T rows`, where `T` has a diagonal and the same numbers beside it on either side.
struct Tridiagonal {
    diagonal: Vec<f64>,
    beside: Vec<f64>,
    rows: Vec<f64>,
}

impl Tridiagonal {
    fn of(mut matrix: Vec<f64>, len: usize) -> Self {
        let last = len.saturating_sub(1);
        let mut beside = vec![0.0; last];
        let mut factors = vec![0.0; last];
        for k in 0..last {
            // A reflection `1 - factor v v^T` that leaves of a row what is on the diagonal and beside it; `v` stays in
            // the row's place.
            let (before, below) = matrix.split_at_mut((k + 1) * len);
            let v = &mut before[k * len..][k + 1..len];
            let length = dot(v, v).sqrt();
            beside[k] = -length.copysign(v[0]);
            v[0] -= beside[k];
            let square = dot(v, v);
            if square == 0.0 {
                continue;
            }
            factors[k] = 2.0 / square;
            // On both sides: `A <- A - v w^T - w v^T`.
            let rows = below.chunks_mut(len).map(|row| &mut row[k + 1..]);
            let mut rows: Vec<_> = rows.collect();
            let mut w: Vec<f64> = rows.iter().map(|row| factors[k] * dot(row, v)).collect();
            let share = 0.5 * factors[k] * dot(&w, v);
            take_off(&mut w, share, v);
            for (row, (v_row, w_row)) in rows.iter_mut().zip(v.iter().zip(&w)) {
                take_off(row, *v_row, &w);
                take_off(row, *w_row, v);
            }
        }
        let mut rows = vec![0.0; len * len];
        (0..len).for_each(|k| rows[k * len + k] = 1.0);
        for k in (0..last).rev() {
            let v = &matrix[k * len..][k + 1..len];
            for row in rows.chunks_mut(len).skip(k + 1) {
                let row = &mut row[k + 1..];
                let share = factors[k] * dot(row, v);
                take_off(row, share, v);
            }
        }
        Self {
            diagonal: (0..len).map(|k| matrix[k * len + k]).collect(),
            beside,
            rows,
        }
    }

    fn diagonalize(&mut self) {
        let mut end = self.diagonal.len().saturating_sub(1);
        // Two or three rounds are enough for each eigenvalue.
        let mut rounds = 60 * self.diagonal.len();
        while end > 0 && rounds > 0 {
            if self.is_split(end - 1) {
                end -= 1;
                continue;
            }
            let start = (0..end).rev().find(|k| self.is_split(*k));
            self.rotate(start.map_or(0, |k| k + 1), end);
            rounds -= 1;
        }
    }

    /// Whether what is beside the diagonal is nothing but rounding there.
    fn is_split(&self, k: usize) -> bool {
        let around = self.diagonal[k].abs() + self.diagonal[k + 1].abs();
        self.beside[k].abs() <= f64::EPSILON * around
    }

    /// One round of rotations from `start` to `end`: the first is that of a step of the QR iteration, which is shifted by
    /// the eigenvalue of the last two rows that is nearer to the end, and each of the others moves on what the one
    /// before put outside.
    fn rotate(&mut self, start: usize, end: usize) {
        let Self {
            diagonal,
            beside,
            rows,
        } = self;
        let len = diagonal.len();
        let (half, last) = ((diagonal[end - 1] - diagonal[end]) / 2.0, beside[end - 1]);
        let shift = diagonal[end] - last * (last / (half + half.hypot(last).copysign(half)));
        let (mut near, mut outside) = (diagonal[start] - shift, beside[start]);
        for k in start..end {
            let length = near.hypot(outside);
            let (cos, sin) = match length > 0.0 {
                true => (near / length, outside / length),
                false => (1.0, 0.0),
            };
            if k > start {
                beside[k - 1] = length;
            }
            let (a, b, c) = (diagonal[k], beside[k], diagonal[k + 1]);
            let twice = 2.0 * cos * sin * b;
            diagonal[k] = cos * cos * a + twice + sin * sin * c;
            diagonal[k + 1] = sin * sin * a - twice + cos * cos * c;
            beside[k] = cos * sin * (c - a) + (cos * cos - sin * sin) * b;
            if k + 1 < end {
                (near, outside) = (beside[k], sin * beside[k + 1]);
                beside[k + 1] *= cos;
            }
            let (one, other) = rows[k * len..][..2 * len].split_at_mut(len);
            for (one, other) in one.iter_mut().zip(other) {
                (*one, *other) = (cos * *one + sin * *other, cos * *other - sin * *one);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares `V^T diag(values) V` with the matrix, and `V V^T` with the identity.
    #[track_caller]
    fn check(matrix: &[f64], len: usize) -> Vec<f64> {
        let Eigen { values, vectors } = eigen(matrix.to_vec(), len);
        let size = matrix.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
        assert!(values.is_sorted_by(|a, b| a >= b), "{values:?}");
        let at = |row: usize, column: usize| vectors[row * len + column];
        for i in 0..len {
            for j in 0..len {
                let product: f64 = (0..len).map(|k| values[k] * at(k, i) * at(k, j)).sum();
                let far = (product - matrix[i * len + j]).abs();
                assert!(far <= 1e-14 * len as f64 * size, "{i} {j}: {far:e}");
                let product: f64 = (0..len).map(|k| at(i, k) * at(j, k)).sum();
                let far = (product - f64::from(i == j)).abs();
                assert!(far < 1e-14 * len as f64, "{i} {j}: {far:e}");
            }
        }
        values
    }

    fn gram(len: usize, rank: usize) -> Vec<f64> {
        let at = |i: usize, k: usize| ((i * 31 + k * 17) as f64 * 0.7).sin() * (k + 1) as f64;
        let product = |i, j| (0..rank).map(|k| at(i, k) * at(j, k)).sum();
        (0..len * len)
            .map(|place| product(place / len, place % len))
            .collect()
    }

    #[test]
    fn of_any_size_and_rank() {
        for len in [1, 2, 3, 8, 17, 40] {
            check(&gram(len, len), len);
            let values = check(&gram(len, 1), len);
            assert!(
                values[1..]
                    .iter()
                    .all(|value| value.abs() < 1e-14 * values[0])
            );
        }
    }

    #[test]
    fn known_values() {
        assert_eq!(check(&[0.0; 9], 3), [0.0; 3]);
        assert_eq!(
            check(&[2.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 5.0], 3),
            [5.0, 2.0, -1.0]
        );
        let values = check(&[2.0, 1.0, 1.0, 2.0], 2);
        assert!((values[0] - 3.0).abs() < 1e-15 && (values[1] - 1.0).abs() < 1e-15);
        // Differences along a line: 2 - 2 cos(k pi / (len + 1)).
        let len = 30;
        let at = |place: usize| match (place / len).abs_diff(place % len) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        };
        let matrix: Vec<f64> = (0..len * len).map(at).collect();
        for (k, value) in check(&matrix, len).iter().rev().enumerate() {
            let angle = (k + 1) as f64 * core::f64::consts::PI / (len + 1) as f64;
            assert!(
                (value - (2.0 - 2.0 * angle.cos())).abs() < 1e-14,
                "{k}: {value}"
            );
        }
    }

    #[test]
    fn at_the_ends_of_f64() {
        for scale in [1e-300, 1e300] {
            let matrix: Vec<f64> = gram(5, 5).iter().map(|x| x * scale / 1e3).collect();
            check(&matrix, 5);
        }
        for odd in [f64::NAN, f64::INFINITY] {
            let Eigen { values, vectors } = eigen(vec![1.0, odd, odd, 1.0], 2);
            assert!(values.iter().chain(&vectors).all(|x| x.is_nan()));
        }
    }
}
