use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// AdaBelief: Adam that takes large steps where gradients are as expected.
    ///
    /// ```text
    /// m <- beta_1 m + (1 - beta_1) g                               m^ = m / (1 - beta_1^t)
    /// s <- beta_2 s + (1 - beta_2) (g - m)^2 + epsilon_root        s^ = s / (1 - beta_2^t)
    /// w <- w - lr m^ / (sqrt(s^) + epsilon)
    /// ```
    ///
    /// Defaults (optax'): `beta_1` 0.9, `beta_2` 0.999, `epsilon` and `epsilon_root` 1e-16, learning
    /// rate 0.001.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::AdaBeliefConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Zhuang et al., [AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed
    /// Gradients](https://arxiv.org/abs/2010.07468), 2020.
    AdaBelief, AdaBeliefConfig, "adabelief", lr |_| 1e-3, conventions [Optax optax],
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean squared surprise.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what is added to the denominator.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets what is added to the mean squared surprise in each step.
        epsilon_root with_epsilon_root: f64 in AboveZero,
    }
}

impl AdaBelief {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-16,
            epsilon_root: 1e-16,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    /// `lr / (1 - beta_1^t)`.
    step: f64,
    /// `1 / sqrt(1 - beta_2^t)`.
    root: f64,
}

impl UpdateRule<2> for AdaBelief {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["moment_1", "surprise"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        Scalars {
            step: clock.lr / clock.correction(self.beta_1),
            root: clock.correction(self.beta_2).sqrt().recip(),
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [m, b]: [N; 2]) -> (N, [N; 2]) {
        let m = m * self.beta_1 + g * (1.0 - self.beta_1);
        let b = b * self.beta_2 + (g - m).square() * (1.0 - self.beta_2) + self.epsilon_root;
        (w - m * s.step / (b.sqrt() * s.root + self.epsilon), [m, b])
    }
}
