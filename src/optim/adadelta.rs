use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Adadelta: RMSProp whose step has the unit of the weights.
    ///
    /// ```text
    /// h <- rho h + (1 - rho) g^2
    /// u = g sqrt(d + epsilon) / sqrt(h + epsilon)
    /// d <- rho d + (1 - rho) u^2
    /// w <- w - lr u
    /// ```
    ///
    /// Libraries agree on the formula, not on the defaults:
    ///
    /// | | PyTorch | Keras | optax |
    /// | --- | --- | --- | --- |
    /// | `rho` | 0.9 | 0.95 | 0.9 |
    /// | `epsilon` | 1e-6 | 1e-7 | 1e-6 |
    /// | learning rate | 1 | 0.001 | 1 |
    ///
    /// ```
    /// let optimizer = burn_extras::optim::AdadeltaConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Zeiler, [ADADELTA: An Adaptive Learning Rate Method](https://arxiv.org/abs/1212.5701), 2012.
    Adadelta, AdadeltaConfig, "adadelta",
    lr |convention| match convention {
        Keras => 1e-3,
        _ => 1.0,
    },
    conventions [PyTorch pytorch, Keras keras, Optax optax],
    decay |convention| match convention {
        Optax => Some(Coupled(0.0)),
        other => other.weight_decay(),
    },
    {
        /// Sets the decay of both means.
        rho with_rho: f64 in Fraction,
        /// Sets what starts the steps and keeps the denominator from zero.
        epsilon with_epsilon: f64 in AboveZero,
    }
}

impl Adadelta {
    fn by_convention(convention: Convention) -> Self {
        let (rho, epsilon) = match convention {
            Convention::Keras => (0.95, 1e-7),
            _ => (0.9, 1e-6),
        };
        Self {
            convention,
            rho,
            epsilon,
        }
    }
}

impl UpdateRule<2> for Adadelta {
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 2] = ["square_mean", "step_square_mean"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    #[inline(always)]
    fn update<N: Number>(&self, lr: &f64, w: N, g: N, [h, d]: [N; 2]) -> (N, [N; 2]) {
        let h = h * self.rho + g.square() * (1.0 - self.rho);
        let step = g * ((d + self.epsilon).sqrt() / (h + self.epsilon).sqrt());
        let d = d * self.rho + step.square() * (1.0 - self.rho);
        (w - step * *lr, [h, d])
    }
}
