use super::prelude::*;

modifier! {
    /// Gradient accumulation: the rule waits for several gradients, and makes one step with their mean.
    ///
    /// ```text
    /// a <- a + g                            no step
    /// g <- (a + g) / steps, a <- 0          every `steps`-th time
    /// ```
    ///
    /// So a batch may be as large as several that fit in memory. Between its steps nothing changes: no weight, no state, no
    /// average. The learning rate is that of the gradient that it steps with. It stands before all other modifiers, which
    /// see the mean. Burn's `Learner` has an accumulation of its own, which adds gradients up and takes no mean.
    ///
    /// optax' `MultiSteps`, which has `mean` 0 for the sum, and Keras' `gradient_accumulation_steps`. Defaults:
    /// `steps` 4, `mean` 1; the libraries want `steps` to be given.
    Accumulate, "accumulate",
    conventions [Optax optax, Keras keras],
    {
        /// Sets how many gradients a step has.
        steps with_steps: f64 in Count,
        /// Sets whether it has their mean, or their sum.
        mean with_mean: bool in Flag only [Optax],
    }
}

impl Accumulate {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            steps: 4.0,
            mean: true,
        }
    }
}

impl Modifier<1, 0> for Accumulate {
    /// What the sum is multiplied by; `None` while the rule waits.
    type Scalars = Option<f64>;
    const CHANGES: Changes = Changes::Gradient;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<Option<f64>> {
        let factor = match self.mean {
            true => self.steps.recip(),
            false => 1.0,
        };
        Some((!self.waits(clock)).then_some(factor))
    }

    fn waits(&self, clock: &Clock) -> bool {
        !clock.time.is_multiple_of(self.steps as u64)
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        factor: &Option<f64>,
        seen: Seen<N>,
        [sum]: [N; 1],
        _: [N; 0],
    ) -> (N, [N; 1]) {
        let sum = sum + seen.now;
        match factor {
            Some(factor) => (sum * *factor, [N::literal(0.0)]),
            None => (seen.now, [sum]),
        }
    }
}
