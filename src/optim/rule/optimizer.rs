use core::any::TypeId;
use core::fmt::{self, Debug};

use std::sync::Arc;

use burn::backend::{DispatchTensor, TensorMetadata};
use burn::grad_clipping::GradientClipping;
use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{DType, Device, Shape, Tensor};

use super::decay::Decay;
use super::fit::{gradient_fits, learning_rate_fits, own_states_fit, states_fit};
use super::modifier::{Part, part};
use super::module_sums::{self, Wanted};
use super::parts::{PartState, holds_back, prepare, remember, run_parts, start};
use super::pipeline::{Stage, Step, Sums, run_stages};
use super::state::Remembered;
use super::state_type::stored;
use super::step::{Measure, Settle, Start, Update};
use super::{Changes, Clock, MeasuredRule, Modifier, RuleState, StateType, WeightDecay};
use crate::fused::{cast, flattened, shaped};
use crate::optim::Averages;

/// The optimizer of an update rule.
///
/// On Burn's Flex backend a step updates parameter and state in place, in one pass over memory,
/// vectorised and multi-threaded. On every other backend it is composed of tensor operations,
/// which fusion turns into one kernel or few.
///
/// # Shapes and data types
///
/// Any shape and float type. State and arithmetic of `f16` and `bf16` parameters are `f32`; only
/// the new parameter is rounded. [`StateType`] stores states in fewer bits.
///
/// # Panics
///
/// A step panics when the learning rate is below 0 or not finite, and when the gradient or a state, as of a record
/// that was loaded, has not the shape that belongs to the parameter: the message has both.
#[derive(Clone)]
pub struct RuleOptimizer<R, const K: usize, const S: usize = 0> {
    rule: R,
    weight_decay: Option<WeightDecay>,
    state_type: StateType,
    grad_clipping: Option<GradientClipping>,
    /// The modifiers, and then what the rule has of its own before it.
    parts: Vec<Arc<dyn Part>>,
    modifiers: usize,
    /// Of a rule with sums over modules.
    #[expect(dead_code, reason = "it counts by being there")]
    wanted: Option<Wanted>,
}

