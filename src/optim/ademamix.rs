use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// AdEMAMix: Adam with a second, far longer memory of the gradients.
    ///
    /// ```text
    /// m <- beta_1 m + (1 - beta_1) g            m^ = m / (1 - beta_1^t)
    /// l <- beta_3 l + (1 - beta_3) g            not corrected: it fills slowly
    /// v <- beta_2 v + (1 - beta_2) g^2          v^ = v / (1 - beta_2^t)
    /// w <- w - lr (m^ + alpha l) / (sqrt(v^) + epsilon)
    /// ```
    ///
    /// Defaults (optax'): `beta_1` 0.9, `beta_2` 0.999, `beta_3` 0.9999, `alpha` 5, `epsilon` 1e-8,
    /// learning rate 0.001.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::AdEmaMixConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Pagliardini et al., [The AdEMAMix Optimizer: Better, Faster,
    /// Older](https://arxiv.org/abs/2409.03137), 2024.
    AdEmaMix, AdEmaMixConfig, "ademamix", lr |_| 1e-3, conventions [Optax optax],
    decay |_| Some(Decoupled(0.0)),
    {
        /// Sets the decay of the short memory.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean squared gradient.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets the decay of the long memory.
        beta_3 with_beta_3: f64 in Fraction,
        /// Sets the weight of the long memory.
        alpha with_alpha: f64 in NonNegative,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
    }
}

impl AdEmaMix {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            beta_3: 0.9999,
            alpha: 5.0,
            epsilon: 1e-8,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    /// `lr / (1 - beta_1^t)`.
    short: f64,
    /// `lr alpha`.
    long: f64,
    /// `1 / sqrt(1 - beta_2^t)`.
    root: f64,
}

impl UpdateRule<3> for AdEmaMix {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 3] = ["moment_1", "moment_2", "long_memory"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        Scalars {
            short: clock.lr / clock.correction(self.beta_1),
            long: clock.lr * self.alpha,
            root: clock.correction(self.beta_2).sqrt().recip(),
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [m, v, l]: [N; 3]) -> (N, [N; 3]) {
        let m = m * self.beta_1 + g * (1.0 - self.beta_1);
        let l = l * self.beta_3 + g * (1.0 - self.beta_3);
        let v = v * self.beta_2 + g.square() * (1.0 - self.beta_2);
        let step = m * s.short + l * s.long;
        (w - step / (v.sqrt() * s.root + self.epsilon), [m, v, l])
    }
}
