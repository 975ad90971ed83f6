use super::Convention;
use super::estimate::{Rate, estimate};
use super::rule::{Clock, MeasuredRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Prodigy: Adam that finds the size of its steps by itself, from how far the weights have come.
    ///
    /// ```text
    /// h = d lr c
    /// m <- beta_1 m + (1 - beta_1) d g                    v <- beta_2 v + (1 - beta_2) (d g)^2
    /// s <- beta_3 s + (d / d0) h g                        r <- beta_3 r + (d / d0) h <g, w_0 - w>
    /// e = d_coef r / |s|_1                                d' = max(d, e)
    /// w <- w - h lambda w - h m / (sqrt(v) + d' epsilon)  d <- d'
    /// ```
    ///
    /// `<a, b>` and `|s|_1`, the sum of sizes, are over all parameters of the module together: take steps with
    /// [`ModuleStep`](crate::optim::ModuleStep). `d` starts at `d0`, and `w_0` are the weights at the start. `c` is 1, or
    /// with `use_bias_correction` `sqrt(1 - beta_2^t) / (1 - beta_1^t)`. With `safeguard_warmup` `s` adds
    /// `(d / d0) d g`, so that a low learning rate at the start does not make `e` large. `lambda` is the
    /// [weight decay](crate::optim::WeightDecay::Own). Until there is a gradient that is not 0, and where the learning
    /// rate is 0, nothing moves.
    ///
    /// | | Paper, its authors' `prodigyopt` | optax |
    /// | --- | --- | --- |
    /// | `use_bias_correction` | 0 | always |
    /// | `beta_1` 0 | the step has `d' g` in place of `m` | `d g`, which `m` is then |
    /// | `growth_rate` | at most this times `d` after a step, once it has left `d0`; 0 for any | none |
    ///
    /// Defaults: `beta_1` 0.9, `beta_2` 0.999, `beta_3` 0 for the root of `beta_2`, `epsilon` 1e-8, `d0` 1e-6,
    /// `d_coef` 1, learning rate 1, without weight decay. `slice_p` of `prodigyopt` is always 1: every weight counts.
    ///
    /// Half of what it remembers is `s` and `w_0`.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::ProdigyConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Mishchenko and Defazio, [Prodigy: An Expeditiously Adaptive Parameter-Free
    /// Learner](https://arxiv.org/abs/2306.06101), 2023.
    Prodigy, ProdigyConfig, "prodigy",
    lr |_| 1.0,
    conventions [Paper paper, Optax optax],
    decay |_| Some(Own(0.0)),
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean square.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets the decay of what the estimate is made of, 0 for the root of `beta_2`.
        beta_3 with_beta_3: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets the first estimate of the distance.
        d0 with_d0: f64 in AboveZero,
        /// Sets what estimates are multiplied by.
        d_coef with_d_coef: f64 in AboveZero,
        /// Sets what the estimate grows by at most in a step, 0 for any.
        growth_rate with_growth_rate: f64 in NonNegative only [Paper],
        /// Sets whether the means are corrected for their start at zero.
        use_bias_correction with_use_bias_correction: bool in Flag only [Paper],
        /// Sets whether the estimate leaves out the learning rate.
        safeguard_warmup with_safeguard_warmup: bool in Flag,
    }
}

impl Prodigy {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            beta_3: 0.0,
            epsilon: 1e-8,
            d0: 1e-6,
            d_coef: 1.0,
            growth_rate: 0.0,
            use_bias_correction: convention == Convention::Optax,
            safeguard_warmup: false,
        }
    }

    /// What a gradient is multiplied by before it joins `s`.
    #[inline(always)]
    fn weight<N: Number>(&self, s: &Scalars, d: N) -> N {
        match self.safeguard_warmup {
            true => d * d / self.d0,
            false => d * d * (s.rate.corrected / self.d0),
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    beta_3: f64,
    rate: Rate,
    weight_decay: f64,
}

impl MeasuredRule<4, 3> for Prodigy {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 4] = ["moment_1", "moment_2", "sum", "start"];
    const ROUNDS: [bool; 4] = [true, true, false, false];
    const SUM_NAMES: [&'static str; 3] = ["distance", "progress", "farthest"];
    const OVER_MODULE: bool = true;

    fn scalars_of(&self, clock: &mut Clock) -> Scalars {
        let betas = [self.beta_1, self.beta_2];
        Scalars {
            beta_3: match self.beta_3 {
                0.0 => self.beta_2.sqrt(),
                given => given,
            },
            rate: Rate::new(clock, self.use_bias_correction, betas),
            weight_decay: clock.own_decay(),
        }
    }

    fn keeps_states(&self, _rank: usize) -> [bool; 4] {
        [self.beta_1 > 0.0, true, true, true]
    }

    fn keeps_sums(&self) -> [bool; 3] {
        [true; 3]
    }

    #[inline(always)]
    fn start_from<N: Number>(&self, _: &Scalars, w: N) -> [N; 4] {
        let zero = N::literal(0.0);
        [zero, zero, zero, w]
    }

    #[inline(always)]
    fn measure<N: Number>(
        &self,
        s: &Scalars,
        w: N,
        g: N,
        [_, _, sum, start]: [N; 4],
        [before, ..]: [N; 3],
    ) -> [N; 3] {
        let weight = self.weight(s, estimate(before, self.d0));
        let sum = sum * s.beta_3 + g * weight;
        [g * (start - w), sum.abs(), N::literal(0.0)]
    }

    #[inline(always)]
    fn settle<N: Number>(
        &self,
        s: &Scalars,
        [way, size, _]: [N; 3],
        [d, progress, before]: [N; 3],
    ) -> ([N; 3], [N; 3]) {
        let d = estimate(d, self.d0);
        let more = progress * s.beta_3 + d * d * way * (s.rate.corrected / self.d0);
        let found = more / size * self.d_coef;
        let farthest = before.max(N::literal(self.d0)).max(found);
        let next = match self.growth_rate {
            0.0 => d.max(found),
            growth => {
                // The first step away from `d0` may be of any size.
                let first = d.max(found);
                let d = (d - self.d0).if_positive(d, first);
                farthest.min(d * growth)
            }
        };
        let moved = |then, otherwise| s.rate.if_moving(size, then, otherwise);
        let next = moved(next, d);
        let rate = moved(d * s.rate.corrected, N::literal(0.0));
        let remembered = [next, moved(more, progress), moved(farthest, before)];
        ([d, next, rate], remembered)
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        s: &Scalars,
        w: N,
        g: N,
        [m, v, sum, start]: [N; 4],
        [d, next, rate]: [N; 3],
    ) -> (N, [N; 4]) {
        if s.rate.is_zero() {
            return (w, [m, v, sum, start]);
        }
        let scaled = g * d;
        let m = m * self.beta_1 + scaled * (1.0 - self.beta_1);
        let v = v * self.beta_2 + scaled.square() * (1.0 - self.beta_2);
        let sum = sum * s.beta_3 + g * self.weight(s, d);
        // Without a mean the authors' gradient has the new estimate.
        let mean = match self.convention {
            Convention::Paper if self.beta_1 == 0.0 => g * next,
            _ => m,
        };
        let step = mean / (v.sqrt() + next * self.epsilon) + w * s.weight_decay;
        // No product of a rate of 0 and what is 0 / 0.
        let w = rate.if_positive(w - step * rate, w);
        (w, [m, v, sum, start])
    }
}
