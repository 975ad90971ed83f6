//! Expectations over a standard normal variable.

use core::f64::consts::PI;

/// Positions and weights of the Gauss-Legendre rule of 8 points on `[-1, 1]`, its right half.
const RULE: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_3),
];

/// Where the integral ends: the density is 1e-56 there.
const END: f64 = 16.0;

/// The width of a panel.
const PANEL: f64 = 1.0 / 8.0;

/// Positions and weights of a rule for `E[g(z)]`, `z ~ N(0, 1)`.
///
/// Gauss-Hermite's rule is made for this integral, but only for smooth functions: the kink of a
/// hard tanh or the jump of a threshold between two of its positions costs it up to two digits.
/// Here the line is cut into panels, each with a Gauss-Legendre rule of its own. The kinks of all
/// activations with their default parameters lie between two panels, so that each panel sees a
/// smooth function and the sum is exact to rounding; a kink elsewhere spoils one panel of 256.
pub(super) fn normal_rule() -> Vec<(f64, f64)> {
    let panels = (2.0 * END / PANEL) as usize;
    let mut rule = Vec::with_capacity(panels * 2 * RULE.len());
    for panel in 0..panels {
        let middle = -END + PANEL * (panel as f64 + 0.5);
        for (position, weight) in RULE {
            for z in [
                middle - position * PANEL / 2.0,
                middle + position * PANEL / 2.0,
            ] {
                let density = (-z * z / 2.0).exp() / (2.0 * PI).sqrt();
                rule.push((z, weight * PANEL / 2.0 * density));
            }
        }
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::ActivationConfig;

    fn expectation(g: impl Fn(f64) -> f64) -> f64 {
        normal_rule().iter().map(|(z, weight)| weight * g(*z)).sum()
    }

    #[test]
    fn moments_of_the_normal_distribution() {
        for (power, moment) in [
            (0, 1.0),
            (1, 0.0),
            (2, 1.0),
            (3, 0.0),
            (4, 3.0),
            (12, 10395.0),
        ] {
            let value = expectation(|z| z.powi(power));
            assert!(
                (value - moment).abs() <= 1e-13 * moment.max(1.0),
                "{power}: {value}"
            );
        }
    }

    #[test]
    fn functions_with_kinks_and_jumps() {
        // P(z > 1) and E[max(z, 0)^2].
        let tail = expectation(|z| if z > 1.0 { 1.0 } else { 0.0 });
        assert!((tail - libm::erfc(0.5f64.sqrt()) / 2.0).abs() < 1e-14);
        assert!((expectation(|z| z.max(0.0).powi(2)) - 0.5).abs() < 1e-14);
    }

    /// Positions and weights of the Gauss-Hermite rule of `n` points for `E[g(z)]`, by Newton's
    /// method on the normalised Hermite polynomial, from one root to the next.
    fn gauss_hermite(n: usize) -> Vec<(f64, f64)> {
        let polynomial = |x: f64| {
            let (mut before, mut value) = (0.0, 1.0);
            for k in 1..=n {
                let k = k as f64;
                (before, value) = (value, (x * value - (k - 1.0).sqrt() * before) / k.sqrt());
            }
            (value, (n as f64).sqrt() * before)
        };
        // The roots lie further apart than this step, so that each changes the sign once.
        let step = 1.0 / (n as f64).sqrt() / 4.0;
        let end = 2.0 * (n as f64).sqrt() + 1.0;
        let mut rule = Vec::new();
        let mut x = -end;
        while x < end {
            if polynomial(x).0 * polynomial(x + step).0 < 0.0 {
                let mut root = x + step / 2.0;
                for _ in 0..30 {
                    let (value, slope) = polynomial(root);
                    root -= value / slope;
                }
                let slope = polynomial(root).1;
                rule.push((root, 1.0 / (slope * slope)));
            }
            x += step;
        }
        assert_eq!(rule.len(), n);
        rule
    }

    #[test]
    fn agrees_with_gauss_hermite_on_smooth_functions() {
        let hermite = gauss_hermite(100);
        for name in ["sigmoid", "tanh", "gelu", "gaussian", "sine", "identity"] {
            let activation: ActivationConfig = name.parse().unwrap();
            for f in [ActivationConfig::value, ActivationConfig::slope] {
                let square = |z: f64| f(&activation, z).unwrap().powi(2);
                let twin: f64 = hermite.iter().map(|(z, weight)| weight * square(*z)).sum();
                let value = expectation(square);
                assert!((value / twin - 1.0).abs() < 1e-8, "{name}: {value}, {twin}");
            }
        }
    }
}
