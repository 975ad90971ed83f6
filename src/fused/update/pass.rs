//! The CPU's side of an update rule: one pass over memory, in place.

use burn::backend::{
    BackendTensor, DispatchTensor, DispatchTensorKind, Flex, TensorMetadata,
    flex::{FlexTensor, Layout},
};
use burn::tensor::{Bytes, DType, Element, Shape, bf16, f16};
use bytemuck::Zeroable;
use half::slice::HalfFloatSliceExt;

use super::UpdateRule;
use super::decay::Decay;
use super::optimizer::{Step, cast};
use crate::fused::{Double, Number, Single};

/// Elements that are worked on while they are in the first-level cache.
const BLOCK: usize = 512;

/// Elements that one thread takes at a time; below twice as many, one thread does it all.
const CHUNK: usize = 32 * BLOCK;

/// Whether the tensor is a float tensor on the Flex backend.
pub(super) fn is_flex(tensor: &DispatchTensor) -> bool {
    matches!(
        tensor.kind,
        DispatchTensorKind::Flex(BackendTensor::Float(_))
    )
}

/// One step on the Flex backend.
pub(super) fn run<R: UpdateRule<K>, const K: usize>(
    step: &Step<'_, R, K>,
    param: DispatchTensor,
    grad: DispatchTensor,
    state: Option<[Option<DispatchTensor>; K]>,
) -> (DispatchTensor, [Option<DispatchTensor>; K]) {
    let grad = primitive(cast(grad, param.dtype().into()));
    let autodiff = param.autodiff;
    let param = primitive(param);
    let state = state.map(|state| state.map(|tensor| tensor.map(primitive)));
    let (param, state) = match param.dtype() {
        DType::F32 => in_place::<f32, R, K>(step, param, grad, state),
        DType::F64 => in_place::<f64, R, K>(step, param, grad, state),
        DType::F16 => in_place::<f16, R, K>(step, param, grad, state),
        DType::BF16 => in_place::<bf16, R, K>(step, param, grad, state),
        other => unreachable!("not a float type: {other:?}"),
    };
    let wrap = |tensor| DispatchTensor {
        kind: DispatchTensorKind::Flex(BackendTensor::<Flex>::Float(tensor)),
        autodiff,
    };
    (wrap(param), state.map(|tensor| tensor.map(wrap)))
}

/// The tensor's own buffer, in row-major order.
fn primitive(tensor: DispatchTensor) -> FlexTensor {
    let DispatchTensorKind::Flex(BackendTensor::Float(tensor)) = tensor.kind else {
        unreachable!("parameter, gradient and state are on one device")
    };
    match tensor.layout().contiguous_offsets() {
        Some(_) => tensor,
        None => tensor.to_contiguous(),
    }
}

fn in_place<E: Stored, R: UpdateRule<K>, const K: usize>(
    step: &Step<'_, R, K>,
    mut param: FlexTensor,
    grad: FlexTensor,
    state: Option<[Option<FlexTensor>; K]>,
) -> (FlexTensor, [Option<FlexTensor>; K]) {
    let first = state.is_none();
    let shape = param.layout().shape().clone();
    let mut state = state.unwrap_or_else(|| {
        step.keeps
            .map(|keep| keep.then(|| zeros::<E::Wide>(&shape)))
    });
    Views {
        param: slice_mut::<E>(&mut param),
        grad: grad.as_slice::<E>().expect("row-major and of this type"),
        state: state
            .each_mut()
            .map(|tensor| tensor.as_mut().map(slice_mut::<E::Wide>)),
    }
    .for_each_chunk(&|chunk| {
        pulp::Arch::new().dispatch(Pass { step, first, chunk });
    });
    (param, state)
}

fn zeros<E: Element + bytemuck::Pod>(shape: &Shape) -> FlexTensor {
    FlexTensor::new(
        Bytes::from_elems(vec![E::zeroed(); shape.num_elements()]),
        Layout::contiguous(shape.clone()),
        E::dtype(),
    )
}

