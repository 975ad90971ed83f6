//! What rules share that estimate how far they have to go.

use super::rule::Clock;
use crate::fused::Number;

/// The learning rate of a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// Corrected for means that started at zero, where that is asked for.
    pub(super) corrected: f64,
    is_zero: bool,
}

impl Rate {
    /// That of this step, corrected for means with these decays. The clock remembers how many steps had one.
    pub(super) fn new(clock: &mut Clock, corrects: bool, [beta_1, beta_2]: [f64; 2]) -> Self {
        let is_zero = clock.lr <= 0.0;
        if !is_zero {
            clock.memory[0] += 1.0;
        }
        let time = clock.memory[0];
        let correction = match corrects && !is_zero {
            true => (1.0 - beta_2.powf(time)).sqrt() / (1.0 - beta_1.powf(time)),
            false => 1.0,
        };
        Self {
            corrected: clock.lr * correction,
            is_zero,
        }
    }

    /// Whether nothing changes, no mean either.
    pub(super) fn is_zero(self) -> bool {
        self.is_zero
    }

    /// `then` where parameters move: there is a learning rate, and a gradient was not 0, so that `size` is not.
    #[inline(always)]
    pub(super) fn if_moving<N: Number>(self, size: N, then: N, otherwise: N) -> N {
        match self.is_zero {
            true => otherwise,
            false => size.if_positive(then, otherwise),
        }
    }
}

/// The estimate that is remembered; `first` before the first step.
#[inline(always)]
pub(super) fn estimate<N: Number>(remembered: N, first: f64) -> N {
    remembered.if_positive(remembered, N::literal(first))
}
