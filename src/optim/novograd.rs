use super::Convention;
use super::rule::{Clock, MeasuredRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// NovoGrad: momentum on gradients that are divided by the mean size of their tensor's.
    ///
    /// ```text
    /// v <- beta_2 v + (1 - beta_2) |g|^2                  the first v is |g|^2
    /// d = g / (sqrt(v + epsilon_root) + epsilon) + lambda w
    /// m <- beta_1 m + d                                   w <- w - lr m
    /// ```
    ///
    /// `|g|` is the norm of the whole tensor, and `v` a single number. `lambda` is the [weight
    /// decay](crate::optim::WeightDecay::Own). `grad_averaging` weighs `d` by `1 - beta_1`. timm's `v` starts anew
    /// after zeros; with its `amsgrad` the largest `v` so far divides.
    ///
    /// Defaults, with weight decay 0:
    ///
    /// | | timm | optax |
    /// | --- | --- | --- |
    /// | `beta_1` | 0.95 | 0.9 |
    /// | `beta_2` | 0.98 | 0.25 |
    /// | `epsilon` | 1e-8 | 1e-6 |
    /// | `epsilon_root` | none | 0 |
    /// | learning rate | 0.001 | 0.001 |
    ///
    /// ```
    /// let optimizer = burn_extras::optim::NovoGradConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Ginsburg et al., [Stochastic Gradient Methods with Layer-wise Adaptive Moments](https://arxiv.org/abs/1905.11286),
    /// 2019.
    NovoGrad, NovoGradConfig, "novograd",
    lr |_| 1e-3,
    conventions [Timm timm, Optax optax],
    decay |_| Some(Own(0.0)),
    {
        /// Sets the decay of the velocity.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean square of the norm.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets what is added within the root.
        epsilon_root with_epsilon_root: f64 in NonNegative only [Optax],
        /// Sets whether the velocity weighs new gradients by `1 - beta_1`.
        grad_averaging with_grad_averaging: bool in Flag only [Timm],
        /// Sets whether the denominator never shrinks.
        amsgrad with_amsgrad: bool in Flag only [Timm],
    }
}

impl NovoGrad {
    fn by_convention(convention: Convention) -> Self {
        let (beta_1, beta_2, epsilon) = match convention {
            Convention::Optax => (0.9, 0.25, 1e-6),
            _ => (0.95, 0.98, 1e-8),
        };
        Self {
            convention,
            beta_1,
            beta_2,
            epsilon,
            epsilon_root: 0.0,
            grad_averaging: false,
            amsgrad: false,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    beta_1: f64,
    beta_2: f64,
    /// What a new gradient weighs in the velocity.
    fresh: f64,
    weight_decay: f64,
    lr: f64,
    /// Whether this is the first step.
    first: bool,
}

impl MeasuredRule<1, 2> for NovoGrad {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 1] = ["moment_1"];
    const SUM_NAMES: [&'static str; 2] = ["moment_2", "largest"];

    fn scalars_of(&self, clock: &mut Clock) -> Scalars {
        Scalars {
            beta_1: self.beta_1,
            beta_2: self.beta_2,
            fresh: match self.grad_averaging {
                true => 1.0 - self.beta_1,
                false => 1.0,
            },
            weight_decay: clock.own_decay(),
            lr: clock.lr,
            first: clock.time == 1,
        }
    }

    fn keeps_sums(&self) -> [bool; 2] {
        [true, self.amsgrad]
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &Scalars, _: N, g: N, _: [N; 1], _: [N; 2]) -> [N; 2] {
        [g.square(), N::literal(0.0)]
    }

    #[inline(always)]
    fn settle<N: Number>(
        &self,
        s: &Scalars,
        [norm, _]: [N; 2],
        [v, largest]: [N; 2],
    ) -> ([N; 2], [N; 2]) {
        let mean = v * s.beta_2 + norm * (1.0 - s.beta_2);
        let v = match self.convention {
            _ if s.first => norm,
            Convention::Optax => mean,
            // Anew after zeros.
            _ => v.if_positive(mean, norm),
        };
        let largest = largest.max(v);
        let divisor = if self.amsgrad { largest } else { v };
        let root = (divisor + self.epsilon_root).sqrt() + self.epsilon;
        ([root.recip(), root], [v, largest])
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        s: &Scalars,
        w: N,
        g: N,
        [m]: [N; 1],
        [factor, _]: [N; 2],
    ) -> (N, [N; 1]) {
        // No product of a zero gradient and an infinite factor.
        let scaled = g.abs().if_positive(g * factor, g);
        let d = scaled + w * s.weight_decay;
        let m = m * s.beta_1 + d * s.fresh;
        (w - m * s.lr, [m])
    }
}
