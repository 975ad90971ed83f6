use super::prelude::*;

modifier! {
    /// Lookahead: slow weights that go a part of the way to where the rule's fast weights have come, every `k` steps,
    /// and take the fast ones back to themselves.
    ///
    /// ```text
    /// every k steps:  slow <- slow + alpha (w - slow);  w <- slow
    /// ```
    ///
    /// The slow weights start as the weights before the first step; in timm as those at the first time, when nothing
    /// happens therefore. The rule's own states go on, unless `reset_state`.
    ///
    /// Defaults: `alpha` 0.5; `k` 5, in timm and optax' example 6.
    ///
    /// The network to evaluate is that of the slow weights: [`Averages`](crate::optim::Averages).
    ///
    /// Zhang et al., [Lookahead Optimizer: k steps forward, 1 step back](https://arxiv.org/abs/1907.08610), 2019.
    Lookahead, "lookahead",
    conventions [Paper paper, Timm timm, Optax optax],
    {
        /// Sets how many steps the fast weights go ahead.
        k with_k: f64 in Count,
        /// Sets the part of the way that the slow weights follow.
        alpha with_alpha: f64 in Portion,
        /// Sets whether the rule starts anew each time.
        reset_state with_reset_state: bool in Flag only [Optax],
    }
}

impl Lookahead {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            k: match convention {
                Convention::Paper => 5.0,
                _ => 6.0,
            },
            alpha: 0.5,
            reset_state: false,
        }
    }

    fn syncs(&self, clock: &Clock) -> bool {
        clock.time.is_multiple_of(self.k as u64)
    }
}

impl Modifier<1, 0> for Lookahead {
    /// The part of the way, where the slow weights are known.
    type Scalars = Option<f64>;
    const CHANGES: Changes = Changes::Parameter;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<Option<f64>> {
        let first = self.convention == Convention::Timm && clock.time == self.k as u64;
        self.syncs(clock).then_some((!first).then_some(self.alpha))
    }

    fn restarts(&self, clock: &Clock) -> bool {
        self.reset_state && self.syncs(clock)
    }

    #[inline(always)]
    fn start<N: Number>(&self, param: N) -> [N; 1] {
        [param]
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        alpha: &Option<f64>,
        seen: Seen<N>,
        [slow]: [N; 1],
        _: [N; 0],
    ) -> (N, [N; 1]) {
        let slow = match alpha {
            Some(alpha) => slow + (seen.now - slow) * *alpha,
            None => seen.now,
        };
        (slow, [slow])
    }

    fn average<N: Number>(&self, _clock: &Clock, _param: N, [slow]: [N; 1]) -> Option<N> {
        Some(slow)
    }
}
