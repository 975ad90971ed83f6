use super::MeasuredRule;
use super::decay::Decay;
use crate::fused::{Array, Map, Number, Pair};

/// One step of a rule, its scalars worked out: parameter, gradient, states and what is known of the sums to
/// parameter and states.
#[derive(Clone)]
pub(super) struct Update<R: MeasuredRule<K, S>, const K: usize, const S: usize> {
    pub(super) rule: R,
    pub(super) scalars: R::Scalars,
    pub(super) decay: Decay,
    /// Whether it begins at 0 in place of the parameter, so that its step is exact.
    pub(super) from_zero: bool,
}

/// Parameter and gradient, states, sums.
type Given<const K: usize, const S: usize> = Pair<Pair<Array<2>, Array<K>>, Array<S>>;

impl<R: MeasuredRule<K, S>, const K: usize, const S: usize> Map for Update<R, K, S> {
    type In = Given<K, S>;
    type Out = Pair<Array<1>, Array<K>>;
    const SPREADS: bool = S > 0;
    const PREPARES: bool = true;

    #[inline(always)]
    fn map<N: Number>(
        &self,
        (([param, grad], state), known): (([N; 2], [N; K]), [N; S]),
    ) -> ([N; 1], [N; K]) {
        let rule = &self.rule;
        let (param, state) = rule.update_by(&self.scalars, param, grad, state, known);
        ([param], state)
    }

    #[inline(always)]
    fn prepares(&self) -> bool {
        self.from_zero || !matches!(self.decay, Decay::None)
    }

    #[inline(always)]
    fn prepare<N: Number>(
        &self,
        (([param, grad], state), known): (([N; 2], [N; K]), [N; S]),
    ) -> (([N; 2], [N; K]), [N; S]) {
        let (mut param, grad) = self.decay.apply(param, grad);
        if self.from_zero {
            param = N::literal(0.0);
        }
        (([param, grad], state), known)
    }
}

/// What a step adds up before. The last inputs are what was remembered, as large as the sums.
#[derive(Clone)]
pub(super) struct Measure<R: MeasuredRule<K, S>, const K: usize, const S: usize>(
    pub(super) Update<R, K, S>,
);

impl<R: MeasuredRule<K, S>, const K: usize, const S: usize> Map for Measure<R, K, S> {
    type In = Given<K, S>;
    type Out = Array<S>;
    const SPREADS: bool = true;
    const PREPARES: bool = true;

    #[inline(always)]
    fn map<N: Number>(
        &self,
        (([param, grad], state), before): (([N; 2], [N; K]), [N; S]),
    ) -> [N; S] {
        let rule = &self.0.rule;
        rule.measure(&self.0.scalars, param, grad, state, before)
    }

    #[inline(always)]
    fn prepares(&self) -> bool {
        self.0.prepares()
    }

    #[inline(always)]
    fn prepare<N: Number>(&self, given: (([N; 2], [N; K]), [N; S])) -> (([N; 2], [N; K]), [N; S]) {
        self.0.prepare(given)
    }
}

/// The sums, and what was remembered of those before, to what the update reads and what is remembered.
#[derive(Clone)]
pub(super) struct Settle<R: MeasuredRule<K, S>, const K: usize, const S: usize>(
    pub(super) Update<R, K, S>,
);

impl<R: MeasuredRule<K, S>, const K: usize, const S: usize> Map for Settle<R, K, S> {
    type In = Pair<Array<S>, Array<S>>;
    type Out = Pair<Array<S>, Array<S>>;

    #[inline(always)]
    fn map<N: Number>(&self, (sums, before): ([N; S], [N; S])) -> ([N; S], [N; S]) {
        self.0.rule.settle(&self.0.scalars, sums, before)
    }
}

/// The states before the first step, from the parameter.
#[derive(Clone)]
pub(super) struct Start<R: MeasuredRule<K, S>, const K: usize, const S: usize>(
    pub(super) Update<R, K, S>,
);

impl<R: MeasuredRule<K, S>, const K: usize, const S: usize> Map for Start<R, K, S> {
    type In = Array<1>;
    type Out = Array<K>;

    #[inline(always)]
    fn map<N: Number>(&self, [param]: [N; 1]) -> [N; K] {
        self.0.rule.start_from(&self.0.scalars, param)
    }
}
