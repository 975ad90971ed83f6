use super::Convention;
use super::rule::{Clock, MeasuredRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// LARS: SGD with momentum, each tensor with a learning rate as large as its weights are beside its gradient.
    ///
    /// ```text
    /// d = g + lambda w
    /// timm   r = eta |w| / (|g| + lambda |w| + epsilon)     v <- a v + (1 - dampening) r d    w <- w - lr v
    /// optax  r = eta |w| / (|d| + epsilon)                  v <- a v - lr r d                 w <- w + v
    /// ```
    ///
    /// `|..|` are norms of the whole tensor; where that of the weights or of the gradient (in optax, of `d`) is 0,
    /// `r` is 1. The first `v` of timm is `r d` whole. `nesterov` steps by what the next `v` would be with the same
    /// gradient. `lambda` is the [weight decay](crate::optim::WeightDecay::Own). timm takes `r = 1` where there is
    /// none, unless `always_adapt`; `trust_clip` is LARC: `min(r / lr, 1)`.
    ///
    /// Defaults: `trust_coefficient` (`eta`) 0.001, and
    ///
    /// | | timm | optax |
    /// | --- | --- | --- |
    /// | `momentum` (`a`) | 0 | 0.9 |
    /// | `epsilon` | 1e-8 | 0 |
    /// | weight decay | 0 | 0 |
    /// | learning rate | 1 | 1 |
    ///
    /// ```
    /// let optimizer = burn_extras::optim::LarsConfig::new().with_momentum(0.9).init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// You et al., [Large Batch Training of Convolutional Networks](https://arxiv.org/abs/1708.03888), 2017.
    Lars, LarsConfig, "lars",
    lr |_| 1.0,
    conventions [Timm timm, Optax optax],
    decay |_| Some(Own(0.0)),
    {
        /// Sets the decay of the velocity.
        momentum with_momentum: f64 in Fraction,
        /// Sets how much of a new gradient the velocity does not take, after the first.
        dampening with_dampening: f64 in Fraction only [Timm],
        /// Sets whether a step looks ahead.
        nesterov with_nesterov: bool in Flag,
        /// Sets the share of the weights' norm that a step of learning rate 1 is long.
        trust_coefficient with_trust_coefficient: f64 in AboveZero,
        /// Sets what keeps the ratio's denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets whether the ratio only shrinks steps: LARC.
        trust_clip with_trust_clip: bool in Flag only [Timm],
        /// Sets whether tensors without weight decay have a ratio too.
        always_adapt with_always_adapt: bool in Flag only [Timm],
    }
}

impl Lars {
    fn by_convention(convention: Convention) -> Self {
        let timm = convention == Convention::Timm;
        Self {
            convention,
            momentum: if timm { 0.0 } else { 0.9 },
            dampening: 0.0,
            nesterov: false,
            trust_coefficient: 1e-3,
            epsilon: if timm { 1e-8 } else { 0.0 },
            trust_clip: false,
            always_adapt: !timm,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    momentum: f64,
    /// What a new gradient weighs in the velocity.
    fresh: f64,
    weight_decay: f64,
    /// What the velocity is multiplied by in a step.
    step: f64,
    /// What the gradient is multiplied by besides the ratio.
    inside: f64,
    lr: f64,
    adapts: bool,
}

impl Scalars {
    #[inline(always)]
    fn decayed<N: Number>(&self, w: N, g: N) -> N {
        g + w * self.weight_decay
    }
}

impl MeasuredRule<1, 2> for Lars {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 1] = ["velocity"];
    const SUM_NAMES: [&'static str; 2] = ["weights", "gradient"];

    fn scalars_of(&self, clock: &mut Clock) -> Scalars {
        let (step, inside) = match self.convention {
            Convention::Optax => (1.0, clock.lr),
            _ => (clock.lr, 1.0),
        };
        Scalars {
            momentum: self.momentum,
            fresh: match clock.time {
                _ if self.momentum == 0.0 => 1.0,
                1 => 1.0,
                _ => 1.0 - self.dampening,
            },
            weight_decay: clock.own_decay(),
            step,
            inside,
            lr: clock.lr,
            adapts: self.always_adapt || clock.weight_decay.is_some(),
        }
    }

    fn keeps_states(&self, _rank: usize) -> [bool; 1] {
        [self.momentum != 0.0]
    }

    #[inline(always)]
    fn measure<N: Number>(&self, s: &Scalars, w: N, g: N, _: [N; 1], _: [N; 2]) -> [N; 2] {
        let measured = match self.convention {
            Convention::Optax => s.decayed(w, g),
            _ => g,
        };
        [w.square(), measured.square()]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, s: &Scalars, sums: [N; 2], _before: [N; 2]) -> ([N; 2], [N; 2]) {
        let one = N::literal(1.0);
        let mut ratio = one;
        if s.adapts {
            let [weights, gradient] = sums.map(N::sqrt);
            let decay = match self.convention {
                Convention::Optax => 0.0,
                _ => s.weight_decay,
            };
            let quotient =
                weights * self.trust_coefficient / (gradient + weights * decay + self.epsilon);
            ratio = weights.if_positive(gradient.if_positive(quotient, one), one);
            if self.trust_clip {
                ratio = (ratio / s.lr).min(one);
            }
        }
        ([ratio * s.inside, one], sums)
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        s: &Scalars,
        w: N,
        g: N,
        [v]: [N; 1],
        [ratio, _]: [N; 2],
    ) -> (N, [N; 1]) {
        let d = s.decayed(w, g) * ratio;
        let v = v * s.momentum + d * s.fresh;
        let step = match self.nesterov {
            true => v * s.momentum + d,
            false => v,
        };
        (w - step * s.step, [v])
    }
}
