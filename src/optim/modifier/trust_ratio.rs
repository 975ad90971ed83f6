use super::prelude::*;

modifier! {
    /// A trust ratio: makes the step of a tensor as long as its weights are, times the learning rate. On Adam it makes
    /// LAMB, on momentum LARS.
    ///
    /// ```text
    /// r = trust_coefficient |w| / (|u| + epsilon), or 1 where a norm is 0
    /// u <- r u                             lr u is what the rule takes off
    /// ```
    ///
    /// The norms are those of the tensor. `w` is the weight after decoupled decay, which the ratio leaves alone.
    ///
    /// Defaults: `trust_coefficient` 1, `epsilon` 0, and no `trust_clip`: optax' `scale_by_trust_ratio`.
    ///
    /// You et al., [Large Batch Training of Convolutional Networks](https://arxiv.org/abs/1708.03888), 2017.
    TrustRatio, "trust_ratio",
    conventions [Optax optax],
    {
        /// Sets the factor of the ratio.
        trust_coefficient with_trust_coefficient: f64 in AboveZero,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
    }
}

impl TrustRatio {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            trust_coefficient: 1.0,
            epsilon: 0.0,
        }
    }
}

impl Modifier<0, 2> for TrustRatio {
    /// The learning rate.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Step;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        // Without one nothing was taken off.
        (clock.lr > 0.0).then_some(clock.lr)
    }

    #[inline(always)]
    fn measure<N: Number>(&self, lr: &f64, seen: Seen<N>, _: [N; 0]) -> [N; 2] {
        let update = seen.now / *lr;
        [seen.from.square(), update.square()]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, _: &f64, sums: [N; 2], _: [N; 2]) -> ([N; 2], [N; 2]) {
        let [weights, update] = sums;
        let one = N::literal(1.0);
        let ratio = weights.sqrt() / (update.sqrt() + self.epsilon) * self.trust_coefficient;
        let ratio = weights.if_positive(update.if_positive(ratio, one), one);
        ([ratio, one], sums)
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        _: &f64,
        seen: Seen<N>,
        _: [N; 0],
        [ratio, _]: [N; 2],
    ) -> (N, [N; 0]) {
        (seen.now * ratio, [])
    }
}
