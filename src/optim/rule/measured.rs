use core::fmt::Debug;

use super::{Clock, Modifiers, UpdateRule};
use crate::fused::Number;

/// An update rule that looks at the whole tensor first: at `S` sums over its elements, such as norms. It has
/// `K` numbers of state an element.
///
/// A step [measures](Self::measure), which reads what it adds up and nothing else; [settles](Self::settle) what
/// the sums mean, once a tensor; and [updates](Self::update_by) each element. No sum is read back to the host.
/// On the CPU sums are added up in `f64` and are the same to the bit, whatever the number of threads.
///
/// Every [`UpdateRule`] is one without sums. [`RuleOptimizer`](super::RuleOptimizer) makes an optimizer of it.
///
/// ```
/// use burn::optim::ModuleOptimizer;
/// use burn_extras::fused::Number;
/// use burn_extras::optim::{Clock, MeasuredRule, RuleOptimizer};
///
/// /// Gradient descent by the direction of a tensor's gradient alone: `w <- w - lr g / |g|`.
/// #[derive(Clone, Debug)]
/// struct Normalized;
///
/// impl MeasuredRule<0, 1> for Normalized {
///     type Scalars = f64;
///     const STATE_NAMES: [&'static str; 0] = [];
///     const SUM_NAMES: [&'static str; 1] = ["norm"];
///
///     fn scalars_of(&self, clock: &mut Clock) -> f64 {
///         clock.lr
///     }
///
///     fn measure<N: Number>(&self, _: &f64, _w: N, g: N, _: [N; 0], _: [N; 1]) -> [N; 1] {
///         [g.square()]
///     }
///
///     fn settle<N: Number>(&self, lr: &f64, [sum]: [N; 1], _: [N; 1]) -> ([N; 1], [N; 1]) {
///         let step = N::literal(*lr) / sum.sqrt();
///         ([sum.if_positive(step, sum)], [sum])
///     }
///
///     fn update_by<N: Number>(
///         &self,
///         _lr: &f64,
///         w: N,
///         g: N,
///         _state: [N; 0],
///         [step]: [N; 1],
///     ) -> (N, [N; 0]) {
///         (w - g * step, [])
///     }
/// }
///
/// let optimizer: ModuleOptimizer = RuleOptimizer::new(Normalized).into();
/// ```
pub trait MeasuredRule<const K: usize, const S: usize>:
    Clone + Debug + Send + Sync + 'static
{
    /// What a step works out once, in `f64`, outside the loop.
    type Scalars: Copy + Send + Sync;

    /// The names of the state tensors in a saved optimizer, in order. Never rename one: a saved
    /// state would no longer be found.
    const STATE_NAMES: [&'static str; K];

    /// The names of what is remembered of the sums.
    const SUM_NAMES: [&'static str; S];

    /// Whether the new parameter is the old one less a step that does not depend on it, so that modifiers can have
    /// the step exactly. Default: no; they take the difference then, which has the parameter's rounding errors.
    const IS_STEP: bool = false;

    /// Which of the states may be stored in fewer bits, where [`StateType`](super::StateType) asks for it. Default: all.
    const ROUNDS: [bool; K] = [true; K];

    /// Where [`Clock::memory`] starts.
    const MEMORY: [f64; 2] = [0.0; 2];

    /// Whether sums are over all parameters of a module together. Default: no, over each tensor. Steps are taken with
    /// [`ModuleStep`](crate::optim::ModuleStep) then.
    const OVER_MODULE: bool = false;

    /// What becomes of the gradient before the rule sees it, and after the modifiers that are added to it. Default:
    /// nothing.
    fn before(&self) -> Modifiers {
        Modifiers::new()
    }

    /// The scalars of one step; may advance the clock's memory.
    fn scalars_of(&self, clock: &mut Clock) -> Self::Scalars;

    /// Which of the states these settings need: the others are neither stored nor touched, read as
    /// zero, and what [`update_by`](Self::update_by) returns for them is dropped. `rank` is the tensor's.
    fn keeps_states(&self, _rank: usize) -> [bool; K] {
        [true; K]
    }

    /// Which of the sums are remembered. Default: none.
    fn keeps_sums(&self) -> [bool; S] {
        [false; S]
    }

    /// The state before the first step: zeros, if the rule does not say otherwise.
    #[inline(always)]
    fn start_from<N: Number>(&self, _scalars: &Self::Scalars, _param: N) -> [N; K] {
        [N::literal(0.0); K]
    }

    /// What is added up over the tensor, from the state before the step and what was remembered: 0 before the first.
    fn measure<N: Number>(
        &self,
        scalars: &Self::Scalars,
        param: N,
        grad: N,
        state: [N; K],
        before: [N; S],
    ) -> [N; S];

    /// What the update reads, and what is remembered, from the sums and what was remembered: 0 before the first
    /// step. Default: the sums, for both.
    #[inline(always)]
    fn settle<N: Number>(
        &self,
        _scalars: &Self::Scalars,
        sums: [N; S],
        _before: [N; S],
    ) -> ([N; S], [N; S]) {
        (sums, sums)
    }

    /// One step. Mark it `#[inline(always)]`, so that the loop around it can be vectorised.
    fn update_by<N: Number>(
        &self,
        scalars: &Self::Scalars,
        param: N,
        grad: N,
        state: [N; K],
        known: [N; S],
    ) -> (N, [N; K]);
}

impl<R: UpdateRule<K>, const K: usize> MeasuredRule<K, 0> for R {
    type Scalars = R::Scalars;
    const STATE_NAMES: [&'static str; K] = R::STATE_NAMES;
    const SUM_NAMES: [&'static str; 0] = [];
    const MEMORY: [f64; 2] = R::MEMORY;
    const IS_STEP: bool = R::IS_STEP;
    const ROUNDS: [bool; K] = R::ROUNDS;

    fn before(&self) -> Modifiers {
        UpdateRule::before(self)
    }

    fn scalars_of(&self, clock: &mut Clock) -> Self::Scalars {
        self.scalars(clock)
    }

    fn keeps_states(&self, _rank: usize) -> [bool; K] {
        self.keeps()
    }

    #[inline(always)]
    fn start_from<N: Number>(&self, scalars: &Self::Scalars, param: N) -> [N; K] {
        self.start(scalars, param)
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &Self::Scalars, _: N, _: N, _: [N; K], _: [N; 0]) -> [N; 0] {
        []
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        scalars: &Self::Scalars,
        param: N,
        grad: N,
        state: [N; K],
        _known: [N; 0],
    ) -> (N, [N; K]) {
        self.update(scalars, param, grad, state)
    }
}
