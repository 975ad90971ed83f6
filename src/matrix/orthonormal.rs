use super::vector::{dot, norm, take_off};

/// Makes the rows of a matrix, each of `len` numbers and no more of them than that, orthonormal: Gram-Schmidt, a row
/// gone over until it no longer shrinks, which is as orthogonal as rounding allows. Where nothing is left of a row
/// besides rounding, an axis takes its place.
pub(crate) fn orthonormalize(matrix: &mut [f64], len: usize) {
    let mut axes = 0..len;
    let mut rest = matrix;
    let mut done: Vec<&[f64]> = Vec::new();
    while !rest.is_empty() {
        let (row, following) = rest.split_at_mut(len);
        let mut whole = norm(row);
        let mut before = whole;
        let length = loop {
            let shares: Vec<f64> = done.iter().map(|other| dot(row, other)).collect();
            for (other, share) in done.iter().zip(shares) {
                take_off(row, share, other);
            }
            let after = norm(row);
            if after <= len as f64 * f64::EPSILON * whole {
                let Some(axis) = axes.next() else {
                    break after;
                };
                row.fill(0.0);
                row[axis] = 1.0;
                (whole, before) = (1.0, 1.0);
            } else if after < 0.7 * before {
                before = after;
            } else {
                break after;
            }
        };
        row.iter_mut().for_each(|value| *value /= length);
        done.push(row);
        rest = following;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_orthonormal(rows: &[f64], len: usize) {
        for (i, a) in rows.chunks(len).enumerate() {
            for (j, b) in rows.chunks(len).enumerate() {
                let expected = f64::from(i == j);
                assert!(
                    (dot(a, b) - expected).abs() < 1e-14,
                    "{i} {j}: {}",
                    dot(a, b)
                );
            }
        }
    }

    #[test]
    fn rows_become_orthonormal() {
        for len in [1, 2, 7, 8, 33] {
            let mut rows: Vec<f64> = (0..len * len).map(|i| (i as f64 * 1.3).sin()).collect();
            orthonormalize(&mut rows, len);
            assert_orthonormal(&rows, len);
        }
    }

    #[test]
    fn spans_what_it_was_given() {
        let mut rows = [3.0, 4.0, 3.0, 5.0];
        orthonormalize(&mut rows, 2);
        for (found, expected) in rows.iter().zip([0.6, 0.8, -0.8, 0.6]) {
            assert!((found - expected).abs() < 1e-15, "{rows:?}");
        }
    }

    /// A zero row, one that is another's multiple, and rows that are almost one another.
    #[test]
    fn rows_that_depend_on_each_other_are_replaced() {
        let mut zeros = [0.0; 9];
        orthonormalize(&mut zeros, 3);
        assert_eq!(zeros, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let mut rows = [1.0, 2.0, 2.0, -0.5, -1.0, -1.0, 1.0, 2.0, 2.0 + 1e-13];
        orthonormalize(&mut rows, 3);
        assert_orthonormal(&rows, 3);
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let mut rows = [1.0, f64::NAN, 0.0, 1.0];
        orthonormalize(&mut rows, 2);
        assert!(rows.iter().all(|value| value.is_nan()), "{rows:?}");
    }
}
