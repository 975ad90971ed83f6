use core::fmt::Debug;
use std::sync::Arc;

use burn::backend::DispatchTensor;
use burn::tensor::Shape;

use super::decay::Decay;
use super::pipeline::Step;
use super::whole::whole;
use super::{Clock, WholeModifier};
use crate::fused::{Array, Double, Kernel, Map, Number, Pair};

/// What a [`Modifier`] changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// The gradient, before the rule sees it.
    Gradient,
    /// The step: what the rule takes off the parameter, the learning rate in it.
    Step,
    /// The new parameter.
    Parameter,
}

/// What a [`Modifier`] sees of one element.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Seen<N> {
    /// The parameter before the step.
    pub param: N,
    /// The parameter that the rule steps from: after decoupled weight decay.
    pub from: N,
    /// The gradient as it was given.
    pub grad: N,
    /// What is to be changed: the gradient, the step, or the new parameter.
    pub now: N,
}

/// Something that changes what a rule does, whichever rule it is: the gradient before it, its step, or the
/// parameter after. It has `K` numbers of state an element, and may look at `S` sums first, as a [`MeasuredRule`](super::MeasuredRule)
/// does.
///
/// On the CPU it works on what is in the cache, between reading the gradient and writing the parameter: it costs
/// the memory traffic of its own states, and of one more reading where it has sums.
///
/// ```
/// use burn::optim::ModuleOptimizer;
/// use burn_extras::fused::Number;
/// use burn_extras::optim::{AdamConfig, Changes, Clock, Modifier, Seen};
///
/// /// Makes large gradients smaller, and leaves small ones nearly as they are.
/// #[derive(Clone, Debug)]
/// struct Squashed;
///
/// impl Modifier<0, 0> for Squashed {
///     type Scalars = ();
///     const CHANGES: Changes = Changes::Gradient;
///
///     fn scalars(&self, _clock: &mut Clock, _shape: &[usize]) -> Option<()> {
///         Some(())
///     }
///
///     fn modify<N: Number>(&self, _: &(), seen: Seen<N>, _: [N; 0], _: [N; 0]) -> (N, [N; 0]) {
///         (seen.now.tanh(), [])
///     }
/// }
///
/// let optimizer: ModuleOptimizer = AdamConfig::new().build().with_modifier(Squashed).into();
/// ```
pub trait Modifier<const K: usize, const S: usize>: Clone + Debug + Send + Sync + 'static {
    /// What a step works out once, in `f64`, outside the loop.
    type Scalars: Copy + Send + Sync;

    /// What it changes.
    const CHANGES: Changes;

    /// Where [`Clock::memory`] starts.
    const MEMORY: [f64; 2] = [0.0; 2];

    /// Whether a tensor of this shape is changed at all. Default: yes.
    fn applies(&self, _shape: &[usize]) -> bool {
        true
    }

    /// The scalars of one step; may advance the clock's memory. `None` leaves this step as it is.
    fn scalars(&self, clock: &mut Clock, shape: &[usize]) -> Option<Self::Scalars>;

    /// Which of the sums are remembered. Default: none.
    fn keeps_sums(&self) -> [bool; S] {
        [false; S]
    }

    /// The axes that each sum is taken over. Default: all, so that a sum is one number.
    fn sums_over(&self, shape: &[usize]) -> [Vec<usize>; S] {
        core::array::from_fn(|_| (0..shape.len()).collect())
    }

    /// The state before the first step. Default: zeros.
    #[inline(always)]
    fn start<N: Number>(&self, _param: N) -> [N; K] {
        [N::literal(0.0); K]
    }

    /// What is added up. Default: nothing.
    #[inline(always)]
    fn measure<N: Number>(&self, _: &Self::Scalars, _: Seen<N>, _state: [N; K]) -> [N; S] {
        [N::literal(0.0); S]
    }

    /// What [`modify`](Self::modify) reads, and what is remembered, from the sums and what was remembered: 0
    /// before the first step. Default: the sums, for both. Sums over other axes than the rest are settled by
    /// themselves; the others are 0 then.
    #[inline(always)]
    fn settle<N: Number>(
        &self,
        _: &Self::Scalars,
        sums: [N; S],
        _before: [N; S],
    ) -> ([N; S], [N; S]) {
        (sums, sums)
    }

    /// [`Seen::now`] as it is to be, and the new state. Mark it `#[inline(always)]`, so that the loop around it
    /// can be vectorised.
    fn modify<N: Number>(
        &self,
        scalars: &Self::Scalars,
        seen: Seen<N>,
        state: [N; K],
        known: [N; S],
    ) -> (N, [N; K]);

    /// Whether the rule waits for more gradients: all that happens is that this modifier gets its new state. The first of
    /// the modifiers is asked alone. Default: no.
    fn waits(&self, _clock: &Clock) -> bool {
        false
    }

    /// Whether the rule starts anew after this step. Default: no.
    fn restarts(&self, _clock: &Clock) -> bool {
        false
    }

    /// The parameter to evaluate, from that which is trained and the state. Default: `None`, the one that is trained.
    ///
    /// [`Averages`](crate::optim::Averages) makes a network of them.
    fn average<N: Number>(&self, _clock: &Clock, _param: N, _state: [N; K]) -> Option<N> {
        None
    }
}

