//! The threshold of sparsemax and the entmaxes, by Newton's iteration.
//!
//! With `u = (z - tau)+` the threshold solves `h(tau) = 1`, where `h = (sum u^p)^(1/p)` is a norm: decreasing and
//! convex in `tau`. So each step from the left stays on the left, and goes at least as far as it takes to quarter
//! `(h - 1) |h'|`: by convexity `(h_new - 1) / (h - 1) + h'_new / h' <= 1`, and a product of two numbers with a sum
//! of at most 1 is at most a quarter. Near the threshold the digits double instead.

use crate::fused::Number;

/// The place after a step, and whether the iteration has turned back.
///
/// A long step may end beyond the threshold by what it was rounded by, and is corrected. Once it has turned, the
/// iteration does not turn again: it would swing about the threshold by the last digit, and never rest.
#[inline(always)]
pub(super) fn advance<N: Number>(place: N, turned: N, step: N) -> [N; 2] {
    let (zero, one) = (N::literal(0.0), N::literal(1.0));
    let step = turned.if_positive(step.min(zero), step);
    [place + step, step.if_negative(one, turned)]
}

/// After how many steps from `tau = max z - 1` the sum of `u^power` is within `epsilon` of 1, for any row of `len`
/// numbers. On most rows the iteration is at rest after 4 to 8.
///
/// At first `h - 1 <= len^(1/power) - 1` and `|h'| <= len^(1/power)`; at last `|h'| >= 1`, and the sum is
/// `h^power`.
pub(super) fn steps(power: f64, len: usize, epsilon: f64) -> usize {
    let exponent = (len as f64).ln() / power;
    let product = exponent.exp_m1() * exponent.exp();
    let quarters = (product * power / epsilon).max(1.0).ln() / 4f64.ln();
    // The turn, and what rounding leaves behind it.
    quarters.ceil() as usize + 3
}

#[cfg(test)]
mod tests {
    use super::steps;

    /// A row on which each step of sparsemax leaves one number behind, and random ones.
    #[test]
    fn no_row_takes_more_steps_than_the_bound() {
        let slow = |len: i32| -> Vec<f64> {
            (0..len)
                .map(|index| -(-0.7 * f64::from(index)).exp())
                .collect()
        };
        let mut state = 1_u64;
        let mut drawn = |len: usize, scale: f64| -> Vec<f64> {
            let mut draw = || {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 11) as f64 / (1_u64 << 53) as f64
            };
            (0..len).map(|_| scale * draw()).collect()
        };
        for row in [
            slow(20),
            slow(200),
            drawn(10, 1.0),
            drawn(1000, 0.1),
            drawn(50_000, 3.0),
        ] {
            for power in [1.0, 1.1, 2.0, 4.0] {
                let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let mut tau = -1.0;
                let mut sum = 0.0;
                for _ in 0..=steps(power, row.len(), 1e-7) {
                    let over = row.iter().map(|z| (z - max - tau).max(0.0));
                    let over: Vec<_> = over.filter(|u| *u > 0.0).collect();
                    sum = over.iter().map(|u| u.powf(power)).sum::<f64>();
                    let slope: f64 = over.iter().map(|u| u.powf(power - 1.0)).sum();
                    tau += (sum - sum.powf(1.0 - 1.0 / power)) / slope;
                }
                assert!((sum - 1.0).abs() <= 1e-7, "{power}: {sum}");
            }
        }
    }
}
