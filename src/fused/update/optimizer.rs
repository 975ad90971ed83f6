use core::fmt::{self, Debug};

use burn::backend::{Dispatch, DispatchTensor, TensorMetadata};
use burn::grad_clipping::GradientClipping;
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
#[derive(Clone)]
pub struct Fused<R, const K: usize> {
    rule: R,
    weight_decay: Option<WeightDecay>,
    grad_clipping: Option<GradientClipping>,
}

impl<R: UpdateRule<K>, const K: usize> Fused<R, K> {
    /// The optimizer of `rule`, without weight decay or clipping.
    pub fn new(rule: R) -> Self {
        Self {
            rule,
            weight_decay: None,
            grad_clipping: None,
        }
    }

    /// Sets the weight decay.
    ///
    /// # Panics
    ///
    /// When its strength is below 0 or not finite.
    #[must_use]
    pub fn with_weight_decay(mut self, weight_decay: Option<WeightDecay>) -> Self {
        if let Some(strength) = weight_decay.map(|decay| decay.strength()) {
            assert!(
                strength >= 0.0 && strength.is_finite(),
                "Fused: weight_decay must be 0 or more, got {strength}"
            );
        }
        self.weight_decay = weight_decay;
        self
    }

    /// Sets the clipping of each gradient tensor: for a parameter group, since
    /// `ModuleOptimizer::with_grad_clipping` clips for the first group alone.
    #[must_use]
    pub fn with_grad_clipping(mut self, grad_clipping: Option<GradientClipping>) -> Self {
        self.grad_clipping = grad_clipping;
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
        // What was saved with other settings may lack a tensor, and a parameter may have been pruned
        // or grown since: such a parameter starts anew.
        let shape = param.shape();
        let fits = |tensor: &Option<DispatchTensor>| match tensor {
            Some(tensor) => tensor.shape() == shape,
            None => false,
        };
        if (0..K).any(|k| keeps[k] && !fits(&tensors[k])) {
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

impl<R: Debug, const K: usize> Debug for Fused<R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fused")
            .field("rule", &self.rule)
            .field("weight_decay", &self.weight_decay)
            .finish_non_exhaustive()
    }
}

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
        let grad = match &self.grad_clipping {
            Some(clipping) => clipping.clip_gradient(grad),
            None => grad,
        };
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
