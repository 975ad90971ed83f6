use burn::backend::{Dispatch, DispatchTensor, TensorMetadata};
use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{DType, Device, FloatDType, Tensor};

use super::decay::Decay;
use super::state::States;
use super::{Clock, RuleState, UpdateRule, WeightDecay};
use crate::fused::{Number, Symbol, compose::compose};

/// The optimizer of an update rule.
///
/// On Burn's Flex backend a step updates parameter and state in place, in one pass over memory,
/// vectorised and multi-threaded. On every other backend it is composed of tensor operations,
/// which fusion turns into one kernel or few.
///
/// # Shapes and data types
///
/// Any shape and float type. State and arithmetic of `f16` and `bf16` parameters are `f32`; only
/// the new parameter is rounded.
#[derive(Clone, Debug)]
pub struct Fused<R, const K: usize> {
    rule: R,
    weight_decay: Option<WeightDecay>,
}

impl<R: UpdateRule<K>, const K: usize> Fused<R, K> {
    /// The optimizer of `rule`, without weight decay.
    pub fn new(rule: R) -> Self {
        Self {
            rule,
            weight_decay: None,
        }
    }

    /// Sets the weight decay.
    #[must_use]
    pub fn with_weight_decay(mut self, weight_decay: Option<WeightDecay>) -> Self {
        self.weight_decay = weight_decay;
        self
    }

    /// The rule.
    pub fn rule(&self) -> &R {
        &self.rule
    }

    /// One step of a tensor of any rank.
    fn advance(
        &self,
        lr: LearningRate,
        param: DispatchTensor,
        grad: DispatchTensor,
        clock: &mut Clock,
        tensors: &mut States<K>,
    ) -> DispatchTensor {
        let keeps = self.rule.keeps();
        // What was saved with other settings may lack a tensor: such a parameter starts anew.
        if (0..K).any(|k| keeps[k] && tensors[k].is_none()) {
            *clock = Clock::new(R::MEMORY);
        }
        let first = clock.time == 0;
        for (tensor, keep) in tensors.iter_mut().zip(keeps) {
            if first || !keep {
                *tensor = None;
            }
        }
        clock.lr = lr;
        clock.time += 1;
        let step = Step {
            rule: &self.rule,
            scalars: self.rule.scalars(clock),
            decay: Decay::new(self.weight_decay, lr),
            keeps,
            first,
        };
        run(&step, param, grad, tensors)
    }
}

/// One step of a rule, its scalars worked out.
#[derive(Debug)]
pub(super) struct Step<'a, R: UpdateRule<K>, const K: usize> {
    pub(super) rule: &'a R,
    pub(super) scalars: R::Scalars,
    pub(super) decay: Decay,
    pub(super) keeps: [bool; K],
    /// Whether it is the parameter's first, and there are no state tensors yet.
    pub(super) first: bool,
}

impl<R: UpdateRule<K>, const K: usize> Step<'_, R, K> {
    /// The new parameter and state.
    #[inline(always)]
    pub(super) fn apply<N: Number>(&self, param: N, grad: N, state: [N; K]) -> (N, [N; K]) {
        let (param, grad) = self.decay.apply(param, grad);
        self.rule.update(&self.scalars, param, grad, state)
    }

    /// The step as tensor operations.
    fn compose(
        &self,
        param: DispatchTensor,
        grad: DispatchTensor,
        tensors: &mut States<K>,
    ) -> DispatchTensor {
        let mut inputs = vec![param, grad];
        inputs.extend(tensors.iter_mut().filter_map(Option::take));
        let mut outputs = compose::<Dispatch>(inputs, |inputs| {
            let mut kept = inputs[2..].iter();
            let state = match self.first {
                true => self.rule.start(&self.scalars, inputs[0]),
                false => self.keeps.map(|keep| match keep {
                    true => *kept.next().expect("a tensor for each state that is kept"),
                    false => Symbol::literal(0.0),
                }),
            };
            let (param, state) = self.apply(inputs[0], inputs[1], state);
            let kept = state.into_iter().zip(self.keeps).filter(|(_, keep)| *keep);
            core::iter::once(param)
                .chain(kept.map(|(state, _)| state))
                .collect()
        })
        .into_iter();
        let param = outputs.next().expect("the parameter comes first");
        *tensors = self.keeps.map(|keep| outputs.next_if(keep));
        param
    }
}

/// `next` on a condition.
trait NextIf: Iterator {
    fn next_if(&mut self, condition: bool) -> Option<Self::Item> {
        if condition { self.next() } else { None }
    }
}

impl<I: Iterator> NextIf for I {}

impl<R: UpdateRule<K>, const K: usize> Optimizer for Fused<R, K> {
    type State<const D: usize> = RuleState<R, K, D>;

    fn step<const D: usize>(
        &self,
        lr: LearningRate,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let mut state = state.unwrap_or_else(RuleState::new);
        let param = self.advance(
            lr,
            tensor.into_dispatch(),
            grad.into_dispatch(),
            &mut state.clock,
            &mut state.tensors,
        );
        (Tensor::from_dispatch(param), Some(state))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        state.moved_to(device)
    }
}

fn run<R: UpdateRule<K>, const K: usize>(
    step: &Step<'_, R, K>,
    param: DispatchTensor,
    grad: DispatchTensor,
    tensors: &mut States<K>,
) -> DispatchTensor {
    #[cfg(feature = "flex")]
    if super::pass::serves(&param) {
        return super::pass::run(step, param, grad, tensors);
    }
    match param.dtype() {
        dtype @ (DType::F16 | DType::BF16) => {
            let wide = |tensor| cast(tensor, FloatDType::F32);
            let param = step.compose(wide(param), wide(grad), tensors);
            cast(param, dtype.into())
        }
        dtype => step.compose(param, cast(grad, dtype.into()), tensors),
    }
}

/// The tensor in another float type; the same tensor if it has it already.
pub(super) fn cast(tensor: DispatchTensor, dtype: FloatDType) -> DispatchTensor {
    use burn::backend::ops::FloatTensorOps;

    if FloatDType::from(tensor.dtype()) == dtype {
        tensor
    } else {
        Dispatch::float_cast(tensor, dtype)
    }
}
