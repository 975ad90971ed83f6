use super::UpdateRule;
use super::decay::Decay;
use crate::fused::{Array, Map, Number, Pair};

/// One step of a rule, its scalars worked out: parameter, gradient and states to parameter and states.
#[derive(Clone)]
pub(super) struct Update<R: UpdateRule<K>, const K: usize> {
    pub(super) rule: R,
    pub(super) scalars: R::Scalars,
    pub(super) decay: Decay,
}

impl<R: UpdateRule<K>, const K: usize> Map for Update<R, K> {
    type In = Pair<Array<2>, Array<K>>;
    type Out = Pair<Array<1>, Array<K>>;

    #[inline(always)]
    fn map<N: Number>(&self, ([param, grad], state): ([N; 2], [N; K])) -> ([N; 1], [N; K]) {
        let (param, state) = self.rule.update(&self.scalars, param, grad, state);
        ([param], state)
    }

    #[inline(always)]
    fn prepares(&self) -> bool {
        !matches!(self.decay, Decay::None)
    }

    #[inline(always)]
    fn prepare<N: Number>(&self, ([param, grad], state): ([N; 2], [N; K])) -> ([N; 2], [N; K]) {
        let (param, grad) = self.decay.apply(param, grad);
        ([param, grad], state)
    }
}

/// The states before the first step, from the parameter.
#[derive(Clone)]
pub(super) struct Start<R: UpdateRule<K>, const K: usize>(pub(super) Update<R, K>);

impl<R: UpdateRule<K>, const K: usize> Map for Start<R, K> {
    type In = Array<1>;
    type Out = Array<K>;

    #[inline(always)]
    fn map<N: Number>(&self, [param]: [N; 1]) -> [N; K] {
        self.0.rule.start(&self.0.scalars, param)
    }
}
