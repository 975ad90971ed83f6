use core::fmt::Debug;

use super::{Clock, Modifiers};
use crate::fused::Number;

/// An element-wise update rule with `K` numbers of state:
/// (parameter, gradient, state) to (parameter, state).
///
/// [`RuleOptimizer`](super::RuleOptimizer) makes an optimizer of it.
///
/// ```
/// use burn::optim::ModuleOptimizer;
/// use burn_extras::fused::Number;
/// use burn_extras::optim::{Clock, RuleOptimizer, UpdateRule};
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
/// let optimizer: ModuleOptimizer = RuleOptimizer::new(Averaged { beta: 0.9 }).into();
/// ```
pub trait UpdateRule<const K: usize>: Clone + Debug + Send + Sync + 'static {
    /// What a step works out once, in `f64`, outside the loop.
    type Scalars: Copy + Send + Sync;

    /// The names of the state tensors in a saved optimizer, in order. Never rename one: a saved
    /// state would no longer be found.
    const STATE_NAMES: [&'static str; K];

    /// Whether the new parameter is the old one less a step that does not depend on it, so that modifiers can have
    /// the step exactly. Default: no; they take the difference then, which has the parameter's rounding errors.
    const IS_STEP: bool = false;

    /// Which of the states may be stored in fewer bits, where [`StateType`](super::StateType) asks for it. Default: all.
    const ROUNDS: [bool; K] = [true; K];

    /// Where [`Clock::memory`] starts.
    const MEMORY: [f64; 2] = [0.0; 2];

    /// What becomes of the gradient before the rule sees it, and after the modifiers that are added to it. Default:
    /// nothing.
    fn before(&self) -> Modifiers {
        Modifiers::new()
    }

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