/// One step of a part, its scalars worked out.
pub(in crate::optim) enum Ready {
    Fused(Fused),
    Whole(Box<WholeStep>),
}

/// What is to be changed, the step that it is a part of, and the states, to what is changed.
pub(in crate::optim) type WholeStep =
    dyn Fn(DispatchTensor, &Step, &mut [Option<DispatchTensor>]) -> DispatchTensor;

/// What a part runs over memory. It reads the parameter, the gradient, what is to be changed, the states, and the
/// sums.
pub(in crate::optim) struct Fused {
    pub(super) apply: Box<dyn Kernel>,
    /// What measures and what settles, where there are sums.
    pub(super) sums: Option<[Box<dyn Kernel>; 2]>,
}

/// A modifier behind a pointer.
pub(in crate::optim) trait Part: Debug + Send + Sync {
    fn changes(&self) -> Changes;

    fn applies(&self, shape: &[usize]) -> bool;

    fn memory(&self) -> [f64; 2];

    /// The shapes of the states of a parameter of this shape.
    fn states(&self, shape: &Shape) -> Vec<Shape>;

    /// Which of the sums are remembered.
    fn keeps_sums(&self) -> Vec<bool> {
        Vec::new()
    }

    fn sums_over(&self, _shape: &[usize]) -> Vec<Vec<usize>> {
        Vec::new()
    }

    /// The parameter to the states before the first step, where they are not zeros.
    fn start(&self) -> Option<Box<dyn Kernel>> {
        None
    }

    fn waits(&self, _clock: &Clock) -> bool {
        false
    }

    fn restarts(&self, _clock: &Clock) -> bool {
        false
    }

    /// The parameter and the states to the parameter to evaluate, where that is another.
    fn average(&self, _clock: &Clock) -> Option<Box<dyn Kernel>> {
        None
    }

    fn has_average(&self) -> bool {
        self.average(&Clock::new(self.memory())).is_some()
    }

    /// `None` where nothing is to be done.
    fn ready(&self, clock: &mut Clock, decay: Decay, shape: &Shape) -> Option<Ready>;
}

/// Modifiers in a row, that a rule has of its own: [`MeasuredRule::before`](super::MeasuredRule::before).
#[derive(Clone, Debug, Default)]
pub struct Modifiers(pub(super) Vec<Arc<dyn Part>>);

impl Modifiers {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a modifier of the gradient.
    ///
    /// # Panics
    ///
    /// When it changes something else.
    #[must_use]
    pub fn with<M, const K: usize, const S: usize>(mut self, modifier: M) -> Self
    where
        M: Modifier<K, S>,
    {
        assert!(
            M::CHANGES == Changes::Gradient,
            "Modifiers: {modifier:?} does not change the gradient"
        );
        self.0.push(part(modifier));
        self
    }

    /// Adds a modifier that works on the tensor as a whole.
    #[must_use]
    pub fn with_whole(mut self, modifier: impl WholeModifier) -> Self {
        self.0.push(whole(modifier));
        self
    }
}

/// A modifier as a part.
pub(in crate::optim) fn part<M, const K: usize, const S: usize>(modifier: M) -> Arc<dyn Part>
where
    M: Modifier<K, S>,
{
    Arc::new(Modified(modifier))
}

#[derive(Clone, Debug)]
struct Modified<M, const K: usize, const S: usize>(M);

impl<M: Modifier<K, S>, const K: usize, const S: usize> Part for Modified<M, K, S> {
    fn changes(&self) -> Changes {
        M::CHANGES
    }

    fn applies(&self, shape: &[usize]) -> bool {
        self.0.applies(shape)
    }

    fn memory(&self) -> [f64; 2] {
        M::MEMORY
    }

    fn states(&self, shape: &Shape) -> Vec<Shape> {
        vec![shape.clone(); K]
    }

    fn keeps_sums(&self) -> Vec<bool> {
        self.0.keeps_sums().to_vec()
    }

    fn sums_over(&self, shape: &[usize]) -> Vec<Vec<usize>> {
        self.0.sums_over(shape).to_vec()
    }

    fn start(&self) -> Option<Box<dyn Kernel>> {
        // Constants, so that what has no states or sums has no kernels for them.
        if const { K > 0 } {
            return Some(Box::new(Start::<M, K, S>(self.0.clone())));
        }
        None
    }

    fn waits(&self, clock: &Clock) -> bool {
        self.0.waits(clock)
    }

    fn restarts(&self, clock: &Clock) -> bool {
        self.0.restarts(clock)
    }

    fn average(&self, clock: &Clock) -> Option<Box<dyn Kernel>> {
        let zero = Double(0.0);
        self.0.average(clock, zero, [zero; K])?;
        Some(Box::new(Average::<M, K, S>(self.0.clone(), *clock)))
    }

