use super::rule::{Clock, MeasuredRule, Modifiers};
use super::settings::rule;
use super::{Changes, Convention, Modifier, Seen};
use crate::fused::Number;

rule! {
    /// Adafactor: RMSProp that keeps, of the mean squares of a matrix, those of its rows and columns alone.
    ///
    /// ```text
    /// b = 1 - t^beta_2_decay
    /// R <- b R + (1 - b) mean of g^2 over the columns        C <- the same over the rows
    /// u = g / sqrt(R C / mean(R))                            of a vector, g / sqrt of its mean square
    /// u <- u / max(1, rms(u) / clip_threshold)               0: not clipped
    /// w <- w - rho max(epsilon_2, rms(w)) u                  rho = min(lr, 1 / sqrt(t))
    /// ```
    ///
    /// `rms` is the root of the mean square over the tensor.
    ///
    /// | | PyTorch | Keras | optax |
    /// | --- | --- | --- | --- |
    /// | `epsilon_1` | bounds `mean(R)`, its square `R C / mean(R)`; 1.19e-7 | joins `g^2`; 1e-30 | as Keras |
    /// | which axes | the last two | the last two | the two largest, where both have `min_dim_size_to_factor`, 128 |
    /// | `rho` | as above | as above | `lr`; without `multiply_by_parameter_scale` alone |
    /// | `momentum` | none | none | 0: a mean of the steps, not corrected for its start |
    /// | [weight decay](crate::optim::WeightDecay::Own) | `w <- w - lr lambda w`, before | the same; `rms(w)` comes after | `w <- w - lambda w` |
    /// | learning rate | 0.01 | 0.001 | must be given |
    ///
    /// Defaults: `beta_2_decay` -0.8, `epsilon_2` 0.001, `clip_threshold` 1.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::AdafactorConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Shazeer and Stern, [Adafactor: Adaptive Learning Rates with Sublinear Memory
    /// Cost](https://arxiv.org/abs/1804.04235), 2018.
    Adafactor, AdafactorConfig, "adafactor",
    lr |convention| match convention {
        Keras => 1e-3,
        _ => 1e-2,
    },
    conventions [PyTorch pytorch, Keras keras, Optax optax],
    decay |_| Some(Own(0.0)),
    {
        /// Sets the power of the step's number that a mean square forgets by.
        beta_2_decay with_beta_2_decay: f64 in Negative,
        /// Sets what keeps mean squares from zero.
        epsilon_1 with_epsilon_1: f64 in NonNegative,
        /// Sets the least size that weights count with.
        epsilon_2 with_epsilon_2: f64 in NonNegative only [PyTorch, Keras],
        /// Sets the largest root mean square of a step, 0 for none.
        clip_threshold with_clip_threshold: f64 in NonNegative,
        /// Sets how long the shorter of the two axes must be.
        min_dim_size_to_factor with_min_dim_size_to_factor: f64 in Count only [Optax],
        /// Sets whether steps are relative to the weights.
        multiply_by_parameter_scale with_multiply_by_parameter_scale: bool in Flag only [Optax],
        /// Sets the decay of the mean step.
        momentum with_momentum: f64 in Fraction only [Optax],
    }
}

impl Adafactor {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_2_decay: -0.8,
            epsilon_1: match convention {
                Convention::PyTorch => f64::from(f32::EPSILON),
                _ => 1e-30,
            },
            epsilon_2: 1e-3,
            clip_threshold: 1.0,
            min_dim_size_to_factor: 128.0,
            multiply_by_parameter_scale: true,
            momentum: 0.0,
        }
    }

    /// The two axes that a tensor's mean squares are kept of.
    fn axes(&self, shape: &[usize]) -> Option<[usize; 2]> {
        let rank = shape.len();
        if rank < 2 {
            return None;
        }
        if self.convention != Convention::Optax {
            return Some([rank - 2, rank - 1]);
        }
        let mut axes: Vec<usize> = (0..rank).collect();
        axes.sort_by_key(|axis| shape[*axis]);
        let [shorter, longer] = [axes[rank - 2], axes[rank - 1]];
        (shape[shorter] >= self.min_dim_size_to_factor as usize).then_some([shorter, longer])
    }

    /// What a mean square keeps of itself.
    fn keeps(&self, clock: &Clock) -> f64 {
        1.0 - (clock.time as f64).powf(self.beta_2_decay)
    }

    /// A square that is added up.
    #[inline(always)]
    fn square<N: Number>(&self, g: N) -> N {
        match self.convention {
            Convention::PyTorch => g.square(),
            _ => g.square() + self.epsilon_1,
        }
    }

    /// The gradient over the root of a mean square.
    #[inline(always)]
    fn scaled<N: Number>(&self, g: N, square: N) -> N {
        match self.convention {
            Convention::PyTorch => {
                let least = N::literal(self.epsilon_1 * self.epsilon_1);
                g / square.max(least).sqrt()
            }
            _ => g / square.sqrt(),
        }
    }
}

/// The gradient over the root of what rows and columns say of its mean square.
#[derive(Clone, Debug)]
struct Factored(Adafactor);

#[derive(Clone, Copy, Debug)]
struct Means {
    keeps: f64,
    /// How many numbers each mean is taken of.
    counts: [f64; 3],
}

impl Modifier<0, 3> for Factored {
    type Scalars = Means;
    const CHANGES: Changes = Changes::Gradient;

