use super::prelude::*;

modifier! {
    /// Adaptive gradient clipping: bounds the gradient of each unit by the size of its weights.
    ///
    /// ```text
    /// most = clip_factor max(|w|, epsilon)
    /// g <- g most / max(|g|, 1e-6)         where |g| is not below most
    /// ```
    ///
    /// The norms are those of a unit: the inputs of one output. In Burn's layout that is the first axis of a matrix,
    /// which is `[in, out]`, and all axes but the first of a kernel, which is `[out, in, ...]`; timm takes all axes but
    /// the first for both, optax the first axis up to rank 3 and all but the last above. A vector is one unit.
    ///
    /// Defaults: `clip_factor` 0.01, `epsilon` 0.001.
    ///
    /// Brock et al., [High-Performance Large-Scale Image Recognition Without
    /// Normalization](https://arxiv.org/abs/2102.06171), 2021.
    AdaptiveClip, "adaptive_clip",
    conventions [Paper paper, Timm timm, Optax optax],
    {
        /// Sets how large a gradient may be, relative to its weights.
        clip_factor with_clip_factor: f64 in AboveZero,
        /// Sets the least norm that weights count with.
        epsilon with_epsilon: f64 in NonNegative,
    }
}

impl AdaptiveClip {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            clip_factor: 0.01,
            epsilon: 1e-3,
        }
    }
}

impl Modifier<0, 2> for AdaptiveClip {
    type Scalars = ();
    const CHANGES: Changes = Changes::Gradient;

    fn scalars(&self, _clock: &mut Clock, _shape: &[usize]) -> Option<()> {
        Some(())
    }

    fn sums_over(&self, shape: &[usize]) -> [Vec<usize>; 2] {
        let rank = shape.len();
        let over: Vec<_> = match (self.convention, rank) {
            (_, 0 | 1) => (0..rank).collect(),
            (Convention::Timm, _) => (1..rank).collect(),
            (Convention::Optax, 2 | 3) => vec![0],
            (Convention::Optax, _) => (0..rank - 1).collect(),
            _ => inputs_of_units(rank),
        };
        [over.clone(), over]
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &(), seen: Seen<N>, _: [N; 0]) -> [N; 2] {
        [seen.param.square(), seen.now.square()]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, _: &(), sums: [N; 2], _: [N; 2]) -> ([N; 2], [N; 2]) {
        let [weights, grads] = sums.map(N::sqrt);
        let most = weights.max(N::literal(self.epsilon)) * self.clip_factor;
        let factor = most / grads.max(N::literal(1e-6));
        let factor = (most - grads).if_positive(N::literal(1.0), factor);
        ([factor, grads], sums)
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        _: &(),
        seen: Seen<N>,
        _: [N; 0],
        [factor, _]: [N; 2],
    ) -> (N, [N; 0]) {
        (seen.now * factor, [])
    }
}
