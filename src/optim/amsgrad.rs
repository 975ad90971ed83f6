use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// AMSGrad: Adam whose denominator never shrinks.
    ///
    /// ```text
    /// m <- beta_1 m + (1 - beta_1) g        m^ = m / (1 - beta_1^t)
    /// v <- beta_2 v + (1 - beta_2) g^2
    /// PyTorch  u <- max(u, v)                    w <- w - lr m^ / (sqrt(u / (1 - beta_2^t)) + epsilon)
    /// Keras    u <- max(u, v)                    w <- w - lr m^ sqrt(1 - beta_2^t) / (sqrt(u) + epsilon)
    /// optax    u <- max(u, v / (1 - beta_2^t))   w <- w - lr m^ / (sqrt(u) + epsilon)
    /// ```
    ///
    /// Defaults: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-8 (Keras: 1e-7), learning rate 0.001.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::AmsGradConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Reddi et al., [On the Convergence of Adam and Beyond](https://arxiv.org/abs/1904.09237), 2018.
    AmsGrad, AmsGradConfig, "amsgrad", lr |_| 1e-3,
    conventions [PyTorch pytorch, Keras keras, Optax optax],
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean squared gradient.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
    }
}

impl AmsGrad {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: match convention {
                Convention::Keras => 1e-7,
                _ => 1e-8,
            },
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    beta_1: f64,
    beta_2: f64,
    /// `lr / (1 - beta_1^t)`.
    step: f64,
    /// What the second moment is multiplied by before the maximum.
    before: f64,
    /// What the root of the maximum is multiplied by.
    after: f64,
    epsilon: f64,
}

impl UpdateRule<3> for AmsGrad {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 3] = ["moment_1", "moment_2", "max_moment_2"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let correction = clock.correction(self.beta_2);
        let root = correction.sqrt().recip();
        let (before, after, epsilon) = match self.convention {
            Convention::Optax => (correction.recip(), 1.0, self.epsilon),
            Convention::Keras => (1.0, root, self.epsilon * root),
            _ => (1.0, root, self.epsilon),
        };
        Scalars {
            beta_1: self.beta_1,
            beta_2: self.beta_2,
            step: clock.lr / clock.correction(self.beta_1),
            before,
            after,
            epsilon,
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [m, v, max]: [N; 3]) -> (N, [N; 3]) {
        let m = m * s.beta_1 + g * (1.0 - s.beta_1);
        let v = v * s.beta_2 + g.square() * (1.0 - s.beta_2);
        let max = (v * s.before).max(max);
        (
            w - m * s.step / (max.sqrt() * s.after + s.epsilon),
            [m, v, max],
        )
    }
}