    fn applies(&self, shape: &[usize]) -> bool {
        self.0.axes(shape).is_some()
    }

    fn sums_over(&self, shape: &[usize]) -> [Vec<usize>; 3] {
        let [one, other] = self.0.axes(shape).unwrap_or_default();
        [vec![one], vec![other], vec![one, other]]
    }

    fn keeps_sums(&self) -> [bool; 3] {
        [true; 3]
    }

    fn scalars(&self, clock: &mut Clock, shape: &[usize]) -> Option<Means> {
        let over = self.sums_over(shape);
        let count = |over: Vec<usize>| over.iter().map(|axis| shape[*axis] as f64).product();
        Some(Means {
            keeps: self.0.keeps(clock),
            counts: over.map(count),
        })
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &Means, seen: Seen<N>, _: [N; 0]) -> [N; 3] {
        [self.0.square(seen.now); 3]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, s: &Means, sums: [N; 3], before: [N; 3]) -> ([N; 3], [N; 3]) {
        let mean = |at: usize| before[at] * s.keeps + sums[at] * ((1.0 - s.keeps) / s.counts[at]);
        let means = [mean(0), mean(1), mean(2)];
        (means, means)
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        _: &Means,
        seen: Seen<N>,
        _: [N; 0],
        [one, other, both]: [N; 3],
    ) -> (N, [N; 0]) {
        let both = match self.0.convention {
            Convention::PyTorch => both.max(N::literal(self.0.epsilon_1)),
            _ => both,
        };
        // One of the two first: their product is outside of f32 where gradients are small.
        (self.0.scaled(seen.now, one / both * other), [])
    }
}

/// The gradient over the root of its mean square.
#[derive(Clone, Debug)]
struct Full(Adafactor);

impl Modifier<1, 0> for Full {
    /// What the mean keeps of itself.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Gradient;

    fn applies(&self, shape: &[usize]) -> bool {
        self.0.axes(shape).is_none()
    }

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        Some(self.0.keeps(clock))
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        keeps: &f64,
        seen: Seen<N>,
        [mean]: [N; 1],
        _: [N; 0],
    ) -> (N, [N; 1]) {
        let mean = mean * *keeps + self.0.square(seen.now) * (1.0 - keeps);
        (self.0.scaled(seen.now, mean), [mean])
    }
}

/// What is larger than the threshold, made as large as that.
#[derive(Clone, Debug)]
struct Clipped(f64);

impl Modifier<0, 1> for Clipped {
    /// How many elements there are.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Gradient;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        (self.0 > 0.0).then_some(clock.elements as f64)
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &f64, seen: Seen<N>, _: [N; 0]) -> [N; 1] {
        [seen.now.square()]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, len: &f64, [sum]: [N; 1], _: [N; 1]) -> ([N; 1], [N; 1]) {
        let size = (sum / *len).sqrt() / self.0;
        ([size.max(N::literal(1.0)).recip()], [sum])
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        _: &f64,
        seen: Seen<N>,
        _: [N; 0],
        [factor]: [N; 1],
    ) -> (N, [N; 0]) {
        (seen.now * factor, [])
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    rate: f64,
    /// What weights are multiplied by before, and what of them is taken off with the step.
    shrink: f64,
    decay: f64,
    momentum: f64,
    elements: f64,
    /// The least size that weights count with; `None` where steps are not relative to them.
    least: Option<f64>,
}

impl MeasuredRule<1, 1> for Adafactor {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 1] = ["momentum"];
    const SUM_NAMES: [&'static str; 1] = ["weights"];

    fn before(&self) -> Modifiers {
        Modifiers::new()
            .with(Factored(self.clone()))
            .with(Full(self.clone()))
            .with(Clipped(self.clip_threshold))
    }

    fn keeps_states(&self, _rank: usize) -> [bool; 1] {
        [self.momentum > 0.0]
    }

    fn scalars_of(&self, clock: &mut Clock) -> Scalars {
        let optax = self.convention == Convention::Optax;
        let strength = clock.own_decay();
        Scalars {
            rate: match optax {
                true => clock.lr,
                false => clock.lr.min((clock.time as f64).sqrt().recip()),
            },
            shrink: if optax {
                1.0
            } else {
                1.0 - clock.lr * strength
            },
            decay: if optax { strength } else { 0.0 },
            momentum: self.momentum,
            elements: clock.elements as f64,
            least: self.multiply_by_parameter_scale.then_some(self.epsilon_2),
        }
    }

    #[inline(always)]
    fn measure<N: Number>(&self, s: &Scalars, w: N, _: N, _: [N; 1], _: [N; 1]) -> [N; 1] {
        let w = match self.convention {
            Convention::Keras => w * s.shrink,
            _ => w,
        };
        [w.square()]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, s: &Scalars, [sum]: [N; 1], _: [N; 1]) -> ([N; 1], [N; 1]) {
        let rate = match s.least {
            Some(least) => (sum / s.elements).sqrt().max(N::literal(least)) * s.rate,
            None => N::literal(s.rate),
        };
        ([rate], [sum])
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        s: &Scalars,
        w: N,
        u: N,
        [mean]: [N; 1],
        [rate]: [N; 1],
    ) -> (N, [N; 1]) {
        let mean = mean * s.momentum + u * rate * (1.0 - s.momentum);
        (w * s.shrink - w * s.decay - mean, [mean])
    }
}