    fn ready(&self, clock: &mut Clock, decay: Decay, shape: &Shape) -> Option<Ready> {
        let scalars = self.0.scalars(clock, shape)?;
        let modify = Modify {
            modifier: self.0.clone(),
            scalars,
            decay,
        };
        let mut sums: Option<[Box<dyn Kernel>; 2]> = None;
        if const { S > 0 } {
            sums = Some([
                Box::new(Measure(modify.clone())),
                Box::new(Settle(modify.clone())),
            ]);
        }
        let apply = Box::new(modify);
        Some(Ready::Fused(Fused { apply, sums }))
    }
}

/// Parameter, gradient and what is to be changed; states; sums.
type Given<const K: usize, const S: usize> = Pair<Pair<Array<3>, Array<K>>, Array<S>>;

#[derive(Clone)]
struct Modify<M: Modifier<K, S>, const K: usize, const S: usize> {
    modifier: M,
    scalars: M::Scalars,
    decay: Decay,
}

impl<M: Modifier<K, S>, const K: usize, const S: usize> Modify<M, K, S> {
    #[inline(always)]
    fn seen<N: Number>(&self, [param, grad, now]: [N; 3]) -> Seen<N> {
        Seen {
            param,
            from: self.decay.shrink(param),
            grad,
            now,
        }
    }
}

impl<M: Modifier<K, S>, const K: usize, const S: usize> Map for Modify<M, K, S> {
    type In = Given<K, S>;
    type Out = Pair<Array<1>, Array<K>>;
    const SPREADS: bool = S > 0;

    #[inline(always)]
    fn map<N: Number>(
        &self,
        ((step, state), known): (([N; 3], [N; K]), [N; S]),
    ) -> ([N; 1], [N; K]) {
        let seen = self.seen(step);
        let (now, state) = self.modifier.modify(&self.scalars, seen, state, known);
        ([now], state)
    }
}

/// What is added up. The last inputs are as large as the sums, and nothing else of them matters.
#[derive(Clone)]
struct Measure<M: Modifier<K, S>, const K: usize, const S: usize>(Modify<M, K, S>);

impl<M: Modifier<K, S>, const K: usize, const S: usize> Map for Measure<M, K, S> {
    type In = Given<K, S>;
    type Out = Array<S>;
    const SPREADS: bool = true;

    #[inline(always)]
    fn map<N: Number>(&self, ((step, state), _): (([N; 3], [N; K]), [N; S])) -> [N; S] {
        let seen = self.0.seen(step);
        self.0.modifier.measure(&self.0.scalars, seen, state)
    }
}

/// The sums, and what was remembered of those before, to what is read and what is remembered.
#[derive(Clone)]
struct Settle<M: Modifier<K, S>, const K: usize, const S: usize>(Modify<M, K, S>);

impl<M: Modifier<K, S>, const K: usize, const S: usize> Map for Settle<M, K, S> {
    type In = Pair<Array<S>, Array<S>>;
    type Out = Pair<Array<S>, Array<S>>;

    #[inline(always)]
    fn map<N: Number>(&self, (sums, before): ([N; S], [N; S])) -> ([N; S], [N; S]) {
        self.0.modifier.settle(&self.0.scalars, sums, before)
    }
}

/// The states before the first step, from the parameter.
#[derive(Clone)]
struct Start<M: Modifier<K, S>, const K: usize, const S: usize>(M);

impl<M: Modifier<K, S>, const K: usize, const S: usize> Map for Start<M, K, S> {
    type In = Array<1>;
    type Out = Array<K>;

    #[inline(always)]
    fn map<N: Number>(&self, [param]: [N; 1]) -> [N; K] {
        self.0.start(param)
    }
}

/// The parameter and the states to the parameter to evaluate.
#[derive(Clone)]
struct Average<M: Modifier<K, S>, const K: usize, const S: usize>(M, Clock);

impl<M: Modifier<K, S>, const K: usize, const S: usize> Map for Average<M, K, S> {
    type In = Pair<Array<1>, Array<K>>;
    type Out = Array<1>;

    #[inline(always)]
    fn map<N: Number>(&self, ([param], state): ([N; 1], [N; K])) -> [N; 1] {
        [self.0.average(&self.1, param, state).unwrap_or(param)]
    }
}

/// What a rule made of the parameter to the step that it took.
#[derive(Clone)]
pub(super) struct ToStep {
    pub(super) decay: Decay,
    /// Whether the rule began at 0.
    pub(super) from_zero: bool,
}

impl Map for ToStep {
    type In = Array<3>;
    type Out = Array<1>;

    #[inline(always)]
    fn map<N: Number>(&self, [param, _, now]: [N; 3]) -> [N; 1] {
        [match self.from_zero {
            true => -now,
            false => self.decay.shrink(param) - now,
        }]
    }
}

/// The step to the new parameter.
#[derive(Clone)]
pub(super) struct TakeStep(pub(super) Decay);

impl Map for TakeStep {
    type In = Array<3>;
    type Out = Array<1>;

    #[inline(always)]
    fn map<N: Number>(&self, [param, _, step]: [N; 3]) -> [N; 1] {
        [self.0.shrink(param) - step]
    }
}
