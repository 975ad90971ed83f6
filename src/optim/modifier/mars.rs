use super::prelude::*;

modifier! {
    /// MARS: a gradient whose noise is reduced by the gradient before.
    ///
    /// ```text
    /// c = g + gamma beta / (1 - beta) (g - g_before)
    /// g <- c / max(1, |c|)
    /// ```
    ///
    /// `|c|` is the norm of the tensor; in the first step `c = g`. Vectors are left alone unless `optimize_1d`. `beta`
    /// is to be the rule's `beta_1`.
    ///
    /// Defaults: `gamma` 0.025, `optimize_1d` 0, `beta` 0.9.
    ///
    /// Yuan et al., [MARS: Unleashing the Power of Variance Reduction for Training Large
    /// Models](https://arxiv.org/abs/2411.10438), 2024; the approximate form.
    Mars, "mars",
    conventions [Timm timm],
    {
        /// Sets the strength of the correction.
        gamma with_gamma: f64 in NonNegative,
        /// Sets the decay of the rule's mean gradient.
        beta with_beta: f64 in Fraction,
        /// Sets whether vectors are corrected too.
        optimize_1d with_optimize_1d: bool in Flag,
    }
}

impl Mars {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            gamma: 0.025,
            beta: 0.9,
            optimize_1d: false,
        }
    }

    #[inline(always)]
    fn corrected<N: Number>(strength: f64, seen: Seen<N>, before: N) -> N {
        seen.now + (seen.grad - before) * strength
    }
}

impl Modifier<1, 1> for Mars {
    /// The strength of the correction.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Gradient;

    fn applies(&self, shape: &[usize]) -> bool {
        self.optimize_1d || shape.len() > 1
    }

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        // The first gradient has none before it.
        Some(match clock.time {
            1 => 0.0,
            _ => self.gamma * self.beta / (1.0 - self.beta),
        })
    }

    #[inline(always)]
    fn measure<N: Number>(&self, strength: &f64, seen: Seen<N>, [before]: [N; 1]) -> [N; 1] {
        [Self::corrected(*strength, seen, before).square()]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, _: &f64, [sum]: [N; 1], _: [N; 1]) -> ([N; 1], [N; 1]) {
        ([sum.sqrt().max(N::literal(1.0)).recip()], [sum])
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        strength: &f64,
        seen: Seen<N>,
        [before]: [N; 1],
        [factor]: [N; 1],
    ) -> (N, [N; 1]) {
        let corrected = Self::corrected(*strength, seen, before);
        (corrected * factor, [seen.grad])
    }
}
