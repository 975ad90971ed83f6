use core::fmt::{self, Debug};

use burn::backend::{Dispatch, DispatchTensor, TensorMetadata, ops::FloatTensorOps};
use burn::grad_clipping::GradientClipping;
use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{DType, Device, FloatDType, Shape, Tensor};
use smallvec::smallvec;

use super::decay::Decay;
use super::state::States;
use super::step::{Measure, Settle, Start, Update};
use super::{Clock, MeasuredRule, RuleState, WeightDecay};
use crate::fused::{Few, Output, cast, run};

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
pub struct RuleOptimizer<R, const K: usize, const S: usize = 0> {
    rule: R,
    weight_decay: Option<WeightDecay>,
    grad_clipping: Option<GradientClipping>,
}

impl<R: MeasuredRule<K, S>, const K: usize, const S: usize> RuleOptimizer<R, K, S> {
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
                "RuleOptimizer: weight_decay must be 0 or more, got {strength}"
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
        sums: &mut States<S>,
    ) -> DispatchTensor {
        let keeps = self.rule.keeps_states();
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
        if first {
            *sums = [const { None }; S];
        }
        clock.lr = lr;
        clock.weight_decay = self.weight_decay;
        clock.time += 1;
        let update = Update {
            scalars: self.rule.scalars_of(clock),
            decay: Decay::new(self.weight_decay, lr),
            rule: self.rule.clone(),
        };
        let grad = cast(grad, param.dtype().into());
        if first {
            let start = Start(update.clone());
            let outputs = keeps.map(|keep| {
                if keep {
                    Output::Wide(0)
                } else {
                    Output::Dropped
                }
            });
            let started = run(&start, &mut smallvec![Some(param.clone())], &outputs);
            for (tensor, started) in tensors.iter_mut().zip(started) {
                *tensor = started;
            }
        }
        let mut inputs: Few<_> = smallvec![Some(param), Some(grad)];
        inputs.extend(tensors.iter_mut().map(Option::take));
        // Constant, so that a rule without sums has no kernels for them.
        if const { S > 0 } {
            self.measure(&update, &mut inputs, sums);
        }
        let mut outputs: Few<_> = smallvec![Output::Like(0)];
        outputs.extend((0..K).map(|k| {
            if keeps[k] {
                Output::Like(2 + k)
            } else {
                Output::Dropped
            }
        }));
        let mut results = run(&update, &mut inputs, &outputs).into_iter();
        let param = results.next().flatten().expect("the parameter comes first");
        for (tensor, state) in tensors.iter_mut().zip(results) {
            *tensor = state;
        }
        param
    }

    /// Adds to the inputs of a step what it has to know of their sums.
    fn measure(
        &self,
        update: &Update<R, K, S>,
        inputs: &mut Few<Option<DispatchTensor>>,
        sums: &mut States<S>,
    ) {
        let given = inputs.len();
        let number = inputs[0].as_ref().map(|param| {
            let dtype = match param.dtype() {
                DType::F64 => FloatDType::F64,
                _ => FloatDType::F32,
            };
            let shape = Shape::from(vec![1; param.shape().num_dims()]);
            Dispatch::float_zeros(shape, &param.device(), dtype)
        });
        let mut measured = inputs.clone();
        measured.extend((0..S).map(|_| number.clone()));
        let each: Few<_> = (given..given + S).map(Output::Like).collect();
        let mut totals = run(&Measure(update.clone()), &mut measured, &each);
        // Whose memory the results of a step are to take, nobody else may hold.
        drop(measured);
        totals.extend(sums.iter_mut().map(Option::take));
        let both: Few<_> = (0..S)
            .map(Output::Like)
            .chain(self.rule.keeps_sums().into_iter().map(|keep| {
                if keep {
                    Output::Wide(0)
                } else {
                    Output::Dropped
                }
            }))
            .collect();
        let mut settled = run(&Settle(update.clone()), &mut totals, &both).into_iter();
        inputs.extend(settled.by_ref().take(S));
        for (sum, settled) in sums.iter_mut().zip(settled) {
            *sum = settled;
        }
    }
}

impl<R: Debug, const K: usize, const S: usize> Debug for RuleOptimizer<R, K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleOptimizer")
            .field("rule", &self.rule)
            .field("weight_decay", &self.weight_decay)
            .finish_non_exhaustive()
    }
}

impl<R: MeasuredRule<K, S>, const K: usize, const S: usize> Optimizer for RuleOptimizer<R, K, S> {
    type State<const D: usize> = RuleState<R, K, D, S>;

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
            &mut state.sums,
        );
        (Tensor::from_dispatch(param), Some(state))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        state.moved_to(device)
    }
}
