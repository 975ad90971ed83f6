use super::prelude::*;

modifier! {
    /// Cautious weight decay: only where the rule moves the weight towards zero as well.
    ///
    /// ```text
    /// u <- u + lr strength w               where u w > 0; u is what the rule takes off
    /// ```
    ///
    /// Default: `strength` 0.01.
    ///
    /// Chen et al., [Cautious Weight Decay](https://arxiv.org/abs/2510.12402), 2025.
    CautiousDecay, "cautious_decay",
    conventions [Paper paper],
    {
        /// Sets the strength.
        strength with_strength: f64 in NonNegative,
    }
}

impl CautiousDecay {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            strength: 0.01,
        }
    }
}

impl Modifier<0, 0> for CautiousDecay {
    /// The learning rate times the strength.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Step;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        Some(clock.lr * self.strength)
    }

    #[inline(always)]
    fn modify<N: Number>(&self, rate: &f64, seen: Seen<N>, _: [N; 0], _: [N; 0]) -> (N, [N; 0]) {
        let along = seen.now.signum() * seen.param;
        let step = seen.now + seen.param * *rate;
        (along.if_positive(step, seen.now), [])
    }
}
