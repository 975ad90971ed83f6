use super::prelude::*;

modifier! {
    /// Grokfast: makes the slow part of the gradient, its running mean, stronger.
    ///
    /// ```text
    /// h <- alpha h + (1 - alpha) g         in the first step h = g
    /// g <- g + lambda h
    /// ```
    ///
    /// Defaults: `alpha` 0.98, `lambda` 2.
    ///
    /// Lee et al., [Grokfast: Accelerated Grokking by Amplifying Slow Gradients](https://arxiv.org/abs/2405.20233),
    /// 2024; the form with an exponential mean.
    Grokfast, "grokfast",
    conventions [Paper paper],
    {
        /// Sets the decay of the mean gradient.
        alpha with_alpha: f64 in Fraction,
        /// Sets how much of the mean is added.
        lambda with_lambda: f64 in NonNegative,
    }
}

impl Grokfast {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            alpha: 0.98,
            lambda: 2.0,
        }
    }
}

impl Modifier<1, 0> for Grokfast {
    /// What the mean keeps of itself.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Gradient;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        Some(if clock.time == 1 { 0.0 } else { self.alpha })
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        alpha: &f64,
        seen: Seen<N>,
        [mean]: [N; 1],
        _: [N; 0],
    ) -> (N, [N; 1]) {
        let mean = mean * *alpha + seen.now * (1.0 - alpha);
        (seen.now + mean * self.lambda, [mean])
    }
}
