/// The probability that two samples differ in their means by as much as they do, or more, where what they are drawn from
/// does not: Welch's t-test, two-sided.
///
/// ```text
/// a = v_1 / n_1,  b = v_2 / n_2
/// t = (m_1 - m_2) / sqrt(a + b)
/// degrees of freedom = (a + b)^2 / (a^2 / (n_1 - 1) + b^2 / (n_2 - 1))
/// ```
///
/// with the means `m`, the variances `v` (over `n - 1`) and the sizes `n`. Unlike Student's, it does not take the
/// variances for equal. Where both are 0 it is 1 for equal means, and 0 for others.
///
/// ```
/// use burn_extras::study::welch;
///
/// assert!(welch(&[8.1, 8.3, 8.2], &[8.2, 8.4, 8.2]) > 0.3);
/// assert!(welch(&[8.1, 8.3, 8.2], &[9.4, 9.2, 9.6]) < 0.01);
/// ```
///
/// NaN where a sample has fewer than two numbers, or one that is not finite.
///
/// Welch, [The generalization of "Student's" problem when several different population variances are
/// involved](https://doi.org/10.1093/biomet/34.1-2.28), 1947.
pub fn welch(first: &[f64], second: &[f64]) -> f64 {
    if first.len() < 2 || second.len() < 2 {
        return f64::NAN;
    }
    let [(mean_1, a, rest_1), (mean_2, b, rest_2)] = [first, second].map(|sample| {
        let (mean, spread) = mean_and_spread(sample);
        let size = sample.len() as f64;
        (mean, spread * spread / size, size - 1.0)
    });
    let difference = mean_1 - mean_2;
    if !(difference.is_finite() && (a + b).is_finite()) {
        return f64::NAN;
    }
    if a + b == 0.0 {
        return if difference == 0.0 { 1.0 } else { 0.0 };
    }
    let t = difference / (a + b).sqrt();
    // Shares, so that no square is too small to be a number.
    let (a, b) = (a / (a + b), b / (a + b));
    beyond(t, 1.0 / (a * a / rest_1 + b * b / rest_2))
}

/// Mean and standard deviation, over `n - 1`.
pub fn mean_and_spread(sample: &[f64]) -> (f64, f64) {
    let size = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / size;
    let squares: f64 = sample.iter().map(|it| (it - mean).powi(2)).sum();
    (mean, (squares / (size - 1.0)).sqrt())
}

/// The probability that a number of Student's distribution is as far from 0 as `t`, or farther.
fn beyond(t: f64, freedom: f64) -> f64 {
    incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

/// `I_x(a, b)`, by its continued fraction ([DLMF 8.17.22](https://dlmf.nist.gov/8.17#E22)), which converges fast for
/// `x < (a + 1) / (a + b + 2)`; for others there is `I_x(a, b) = 1 - I_{1-x}(b, a)`.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let log_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = (a * x.ln() + b * (-x).ln_1p() - log_beta).exp() / a;
    let coefficient = |index: usize| {
        let m = (index / 2) as f64;
        let n = a + 2.0 * m;
        match index % 2 {
            0 => m * (b - m) * x / ((n - 1.0) * n),
            _ => -(a + m) * (a + b + m) * x / (n * (n + 1.0)),
        }
    };
    // From the back: a hundred terms are far more than a double has digits for here.
    let fraction = (1..=100)
        .rev()
        .fold(1.0, |below, index| 1.0 + coefficient(index) / below);
    front / fraction
}

#[cfg(test)]
mod tests {
    use core::f64::consts::PI;

    use super::*;

    fn close(got: f64, expected: f64) {
        let error = (got - expected).abs();
        assert!(
            error < 1e-12 * expected.max(1e-3),
            "{got}, expected {expected}"
        );
    }

    #[test]
    fn has_the_closed_forms_of_few_degrees_of_freedom() {
        for t in [1e-3, 0.1, 0.5, 1.0, 1.7, 3.0, 10.0, 100.0] {
            let square: f64 = t * t;
            close(beyond(t, 1.0), 1.0 - 2.0 / PI * t.atan());
            close(beyond(t, 2.0), 1.0 - t / (2.0 + square).sqrt());
            let angle = (t / 3f64.sqrt()).atan();
            close(
                beyond(t, 3.0),
                1.0 - 2.0 / PI * (angle + angle.sin() * angle.cos()),
            );
            let sine = t / (4.0 + square).sqrt();
            close(
                beyond(t, 4.0),
                1.0 - sine * (1.0 + 0.5 * (1.0 - sine * sine)),
            );
        }
    }

    #[test]
    fn many_degrees_of_freedom_are_normal() {
        for t in [0.3, 1.0, 1.96, 3.0] {
            let normal = libm::erfc(t / 2f64.sqrt());
            assert!((beyond(t, 1e6) - normal).abs() < 1e-5, "{t}");
        }
    }

    /// Equal sizes and variances: Student's test, of 4 degrees of freedom.
    #[test]
    fn equal_variances_are_students_test() {
        let t = 2.0 / (2.0f64 / 3.0).sqrt();
        close(welch(&[1.0, 2.0, 3.0], &[3.0, 4.0, 5.0]), beyond(t, 4.0));
        let scaled = welch(&[1e-200, 2e-200, 3e-200], &[3e-200, 4e-200, 5e-200]);
        assert!(scaled.is_finite());
    }

    /// Only one varies: as many degrees of freedom as that one has.
    #[test]
    fn a_sample_without_variance_has_no_freedom() {
        let t = 2.0 / (1.0f64 / 3.0).sqrt();
        close(welch(&[1.0, 2.0, 3.0], &[4.0, 4.0, 4.0]), beyond(t, 2.0));
    }

    #[test]
    fn the_edges() {
        assert_eq!(welch(&[1.0, 1.0], &[1.0, 1.0]), 1.0);
        assert_eq!(welch(&[1.0, 1.0], &[2.0, 2.0]), 0.0);
        assert!(welch(&[1.0], &[2.0, 2.0]).is_nan());
        assert!(welch(&[1.0, f64::NAN], &[2.0, 2.0]).is_nan());
        assert!(welch(&[1.0, f64::INFINITY], &[2.0, 3.0]).is_nan());
        assert_eq!(welch(&[1.0, 2.0, 4.0], &[4.0, 2.0, 1.0]), 1.0);
    }
}