/// The elements of a row-major tensor; copies them first where somebody else holds them too.
fn slice_mut<E: Element + bytemuck::Pod>(tensor: &mut FlexTensor) -> &mut [E] {
    let (start, end) = tensor.layout().contiguous_offsets().expect("row-major");
    &mut tensor.storage_mut::<E>()[start..end]
}

/// The same range of parameter, gradient and states. A state that is not kept has no slice.
struct Views<'a, E: Stored, const K: usize> {
    param: &'a mut [E],
    grad: &'a [E],
    state: [Option<&'a mut [E::Wide]>; K],
}

impl<'a, E: Stored, const K: usize> Views<'a, E, K> {
    fn split_at(self, middle: usize) -> (Self, Self) {
        let (param, param_rest) = self.param.split_at_mut(middle);
        let (grad, grad_rest) = self.grad.split_at(middle);
        let mut rest = [const { None }; K];
        let mut slots = rest.iter_mut();
        let state = self.state.map(|state| {
            let slot = slots.next().expect("a slot for each state");
            let (state, rest) = state?.split_at_mut(middle);
            *slot = Some(rest);
            Some(state)
        });
        let (first, second) = (
            Self { param, grad, state },
            Self {
                param: param_rest,
                grad: grad_rest,
                state: rest,
            },
        );
        (first, second)
    }

    fn for_each_chunk(self, pass: &(impl Fn(Self) + Sync)) {
        let len = self.param.len();
        if len < 2 * CHUNK {
            return pass(self);
        }
        let middle = (len / 2).next_multiple_of(BLOCK);
        let (left, right) = self.split_at(middle);
        rayon::join(|| left.for_each_chunk(pass), || right.for_each_chunk(pass));
    }
}

/// The loop is a type of its own because a closure cannot be `inline(always)`, and code that is
/// not inlined is not compiled for the instruction set that was detected.
struct Pass<'a, 's, E: Stored, R: UpdateRule<K>, const K: usize> {
    step: &'a Step<'s, R, K>,
    first: bool,
    chunk: Views<'a, E, K>,
}

impl<E: Stored, R: UpdateRule<K>, const K: usize> pulp::NullaryFnOnce for Pass<'_, '_, E, R, K> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Views {
            param,
            grad,
            mut state,
        } = self.chunk;
        let zeros = [E::Wide::zeroed(); BLOCK];
        let mut old = Block {
            param: zeros,
            grad: zeros,
            state: [zeros; K],
        };
        let mut new = Block { ..old };
        // Copies of our own, which no write to a block can change: read once, not for each number.
        let (rule, scalars) = (self.step.rule.clone(), self.step.scalars);
        for start in (0..param.len()).step_by(BLOCK) {
            let len = BLOCK.min(param.len() - start);
            let range = start..start + len;
            E::widen(&param[range.clone()], &mut old.param[..len]);
            E::widen(&grad[range.clone()], &mut old.grad[..len]);
            for (old, state) in old.state.iter_mut().zip(&state) {
                if let Some(state) = state {
                    old[..len].copy_from_slice(&state[range.clone()]);
                }
            }
            let (rule, scalars) = (&rule, &scalars);
            match (self.first, self.step.decay) {
                (true, _) => first_block(self.step, &old, &mut new),
                (_, Decay::None) => {
                    update_block::<NO_DECAY, _, _, K>(rule, scalars, 0.0, &old, &mut new);
                }
                (_, Decay::AddToGradient(strength)) => {
                    update_block::<COUPLED, _, _, K>(rule, scalars, strength, &old, &mut new);
                }
                (_, Decay::Shrink(factor)) => {
                    update_block::<DECOUPLED, _, _, K>(rule, scalars, factor, &old, &mut new);
                }
            }
            E::narrow(&new.param[..len], &mut param[range.clone()]);
            for (state, new) in state.iter_mut().zip(&new.state) {
                if let Some(state) = state {
                    state[range.clone()].copy_from_slice(&new[..len]);
                }
            }
        }
    }
}

