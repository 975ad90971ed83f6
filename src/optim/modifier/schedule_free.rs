use super::prelude::*;

modifier! {
    /// Schedule-free learning: no schedule of the learning rate, for the network to evaluate is an average that knows
    /// how long training has lasted.
    ///
    /// ```text
    /// u = y - y'                           what the rule takes off, times min(1, t / warmup_steps)
    /// z <- z - u
    /// y <- (1 - c) y + c z - u (1 - beta (1 - c))         z before the step; c = weight / sum of weights
    /// weight = t^r lr_max^weight_lr_power                 lr_max is the largest learning rate so far
    /// ```
    ///
    /// The weights that are trained are `y`; the network to evaluate is `x = y + (1 - 1 / beta) (z - y)`:
    /// [`Averages`](crate::optim::Averages). Weight decay, decoupled or not, is taken at `y`.
    ///
    /// The rule should have no momentum, for `beta` is in its place: `sgd + schedule_free`, or
    /// `adamw(beta_1=0) + schedule_free`.
    ///
    /// Defaults: `beta` 0.9, `warmup_steps` 0, `r` 0, `weight_lr_power` 2.
    ///
    /// Defazio et al., [The Road Less Scheduled](https://arxiv.org/abs/2405.15682), 2024; the package
    /// `schedulefree`.
    ScheduleFree, "schedule_free",
    conventions [Paper paper],
    {
        /// Sets how much of `y` is the average.
        beta with_beta: f64 in Shrinking,
        /// Sets over how many steps the learning rate grows to its value.
        warmup_steps with_warmup_steps: f64 in Whole,
        /// Sets the power of the step's number in the weights of the average.
        r with_r: f64 in NonNegative,
        /// Sets the power of the learning rate in them.
        weight_lr_power with_weight_lr_power: f64 in NonNegative,
    }
}

impl ScheduleFree {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta: 0.9,
            warmup_steps: 0.0,
            r: 0.0,
            weight_lr_power: 2.0,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    /// What the learning rate is multiplied by.
    warmup: f64,
    /// What the step's weights weigh in the average.
    share: f64,
}

impl Modifier<1, 0> for ScheduleFree {
    type Scalars = Scalars;
    const CHANGES: Changes = Changes::Parameter;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<Scalars> {
        let time = clock.time as f64;
        let warmup = match self.warmup_steps > 0.0 {
            true => (time / self.warmup_steps).min(1.0),
            false => 1.0,
        };
        let [largest, sum] = &mut clock.memory;
        *largest = largest.max(clock.lr * warmup);
        let weight = time.powf(self.r) * largest.powf(self.weight_lr_power);
        *sum += weight;
        let share = if *sum > 0.0 { weight / *sum } else { 0.0 };
        Some(Scalars { warmup, share })
    }

    #[inline(always)]
    fn start<N: Number>(&self, param: N) -> [N; 1] {
        [param]
    }

    #[inline(always)]
    fn modify<N: Number>(&self, s: &Scalars, seen: Seen<N>, [z]: [N; 1], _: [N; 0]) -> (N, [N; 1]) {
        let update = (seen.param - seen.now) * s.warmup;
        let y = seen.param + (z - seen.param) * s.share;
        let y = y - update * (1.0 - self.beta * (1.0 - s.share));
        (y, [z - update])
    }

    fn average<N: Number>(&self, _clock: &Clock, param: N, [z]: [N; 1]) -> Option<N> {
        Some(param + (z - param) * (1.0 - 1.0 / self.beta))
    }
}
