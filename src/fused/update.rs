use core::fmt::Debug;

use super::Number;

/// The step counter of one parameter and what else outlives a step, in `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// The learning rate of this step.
    pub lr: f64,
    /// The number of this step, from 1, counted for each parameter.
    pub time: u64,
    /// Running scalars of the rule (NAdam's product of momenta); they start at
    /// [`UpdateRule::MEMORY`] and are saved with the state.
    pub memory: [f64; 2],
}

/// The state tensors of an update rule: `[N; 0]`, `[N; 1]`, ...
pub trait Slots<N>: Copy {
    /// How many.
    const LEN: usize;
}

impl<N: Copy, const LEN: usize> Slots<N> for [N; LEN] {
    const LEN: usize = LEN;
}

/// An element-wise update rule: (parameter, gradient, state) to (parameter, state).
pub trait UpdateRule: Clone + Debug + Send + Sync + 'static {
    /// The state of one element: `[N; 2]` for two tensors.
    type State<N: Number>: Slots<N>;

    /// What a step works out once, in `f64`, outside the loop.
    type Scalars: Copy + Send + Sync;

    /// The names of the state tensors in a saved optimizer, in order. Never rename one: a saved
    /// state would no longer be found.
    const STATE_NAMES: &'static [&'static str];

    /// Where [`Clock::memory`] starts.
    const MEMORY: [f64; 2] = [0.0; 2];

    /// The scalars of one step; may advance the clock's memory.
    fn scalars(&self, clock: &mut Clock) -> Self::Scalars;

    /// The state before the first step, from the parameter and its first gradient.
    fn start<N: Number>(&self, scalars: &Self::Scalars, param: N, grad: N) -> Self::State<N>;

    /// One step.
    fn update<N: Number>(
        &self,
        scalars: &Self::Scalars,
        param: N,
        grad: N,
        state: Self::State<N>,
    ) -> (N, Self::State<N>);
}
