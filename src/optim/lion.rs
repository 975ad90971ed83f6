use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Lion: a step of fixed size against the sign of a blend of gradient and momentum.
    ///
    /// ```text
    /// w <- w - lr sign(beta_1 m + (1 - beta_1) g)
    /// m <- beta_2 m + (1 - beta_2) g
    /// ```
    ///
    /// A fast twin of Burn's `Lion`. Defaults: `beta_1` 0.9, `beta_2` 0.99; learning rate 1e-4 (the
    /// paper's; Keras: 0.001). As in optax, [weight decay](crate::optim::WeightDecay) is decoupled and
    /// 0.001 if not told otherwise; Keras has none by default.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::LionConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Chen et al., [Symbolic Discovery of Optimization Algorithms](https://arxiv.org/abs/2302.06675),
    /// 2023.
    Lion, LionConfig, "lion",
    lr |convention| match convention {
        Keras => 1e-3,
        _ => 1e-4,
    },
    conventions [Optax optax, Keras keras],
    decay |convention| match convention {
        Optax => Some(Decoupled(1e-3)),
        other => other.weight_decay(),
    },
    {
        /// Sets the weight of the momentum in the direction.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the momentum.
        beta_2 with_beta_2: f64 in Fraction,
    }
}

impl Lion {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.99,
        }
    }
}

impl UpdateRule<1> for Lion {
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 1] = ["momentum"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    #[inline(always)]
    fn update<N: Number>(&self, lr: &f64, w: N, g: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let direction = m * self.beta_1 + g * (1.0 - self.beta_1);
        let m = m * self.beta_2 + g * (1.0 - self.beta_2);
        (w - direction.signum() * *lr, [m])
    }
}