impl<R: MeasuredRule<K, S>, const K: usize, const S: usize> RuleOptimizer<R, K, S> {
    /// The optimizer of `rule`, without weight decay or clipping.
    pub fn new(rule: R) -> Self {
        Self {
            parts: rule.before().0,
            wanted: R::OVER_MODULE.then(Wanted::new),
            modifiers: 0,
            rule,
            weight_decay: None,
            state_type: StateType::Full,
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

    /// Sets what the states of the rule are stored in.
    #[must_use]
    pub fn with_state_type(mut self, state_type: StateType) -> Self {
        self.state_type = state_type;
        self
    }

    /// Sets the clipping of each gradient tensor: for a parameter group, since
    /// `ModuleOptimizer::with_grad_clipping` clips for the first group alone.
    #[must_use]
    pub fn with_grad_clipping(mut self, grad_clipping: Option<GradientClipping>) -> Self {
        self.grad_clipping = grad_clipping;
        self
    }

    /// Adds a modifier. Those of the gradient act in the order in which they are added, and so do those of the step and
    /// those of the parameter.
    #[must_use]
    pub fn with_modifier<M, const L: usize, const T: usize>(self, modifier: M) -> Self
    where
        M: Modifier<L, T>,
    {
        self.with_parts(vec![part(modifier)])
    }

    /// The network to evaluate, where a modifier makes another than the one that is trained.
    pub fn averages(&self) -> Option<Averages> {
        Averages::of(&self.parts)
    }

    pub(in crate::optim) fn with_parts(mut self, parts: Vec<Arc<dyn Part>>) -> Self {
        let place = self.modifiers;
        self.modifiers += parts.len();
        self.parts.splice(place..place, parts);
        self
    }

    /// The rule.
    pub fn rule(&self) -> &R {
        &self.rule
    }

    /// One step of a tensor of any rank: what becomes of the parameter and of what is remembered of it.
    fn step_any(
        &self,
        lr: LearningRate,
        param: DispatchTensor,
        mut grad: DispatchTensor,
        remembered: Option<Box<Remembered>>,
    ) -> (DispatchTensor, Option<Box<Remembered>>) {
        learning_rate_fits(short_type_name::<R>, lr);
        let shape = param.shape();
        gradient_fits(short_type_name::<R>, &shape, &grad);
        // Nothing is to be stepped, and a matrix of nothing has neither norm nor inverse.
        if shape.num_elements() == 0 {
            return (param, remembered);
        }
        if R::OVER_MODULE {
            assert!(
                !module_sums::is_single(),
                "{} adds up over all parameters of a module: take its steps with ModuleStep::step",
                short_type_name::<R>()
            );
        } else if module_sums::are_added() {
            return (param, remembered);
        }
        let mut remembered =
            remembered.unwrap_or_else(|| Box::new(Remembered::new(R::MEMORY, K, S)));
        if let Some(clipping) = &self.grad_clipping {
            grad = shaped(clipping.clip_gradient(flattened(grad)), shape.clone());
        }
        match (param.dtype(), grad.dtype()) {
            // A gradient may be wider than a parameter of half precision.
            (DType::F16 | DType::BF16, DType::F32) => {}
            (param, dtype) if param == dtype => {}
            (param, _) => grad = cast(grad, param.into()),
        }
        let mut step = [Some(param), Some(grad), None];
        self.advance(lr, &shape, &mut step, &mut remembered);
        let [param, ..] = step;
        let param = param.expect("a new parameter in the place of the old one");
        (param, Some(remembered))
    }

    /// Puts the new parameter in the place of the old one.
    fn advance(
        &self,
        lr: LearningRate,
        shape: &Shape,
        step: &mut Step,
        remembered: &mut Remembered,
    ) {
        let [Some(param), ..] = &*step else {
            return;
        };
        let Remembered {
            clock,
            tensors,
            sums,
            parts,
            shape: before,
        } = remembered;
        remember(&self.parts, parts);
        let own = short_type_name::<R>;
        self.state_type.check(own, param);
        own_states_fit(own, tensors, before.as_deref(), shape);
        if before.as_deref() != Some(&**shape) {
            *before = Some(shape.to_vec());
        }
        let sum_shapes = match const { S > 0 } {
            true => vec![Shape::from(vec![1; shape.num_dims()]); S],
            false => Vec::new(),
        };
        states_fit(own, sums.iter().zip(&sum_shapes));
        if holds_back(&self.parts, parts, clock, step) {
            return;
        }
        let (keeps, keeps_sums) = (
            self.rule.keeps_states(shape.num_dims()),
            self.rule.keeps_sums(),
        );
        if !self.own_parts_fit(parts, shape) {
            *clock = Clock::new(R::MEMORY);
        }
        let first = prepare(clock, R::MEMORY, tensors, &keeps);
        if first {
            sums.fill(None);
        }
        if R::OVER_MODULE {
            module_sums::share(TypeId::of::<R>(), clock, sums, param);
        }
        clock.advance(lr, self.weight_decay, shape);
        let update = Update {
            scalars: self.rule.scalars_of(clock),
            decay: Decay::new(self.weight_decay, lr),
            from_zero: R::IS_STEP && self.parts.iter().any(|it| it.changes() == Changes::Step),
            rule: self.rule.clone(),
        };
        if first && K > 0 {
            start(&Start(update.clone()), param, tensors, &keeps);
        }
        // States that were saved with another type go on in this one.
        let of_param = param.dtype();
        for (index, (place, rounds)) in tensors.iter_mut().zip(R::ROUNDS).enumerate() {
            let dtype = self.state_type.of(of_param, rounds);
            if let Some(state) = place.take_if(|it| it.dtype() != dtype) {
                let noise = self.state_type.noise(clock.time);
                let seed = noise.map_or(0, |noise| noise.seed(index));
                *place = Some(stored(state, dtype, shape, seed));
            }
        }
        let sum;
        let mut stage = Stage {
            sees_gradient: false,
            apply: &update,
            states: tensors,
            keeps: &keeps,
            noise: self.state_type.noise(clock.time),
            sums: None,
        };
        // Constant, so that a rule without sums has no kernels for them.
        if const { S > 0 } {
            sum = (Measure(update.clone()), Settle(update.clone()));
            stage.sums = Some(Sums {
                measure: &sum.0,
                settle: &sum.1,
                before: sums,
                keeps: &keeps_sums,
                shapes: sum_shapes,
                of_module: R::OVER_MODULE.then(TypeId::of::<R>),
            });
        }
        if self.parts.is_empty() {
            return run_stages(&mut [stage], step);
        }
        run_parts(&self.parts, parts, stage, update.from_zero, clock, step);
        let mut each = self.parts.iter().zip(&*parts);
        if each.any(|(part, memory)| part.restarts(&memory.clock)) {
            *clock = Clock::new(R::MEMORY);
            let own = self.parts.iter().zip(parts).skip(self.modifiers);
            own.for_each(|(part, memory)| *memory = PartState::new(&**part));
        }
    }

    /// Whether what the rule has of its own before it remembers this parameter: both start together.
    fn own_parts_fit(&self, memories: &[PartState], shape: &Shape) -> bool {
        let own = &self.parts[self.modifiers..];
        let fits = |(part, memory): (&Arc<dyn Part>, &PartState)| {
            !part.applies(shape) || memory.fits(&**part, shape)
        };
        own.is_empty()
            || memories.len() == self.parts.len()
                && own.iter().zip(&memories[self.modifiers..]).all(fits)
    }
}

/// The name of a type without its path.
fn short_type_name<T>() -> &'static str {
    let name = core::any::type_name::<T>();
    name.rsplit("::").next().unwrap_or(name)
}

impl<R: Debug, const K: usize, const S: usize> Debug for RuleOptimizer<R, K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleOptimizer")
            .field("rule", &self.rule)
            .field("weight_decay", &self.weight_decay)
            .field("modifiers", &self.parts)
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
        let (param, grad) = (tensor.into_dispatch(), grad.into_dispatch());
        let (param, remembered) = self.step_any(lr, param, grad, state.map(RuleState::into_inner));
        (
            Tensor::from_dispatch(param),
            remembered.map(RuleState::from_inner),
        )
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        state.moved_to(device)
    }
}