/// Elements that are worked on together. Copying them here first lets the compiler see that no write
/// changes what is still to be read, however many states there are, and that every index is in
/// bounds: the loop below becomes vector instructions. The last block of a tensor is worked on as a
/// whole too, and what lies past the end is not copied back.
#[derive(Clone, Copy)]
struct Block<F, const K: usize> {
    param: [F; BLOCK],
    grad: [F; BLOCK],
    state: [[F; BLOCK]; K],
}

const NO_DECAY: u8 = 0;
const COUPLED: u8 = 1;
const DECOUPLED: u8 = 2;

/// The step of a block; the kind of weight decay is a constant, so that the loop has no branch.
#[inline(always)]
fn update_block<const DECAY: u8, F: Computed, R: UpdateRule<K>, const K: usize>(
    rule: &R,
    scalars: &R::Scalars,
    decay: f64,
    old: &Block<F, K>,
    new: &mut Block<F, K>,
) {
    let decay = match DECAY {
        COUPLED => Decay::AddToGradient(decay),
        DECOUPLED => Decay::Shrink(decay),
        _ => Decay::None,
    };
    for i in 0..BLOCK {
        let (param, grad) = decay.apply(old.param[i].number(), old.grad[i].number());
        let state = core::array::from_fn(|k| old.state[k][i].number());
        let (param, state) = rule.update(scalars, param, grad, state);
        new.param[i] = F::from_number(param);
        for (slot, value) in new.state.iter_mut().zip(state) {
            slot[i] = F::from_number(value);
        }
    }
}

/// The first step of a block, which makes the state.
fn first_block<F: Computed, R: UpdateRule<K>, const K: usize>(
    step: &Step<'_, R, K>,
    old: &Block<F, K>,
    new: &mut Block<F, K>,
) {
    for i in 0..BLOCK {
        let (param, grad) = (old.param[i].number(), old.grad[i].number());
        let (param, state) = step.apply(param, grad, None);
        new.param[i] = F::from_number(param);
        for (slot, value) in new.state.iter_mut().zip(state) {
            slot[i] = F::from_number(value);
        }
    }
}

/// A float type that arithmetic is done in.
trait Computed: Element + bytemuck::Pod {
    type Number: Number;
    fn number(self) -> Self::Number;
    fn from_number(number: Self::Number) -> Self;
}

macro_rules! computed {
    ($($float:ty => $number:ident),*) => {
        $(
            impl Computed for $float {
                type Number = $number;

                #[inline(always)]
                fn number(self) -> $number {
                    $number(self)
                }

                #[inline(always)]
                fn from_number(number: $number) -> Self {
                    number.0
                }
            }

            impl Stored for $float {
                type Wide = $float;

                #[inline(always)]
                fn widen(block: &[Self], wide: &mut [Self]) {
                    wide.copy_from_slice(block);
                }

                #[inline(always)]
                fn narrow(wide: &[Self], block: &mut [Self]) {
                    block.copy_from_slice(wide);
                }
            }
        )*
    };
}

computed!(f32 => Single, f64 => Double);

/// A float type that parameters are stored in.
trait Stored: Element + bytemuck::Pod {
    /// The type of its state and arithmetic.
    type Wide: Computed;

    /// Converts the block to the wide type.
    fn widen(block: &[Self], wide: &mut [Self::Wide]);

    /// Rounds the wide results into the block.
    fn narrow(wide: &[Self::Wide], block: &mut [Self]);
}

macro_rules! stored_half {
    ($($half:ty),*) => {
        $(
            impl Stored for $half {
                type Wide = f32;

                fn widen(block: &[Self], wide: &mut [f32]) {
                    block.convert_to_f32_slice(wide);
                }

                fn narrow(wide: &[f32], block: &mut [Self]) {
                    block.convert_from_f32_slice(wide);
                }
            }
        )*
    };
}

stored_half!(f16, bf16);
