use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Averaged stochastic gradient descent: descent, and beside it the mean of the weights.
    ///
    /// ```text
    /// w <- (1 - lambda eta) w - eta g       eta <- lr / (1 + lambda lr t)^alpha
    /// a <- a + mu (w - a)                   mu  <- 1 / max(1, t - t0)
    /// ```
    ///
    /// `eta` starts at the learning rate and is worked out for the next step, so a change of the
    /// learning rate takes effect one step late. The average `a` is the state tensor `average`
    /// ([`RuleState::tensor`](crate::optim::RuleState::tensor)); it is the weights themselves until
    /// step `t0`.
    ///
    /// Defaults (PyTorch's): `lambda` 1e-4, `alpha` 0.75, `t0` 1e6, learning rate 0.01.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::AsgdConfig::new().with_t0(1000.0).init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
    Asgd, AsgdConfig, "asgd", lr |_| 1e-2, conventions [PyTorch pytorch],
    {
        /// Sets the decay of the weights.
        lambda with_lambda: f64 in NonNegative,
        /// Sets the power of the decay of the learning rate.
        alpha with_alpha: f64 in NonNegative,
        /// Sets the step at which averaging starts.
        t0 with_t0: f64 in NonNegative,
    }
}

impl Asgd {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            lambda: 1e-4,
            alpha: 0.75,
            t0: 1e6,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    eta: f64,
    /// `1 - lambda eta`.
    shrink: f64,
    mu: f64,
}

impl UpdateRule<1> for Asgd {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 1] = ["average"];
    const ROUNDS: [bool; 1] = [false];

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let [eta, mu] = match clock.time {
            1 => [clock.lr, 1.0],
            _ => clock.memory,
        };
        let t = clock.time as f64;
        clock.memory = [
            clock.lr / (1.0 + self.lambda * clock.lr * t).powf(self.alpha),
            (t - self.t0).max(1.0).recip(),
        ];
        Scalars {
            eta,
            shrink: 1.0 - self.lambda * eta,
            mu,
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [average]: [N; 1]) -> (N, [N; 1]) {
        let w = w * s.shrink - g * s.eta;
        // Weighted so that the average is the weights, to the bit, where mu is 1.
        (w, [average * (1.0 - s.mu) + w * s.mu])
    }
}
