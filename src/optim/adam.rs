use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Adam: momentum and RMSProp together, both corrected for having started at zero.
    ///
    /// ```text
    /// m <- beta_1 m + (1 - beta_1) g        m^ = m / (1 - beta_1^t)
    /// v <- beta_2 v + (1 - beta_2) g^2      v^ = v / (1 - beta_2^t)
    /// PyTorch, optax  w <- w - lr m^ / (sqrt(v^) + epsilon)
    /// Keras, book     w <- w - lr m^ sqrt(1 - beta_2^t) / (sqrt(v) + epsilon)
    /// ```
    ///
    /// By the second form epsilon counts for more in the first steps.
    ///
    /// Defaults: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-8 (PyTorch, optax) or 1e-7 (Keras, book),
    /// learning rate 0.001. Decoupled [weight decay](crate::optim::WeightDecay) makes it AdamW, by name
    /// `adamw`, whose default decay is 0.01 (PyTorch), 0.004 (Keras) or 1e-4 (optax):
    ///
    /// ```
    /// use burn_extras::optim::{AdamConfig, WeightDecay};
    ///
    /// let adamw = AdamConfig::new().with_weight_decay(Some(WeightDecay::Decoupled(0.01)));
    /// let optimizer = adamw.init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Kingma and Ba, [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980),
    /// 2014.
    Adam, AdamConfig, "adam", lr |_| 1e-3,
    conventions [PyTorch pytorch, Keras keras, Optax optax, Book book],
    decoupled "adamw" [PyTorch 0.01, Keras 0.004, Optax 1e-4],
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean squared gradient.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
    }
}

impl Adam {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: match convention {
                Convention::Keras | Convention::Book => 1e-7,
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
    /// `1 / sqrt(1 - beta_2^t)`.
    root: f64,
    epsilon: f64,
}

impl UpdateRule<2> for Adam {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["moment_1", "moment_2"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let root = clock.correction(self.beta_2).sqrt().recip();
        Scalars {
            beta_1: self.beta_1,
            beta_2: self.beta_2,
            step: clock.lr / clock.correction(self.beta_1),
            root,
            epsilon: match self.convention {
                Convention::Keras | Convention::Book => self.epsilon * root,
                _ => self.epsilon,
            },
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let m = m * s.beta_1 + g * (1.0 - s.beta_1);
        let v = v * s.beta_2 + g.square() * (1.0 - s.beta_2);
        (w - m * s.step / (v.sqrt() * s.root + s.epsilon), [m, v])
    }
}
