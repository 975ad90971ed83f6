use super::prelude::*;

modifier! {
    /// Stochastic weight averaging: the mean of the weights after every step, beside them.
    ///
    /// ```text
    /// a <- a + (w' - a) / n                for the n-th time
    /// ```
    ///
    /// PyTorch's `AveragedModel`. It begins after `start` steps, 0 by default, and then takes the weights of every step;
    /// with `every` only those of some. The network to evaluate is that of the average:
    /// [`Averages`](crate::optim::Averages).
    ///
    /// Izmailov et al., [Averaging Weights Leads to Wider Optima and Better
    /// Generalization](https://arxiv.org/abs/1803.05407), 2018; over all steps it is Polyak's average.
    Swa, "swa",
    conventions [PyTorch pytorch],
    {
        /// Sets how many steps there are before the first that counts.
        start with_start: f64 in Whole,
        /// Sets how many steps there are from one that counts to the next.
        every with_every: f64 in Count,
    }
}

impl Swa {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            start: 0.0,
            every: 1.0,
        }
    }
}

impl Modifier<1, 0> for Swa {
    /// What the weights of this step weigh in the mean.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Parameter;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        let step = clock.time.checked_sub(1 + self.start as u64);
        let Some(step) = step else {
            // Until then it is the weights themselves.
            return Some(1.0);
        };
        let every = self.every as u64;
        step.is_multiple_of(every)
            .then(|| 1.0 / (step / every + 1) as f64)
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        weight: &f64,
        seen: Seen<N>,
        [average]: [N; 1],
        _: [N; 0],
    ) -> (N, [N; 1]) {
        let average = average + (seen.now - average) * *weight;
        (seen.now, [average])
    }

    fn average<N: Number>(&self, _clock: &Clock, _param: N, [average]: [N; 1]) -> Option<N> {
        Some(average)
    }
}
