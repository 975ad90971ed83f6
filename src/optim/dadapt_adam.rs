use super::Convention;
use super::estimate::{Rate, estimate};
use super::rule::{Clock, MeasuredRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// D-Adapted Adam: Adam that finds the size of its steps by itself, from a lower bound of the distance to go.
    ///
    /// ```text
    /// h = d lr c                                          b = sqrt(beta_2)
    /// r <- b r + (1 - b) h <g, s / (sqrt(v) + epsilon)>
    /// m <- beta_1 m + (1 - beta_1) h g                    v <- beta_2 v + (1 - beta_2) g^2
    /// s <- b s + (1 - b) h g                              e = r / ((1 - b) |s|_1)
    /// w <- w - h lambda w - m / (sqrt(v) + epsilon)       d <- max(d, min(e, growth_rate d))
    /// ```
    ///
    /// `<a, b>` and `|s|_1`, the sum of sizes, are over all parameters of the module together: take steps with
    /// [`ModuleStep`](crate::optim::ModuleStep). `d` starts at `d0`. `c` is 1, or with `use_bias_correction`
    /// `sqrt(1 - beta_2^t) / (1 - beta_1^t)`. `lambda` is the [weight decay](crate::optim::WeightDecay::Own). Until
    /// there is a gradient that is not 0, and where the learning rate is 0, nothing moves.
    ///
    /// | | Paper, its authors' `dadaptation` | optax, `dadapt_adamw` |
    /// | --- | --- | --- |
    /// | `use_bias_correction` | 0 | always |
    /// | `growth_rate` | 0 for any | none |
    /// | weight decay by default | coupled, 0 | as above, 0 |
    ///
    /// Defaults: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-8, `d0` 1e-6, learning rate 1.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::DAdaptAdamConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Defazio and Mishchenko, [Learning-Rate-Free Learning by D-Adaptation](https://arxiv.org/abs/2301.07733), 2023.
    DAdaptAdam, DAdaptAdamConfig, "dadapt_adam",
    lr |_| 1.0,
    conventions [Paper paper, Optax optax],
    decay |_| Some(Own(0.0)),
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean square.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets the first estimate of the distance.
        d0 with_d0: f64 in AboveZero,
        /// Sets what the estimate grows by at most in a step, 0 for any.
        growth_rate with_growth_rate: f64 in NonNegative only [Paper],
        /// Sets whether the means are corrected for their start at zero.
        use_bias_correction with_use_bias_correction: bool in Flag only [Paper],
    }
}

impl DAdaptAdam {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
            d0: 1e-6,
            growth_rate: 0.0,
            use_bias_correction: convention == Convention::Optax,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    root: f64,
    rate: Rate,
    weight_decay: f64,
}

impl MeasuredRule<3, 2> for DAdaptAdam {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 3] = ["moment_1", "moment_2", "sum"];
    const ROUNDS: [bool; 3] = [true, true, false];
    const SUM_NAMES: [&'static str; 2] = ["distance", "progress"];
    const OVER_MODULE: bool = true;

    fn scalars_of(&self, clock: &mut Clock) -> Scalars {
        let betas = [self.beta_1, self.beta_2];
        Scalars {
            root: self.beta_2.sqrt(),
            rate: Rate::new(clock, self.use_bias_correction, betas),
            weight_decay: clock.own_decay(),
        }
    }

    fn keeps_sums(&self) -> [bool; 2] {
        [true; 2]
    }

    #[inline(always)]
    fn measure<N: Number>(
        &self,
        s: &Scalars,
        _: N,
        g: N,
        [_, v, sum]: [N; 3],
        [before, _]: [N; 2],
    ) -> [N; 2] {
        let rate = estimate(before, self.d0) * s.rate.corrected;
        let next = sum * s.root + g * rate * (1.0 - s.root);
        // Where there was no gradient yet there is no sum either.
        let scaled = sum.abs().if_positive(sum / (v.sqrt() + self.epsilon), sum);
        [g * scaled, next.abs()]
    }

    #[inline(always)]
    fn settle<N: Number>(
        &self,
        s: &Scalars,
        [way, size]: [N; 2],
        [d, progress]: [N; 2],
    ) -> ([N; 2], [N; 2]) {
        let d = estimate(d, self.d0);
        let more = progress * s.root + way * d * (s.rate.corrected * (1.0 - s.root));
        let found = more / (size * (1.0 - s.root));
        let found = match self.growth_rate {
            0.0 => found,
            growth => found.min(d * growth),
        };
        let moved = |then, otherwise| s.rate.if_moving(size, then, otherwise);
        let rate = moved(d * s.rate.corrected, N::literal(0.0));
        let remembered = [moved(d.max(found), d), moved(more, progress)];
        ([rate, d], remembered)
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        s: &Scalars,
        w: N,
        g: N,
        [m, v, sum]: [N; 3],
        [rate, _]: [N; 2],
    ) -> (N, [N; 3]) {
        if s.rate.is_zero() {
            return (w, [m, v, sum]);
        }
        let scaled = g * rate;
        let m = m * self.beta_1 + scaled * (1.0 - self.beta_1);
        let v = v * self.beta_2 + g.square() * (1.0 - self.beta_2);
        let sum = sum * s.root + scaled * (1.0 - s.root);
        let step = m / (v.sqrt() + self.epsilon) + w * rate * s.weight_decay;
        // Before the first gradient that is not 0 the step may be 0 / 0.
        let w = rate.if_positive(w - step, w);
        (w, [m, v, sum])
    }
}
