use super::prelude::*;

modifier! {
    /// Cautious updates: what points away from where the gradient leads is left out, and the rest made larger for it.
    ///
    /// ```text
    /// keep = u g > 0                      u is what the rule takes off
    /// u <- keep u / max(mean(keep), 0.001)
    /// ```
    ///
    /// The mean is over the tensor. In `pytorch_optimizer` the factor is `n / (sum(keep) + 1)`. Decoupled weight decay
    /// is not held back. The whole update is masked, also where timm masks a part of it before: its LAMB.
    ///
    /// Liang et al., [Cautious Optimizers](https://arxiv.org/abs/2411.16085), 2024.
    Cautious, "cautious",
    conventions [Paper paper, PytorchOptimizer pytorch_optimizer],
    {}
}

impl Cautious {
    fn by_convention(convention: Convention) -> Self {
        Self { convention }
    }

    /// 1 where the update goes along the gradient, else 0.
    #[inline(always)]
    fn kept<N: Number>(seen: Seen<N>) -> N {
        let along = seen.now.signum() * seen.grad;
        along.if_positive(N::literal(1.0), N::literal(0.0))
    }
}

impl Modifier<0, 1> for Cautious {
    /// How many elements there are.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Step;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        Some(clock.elements as f64)
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &f64, seen: Seen<N>, _: [N; 0]) -> [N; 1] {
        [Self::kept(seen)]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, len: &f64, [kept]: [N; 1], _: [N; 1]) -> ([N; 1], [N; 1]) {
        let factor = match self.convention {
            Convention::PytorchOptimizer => (kept + 1.0).recip() * *len,
            _ => (kept / *len).max(N::literal(1e-3)).recip(),
        };
        ([factor], [kept])
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        _: &f64,
        seen: Seen<N>,
        _: [N; 0],
        [factor]: [N; 1],
    ) -> (N, [N; 0]) {
        (seen.now * Self::kept(seen) * factor, [])
    }
}
