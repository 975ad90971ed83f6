use super::Convention;
use super::rule::{Clock, MeasuredRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// LAMB: Adam whose step is as long as the tensor's weights are, for very large batches.
    ///
    /// ```text
    /// m <- beta_1 m + (1 - beta_1) g                      m^ = m / (1 - beta_1^t)
    /// v <- beta_2 v + (1 - beta_2) g^2                    v^ = v / (1 - beta_2^t)
    /// u = m^ / (sqrt(v^) + epsilon) + lambda w            r = |w| / |u|, or 1 where a norm is 0
    /// w <- w - lr r u
    /// ```
    ///
    /// `|w|` and `|u|` are the norms of the whole tensor. `lambda` is the [weight
    /// decay](crate::optim::WeightDecay::Own), which joins `u` before it is measured; in Keras it is decoupled
    /// and not measured. timm takes `r = 1` where there is no weight decay, unless `always_adapt`; with
    /// `grad_averaging` 0 its `m` adds up `g`, not `(1 - beta_1) g`. timm's `max_grad_norm`, which is 1 there, is
    /// [`clip_global_norm`](crate::optim::clip_global_norm) here.
    ///
    /// Defaults: `beta_1` 0.9, `beta_2` 0.999, and
    ///
    /// | | timm | optax | Keras |
    /// | --- | --- | --- | --- |
    /// | `epsilon` | 1e-6 | 1e-6 | 1e-7 |
    /// | weight decay | 0.01 | 0 | none |
    /// | learning rate | 0.001 | 0.001 | 0.001 |
    ///
    /// The moments are measured before they are stored, so that a step reads them twice.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::LambConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// You et al., [Large Batch Optimization for Deep Learning](https://arxiv.org/abs/1904.00962), 2019.
    Lamb, LambConfig, "lamb",
    lr |_| 1e-3,
    conventions [Timm timm, Optax optax, Keras keras],
    decay |convention| match convention {
        Timm => Some(Own(0.01)),
        Optax => Some(Own(0.0)),
        other => other.weight_decay(),
    },
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean square.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets whether the mean gradient weighs new gradients by `1 - beta_1`.
        grad_averaging with_grad_averaging: bool in Flag only [Timm],
        /// Sets whether both means are corrected for their start at zero.
        bias_correction with_bias_correction: bool in Flag only [Timm],
        /// Sets whether steps are never longer than Adam's: `min(r, 1)`.
        trust_clip with_trust_clip: bool in Flag only [Timm],
        /// Sets whether tensors without weight decay have a ratio too.
        always_adapt with_always_adapt: bool in Flag only [Timm],
    }
}

impl Lamb {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: match convention {
                Convention::Keras => 1e-7,
                _ => 1e-6,
            },
            grad_averaging: true,
            bias_correction: true,
            trust_clip: false,
            always_adapt: convention != Convention::Timm,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    beta_1: f64,
    beta_2: f64,
    /// What a new gradient weighs in the mean.
    fresh: f64,
    correction_1: f64,
    root_correction_2: f64,
    epsilon: f64,
    weight_decay: f64,
    lr: f64,
    adapts: bool,
    clips: bool,
}

impl Scalars {
    #[inline(always)]
    fn moments<N: Number>(&self, g: N, [m, v]: [N; 2]) -> [N; 2] {
        [
            m * self.beta_1 + g * self.fresh,
            v * self.beta_2 + g.square() * (1.0 - self.beta_2),
        ]
    }

    #[inline(always)]
    fn direction<N: Number>(&self, w: N, [m, v]: [N; 2]) -> N {
        let root = v.sqrt() * self.root_correction_2 + self.epsilon;
        m * self.correction_1 / root + w * self.weight_decay
    }
}

impl MeasuredRule<2, 2> for Lamb {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["moment_1", "moment_2"];
    const SUM_NAMES: [&'static str; 2] = ["weights", "update"];

    fn scalars_of(&self, clock: &mut Clock) -> Scalars {
        let correction = |beta| match self.bias_correction {
            true => clock.correction(beta),
            false => 1.0,
        };
        Scalars {
            beta_1: self.beta_1,
            beta_2: self.beta_2,
            fresh: match self.grad_averaging {
                true => 1.0 - self.beta_1,
                false => 1.0,
            },
            correction_1: correction(self.beta_1).recip(),
            root_correction_2: correction(self.beta_2).sqrt().recip(),
            epsilon: self.epsilon,
            weight_decay: clock.own_decay(),
            lr: clock.lr,
            adapts: self.always_adapt || clock.weight_decay.is_some(),
            clips: self.trust_clip,
        }
    }

    #[inline(always)]
    fn measure<N: Number>(&self, s: &Scalars, w: N, g: N, state: [N; 2], _: [N; 2]) -> [N; 2] {
        let u = s.direction(w, s.moments(g, state));
        [w.square(), u.square()]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, s: &Scalars, sums: [N; 2], _before: [N; 2]) -> ([N; 2], [N; 2]) {
        let [weights, update] = sums;
        let one = N::literal(1.0);
        let mut ratio = one;
        if s.adapts {
            let quotient = weights.sqrt() / update.sqrt();
            ratio = weights.if_positive(update.if_positive(quotient, one), one);
        }
        if s.clips {
            ratio = ratio.min(one);
        }
        ([ratio * s.lr, one], sums)
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        s: &Scalars,
        w: N,
        g: N,
        state: [N; 2],
        [step, _]: [N; 2],
    ) -> (N, [N; 2]) {
        let state = s.moments(g, state);
        (w - s.direction(w, state) * step, state)
    }
}
