use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Signum: a step of fixed size against the sign of the mean gradient.
    ///
    /// ```text
    /// m <- beta m + (1 - beta) g
    /// w <- w - lr sign(m)
    /// ```
    ///
    /// Defaults: `beta` 0.9 (optax'), learning rate 0.001.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::SignumConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Bernstein et al., [signSGD: Compressed Optimisation for Non-Convex
    /// Problems](https://arxiv.org/abs/1802.04434), 2018.
    Signum, SignumConfig, "signum", lr |_| 1e-3, conventions [Optax optax],
    {
        /// Sets the decay of the mean gradient.
        beta with_beta: f64 in Fraction,
    }
}

impl Signum {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta: 0.9,
        }
    }
}

impl UpdateRule<1> for Signum {
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 1] = ["moment_1"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    #[inline(always)]
    fn update<N: Number>(&self, lr: &f64, w: N, g: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let m = m * self.beta + g * (1.0 - self.beta);
        (w - m.signum() * *lr, [m])
    }
}
