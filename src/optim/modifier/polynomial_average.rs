use super::prelude::*;

modifier! {
    /// Polynomial-decay averaging: a mean of the weights in which the late ones weigh more, beside them.
    ///
    /// ```text
    /// a <- a + (gamma + 1) / (gamma + t) (w' - a)
    /// ```
    ///
    /// With `gamma` 0 it is Polyak's average, the plain mean; the default of 8 forgets the beginning. There is no other
    /// setting, and no length of the training to be told. The network to evaluate is that of the average:
    /// [`Averages`](crate::optim::Averages). The convention is that of `dog-optimizer`, by the authors of
    /// [`Dog`](crate::optim::Dog).
    ///
    /// Shamir and Zhang, [Stochastic Gradient Descent for Non-smooth Optimization](https://arxiv.org/abs/1212.1824), 2013.
    PolynomialAverage, "polynomial_average",
    conventions [Paper paper],
    {
        /// Sets how much more late weights weigh.
        gamma with_gamma: f64 in NonNegative,
    }
}

impl PolynomialAverage {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            gamma: 8.0,
        }
    }
}

impl Modifier<1, 0> for PolynomialAverage {
    /// What the weights of this step weigh in the mean.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Parameter;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        Some((self.gamma + 1.0) / (self.gamma + clock.time as f64))
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
