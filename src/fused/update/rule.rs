use core::fmt::Debug;

use crate::fused::Number;

/// The step counter of one parameter and what else outlives a step, in `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Clock {
    /// The learning rate of this step.
    pub lr: f64,
    /// The number of this step, from 1, counted for each parameter.
    pub time: u64,
    /// Running scalars of the rule (NAdam's product of momenta). They start at
    /// [`UpdateRule::MEMORY`] and are saved with the state.
    pub memory: [f64; 2],
}

impl Clock {
    /// Before the first step.
    pub(super) fn new(memory: [f64; 2]) -> Self {
        Self {
            lr: 0.0,
            time: 0,
            memory,
        }
    }

    /// The bias correction `1 - beta^t` of a mean that decays by `beta` and started at zero.
    pub fn correction(&self, beta: f64) -> f64 {
        1.0 - beta.powf(self.time as f64)
    }
}

/// An element-wise update rule with `K` numbers of state:
/// (parameter, gradient, state) to (parameter, state).
///
/// [`Fused`](super::Fused) makes an optimizer of it.
///
/// ```
/// use burn::optim::ModuleOptimizer;
/// use burn_extras::fused::{Clock, Fused, Number, UpdateRule};
///
/// /// Gradient descent along a running mean of the gradients.
/// #[derive(Clone, Debug)]
/// struct Averaged {
///     beta: f64,
/// }
///
/// impl UpdateRule<1> for Averaged {
///     type Scalars = f64;
///     const STATE_NAMES: [&'static str; 1] = ["mean"];
///
///     fn scalars(&self, clock: &mut Clock) -> f64 {
///         clock.lr / clock.correction(self.beta)
///     }
///
///     fn update<N: Number>(&self, lr: &f64, param: N, grad: N, [mean]: [N; 1]) -> (N, [N; 1]) {
///         let mean = mean * self.beta + grad * (1.0 - self.beta);
///         (param - mean * *lr, [mean])
///     }
/// }
///
/// let optimizer: ModuleOptimizer = Fused::new(Averaged { beta: 0.9 }).into();
/// ```
pub trait UpdateRule<const K: usize>: Clone + Debug + Send + Sync + 'static {
    /// What a step works out once, in `f64`, outside the loop.
    type Scalars: Copy + Send + Sync;

    /// The names of the state tensors in a saved optimizer, in order. Never rename one: a saved
    /// state would no longer be found.
    const STATE_NAMES: [&'static str; K];

    /// Where [`Clock::memory`] starts.
    const MEMORY: [f64; 2] = [0.0; 2];

    /// The scalars of one step; may advance the clock's memory.
    fn scalars(&self, clock: &mut Clock) -> Self::Scalars;

    /// Which of the states these settings need: the others are neither stored nor touched, read as
    /// zero, and what [`update`](Self::update) returns for them is dropped.
    fn keeps(&self) -> [bool; K] {
        [true; K]
    }

    /// The state before the first step: zeros, if the rule does not say otherwise.
    #[inline(always)]
    fn start<N: Number>(&self, _scalars: &Self::Scalars, _param: N) -> [N; K] {
        [N::literal(0.0); K]
    }

    /// One step. Mark it `#[inline(always)]`, so that the loop around it can be vectorised.
    fn update<N: Number>(
        &self,
        scalars: &Self::Scalars,
        param: N,
        grad: N,
        state: [N; K],
    ) -> (N, [N; K]);
}
