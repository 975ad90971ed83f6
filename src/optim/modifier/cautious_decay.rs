use super::prelude::*;

modifier! {
    /// Cautious weight decay: only where the rule moves the weight towards zero as well.
    ///
    /// ```text
    /// w' <- w' - lr strength w             where (w - w') w > 0
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
    const CHANGES: Changes = Changes::Parameter;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        Some(clock.lr * self.strength)
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        rate: &f64,
        seen: Seen<N>,
        _: [N; 0],
        _: [N; 0],
    ) -> (N, [N; 0]) {
        let decayed = seen.now - seen.param * *rate;
        let along = (seen.from - seen.now).signum() * seen.param;
        (along.if_positive(decayed, seen.now), [])
    }
}
