use super::prelude::*;

modifier! {
    /// Weight decay that does not depend on the learning rate.
    ///
    /// ```text
    /// w' <- w' - strength w
    /// ```
    ///
    /// `pytorch_optimizer`'s `fixed_decay`. Default: `strength` 1e-4.
    ///
    /// Loshchilov and Hutter, [Decoupled Weight Decay Regularization](https://arxiv.org/abs/1711.05101), 2019, whose
    /// decay is multiplied by the schedule but not by the learning rate.
    IndependentDecay, "independent_decay",
    conventions [PytorchOptimizer pytorch_optimizer],
    {
        /// Sets the strength.
        strength with_strength: f64 in NonNegative,
    }
}

impl IndependentDecay {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            strength: 1e-4,
        }
    }
}

impl Modifier<0, 0> for IndependentDecay {
    type Scalars = ();
    const CHANGES: Changes = Changes::Parameter;

    fn scalars(&self, _clock: &mut Clock, _shape: &[usize]) -> Option<()> {
        Some(())
    }

    #[inline(always)]
    fn modify<N: Number>(&self, _: &(), seen: Seen<N>, _: [N; 0], _: [N; 0]) -> (N, [N; 0]) {
        (seen.now - seen.param * self.strength, [])
    }
}
