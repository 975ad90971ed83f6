//! The CPU's side of an update rule: one pass over memory, in place.

use burn::backend::{
    BackendTensor, DispatchTensor, DispatchTensorKind, Flex, TensorMetadata,
    flex::{FlexTensor, Layout},
};
use burn::tensor::{Bytes, DType, Element, Shape, bf16, f16};
use half::slice::HalfFloatSliceExt;

use super::UpdateRule;
use super::decay::Decay;
use super::optimizer::{Step, cast};
use super::state::States;
use crate::fused::Number;
use crate::fused::flex::{
    Block, Computed, LANES, is_supported, share, vectorize, vectorize_widest,
};

/// Elements that a thread takes at a time.
const CHUNK: usize = 256 * LANES;

/// Whether [`run`] can update the tensor: a float tensor on the Flex backend.
pub(super) fn serves(tensor: &DispatchTensor) -> bool {
    is_supported()
        && matches!(
            tensor.kind,
            DispatchTensorKind::Flex(BackendTensor::Float(_))
        )
}

/// One step on the Flex backend.
pub(super) fn run<R: UpdateRule<K>, const K: usize>(
    step: &Step<'_, R, K>,
    mut param: DispatchTensor,
    grad: DispatchTensor,
    tensors: &mut States<K>,
) -> DispatchTensor {
    if step.first {
        *tensors = step.keeps.map(|keep| keep.then(|| zeros(&param)));
    }
    let passes = Passes {
        single: &|blocks| vectorize_widest(Pass { step, blocks }),
        double: &|blocks| vectorize(Pass { step, blocks }),
    };
    passes.run(&mut param, grad, tensors);
    param
}

/// A rule's step over blocks, behind pointers so that all rules share the code around it.
struct Passes<'a, const K: usize> {
    single: &'a (dyn Fn(Blocks<'_, f32, K>) + Sync),
    double: &'a (dyn Fn(Blocks<'_, f64, K>) + Sync),
}

impl<const K: usize> Passes<'_, K> {
    fn run(&self, param: &mut DispatchTensor, grad: DispatchTensor, tensors: &mut States<K>) {
        let mut grad = cast(grad, param.dtype().into());
        let (param, grad) = (primitive(param), primitive(&mut grad));
        let state = tensors
            .each_mut()
            .map(|tensor| tensor.as_mut().map(primitive));
        match param.dtype() {
            DType::F32 => in_place(param, grad, state, &|views| {
                in_blocks::<f32, K>(views, self.single);
            }),
            DType::F64 => in_place(param, grad, state, &|views| {
                in_blocks::<f64, K>(views, self.double);
            }),
            DType::F16 => in_place(param, grad, state, &|views| {
                widened::<f16, K>(views, self.single);
            }),
            DType::BF16 => in_place(param, grad, state, &|views| {
                widened::<bf16, K>(views, self.single);
            }),
            other => unreachable!("not a float type: {other:?}"),
        }
    }
}

/// The tensor's own buffer, in row-major order.
fn primitive(tensor: &mut DispatchTensor) -> &mut FlexTensor {
    let DispatchTensorKind::Flex(BackendTensor::Float(tensor)) = &mut tensor.kind else {
        unreachable!("parameter, gradient and state are on one device")
    };
    if tensor.layout().contiguous_offsets().is_none() {
        *tensor = tensor.to_contiguous();
    }
    tensor
}

/// A state of this parameter before the first step.
fn zeros(param: &DispatchTensor) -> DispatchTensor {
    fn of<F: Element + bytemuck::Pod>(shape: Shape) -> FlexTensor {
        FlexTensor::new(
            Bytes::from_elems(vec![F::zeroed(); shape.num_elements()]),
            Layout::contiguous(shape),
            F::dtype(),
        )
    }
    let zeros = match param.dtype() {
        DType::F64 => of::<f64>(param.shape()),
        _ => of::<f32>(param.shape()),
    };
    DispatchTensor {
        kind: DispatchTensorKind::Flex(BackendTensor::<Flex>::Float(zeros)),
        autodiff: param.autodiff,
    }
}

fn in_place<E, F, const K: usize>(
    param: &mut FlexTensor,
    grad: &FlexTensor,
    state: [Option<&mut FlexTensor>; K],
    pass: &(dyn Fn(Views<'_, E, F, K>) + Sync),
) where
    E: Element + bytemuck::Pod,
    F: Element + bytemuck::Pod,
{
    let views = Views {
        param: slice_mut::<E>(param),
        grad: grad.as_slice::<E>().expect("row-major and of this type"),
        state: state.map(|tensor| tensor.map(slice_mut::<F>)),
    };
    share(Chunks(views), pass);
}

/// The elements of a row-major tensor; copies them first where somebody else holds them too.
fn slice_mut<E: Element + bytemuck::Pod>(tensor: &mut FlexTensor) -> &mut [E] {
    let (start, end) = tensor.layout().contiguous_offsets().expect("row-major");
    &mut tensor.storage_mut::<E>()[start..end]
}

/// The same range of parameter, gradient and states. A state that is not kept has no slice.
struct Views<'a, E, F, const K: usize> {
    param: &'a mut [E],
    grad: &'a [E],
    state: [Option<&'a mut [F]>; K],
}

type Blocks<'a, F, const K: usize> = Views<'a, Block<F>, Block<F>, K>;

impl<E, F, const K: usize> Views<'_, E, F, K> {
    /// Splits off the first `len` elements.
    fn take(&mut self, len: usize) -> Self {
        const WITHIN: &str = "no more elements than there are";
        Self {
            param: self.param.split_off_mut(..len).expect(WITHIN),
            grad: self.grad.split_off(..len).expect(WITHIN),
            state: self.state.each_mut().map(|state| {
                let state = state.as_mut()?;
                Some(state.split_off_mut(..len).expect(WITHIN))
            }),
        }
    }
}

/// The views of [`CHUNK`] elements after another.
struct Chunks<'a, E, F, const K: usize>(Views<'a, E, F, K>);

impl<'a, E, F, const K: usize> Iterator for Chunks<'a, E, F, K> {
    type Item = Views<'a, E, F, K>;

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.0.param.len();
        (left > 0).then(|| self.0.take(left.min(CHUNK)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let chunks = self.0.param.len().div_ceil(CHUNK);
        (chunks, Some(chunks))
    }
}

impl<E, F, const K: usize> ExactSizeIterator for Chunks<'_, E, F, K> {}

/// A pass over numbers of which the last may not fill a block.
fn in_blocks<F: Computed, const K: usize>(
    mut views: Views<'_, F, F, K>,
    pass: &dyn Fn(Blocks<'_, F, K>),
) {
    let whole = views.take(views.param.len() / LANES * LANES);
    let last = views;
    pass(Views {
        param: whole.param.as_chunks_mut().0,
        grad: whole.grad.as_chunks().0,
        state: whole.state.map(|state| Some(state?.as_chunks_mut().0)),
    });
    if last.param.is_empty() {
        return;
    }
    let padded = |numbers: &[F]| {
        let mut block = [F::zeroed(); LANES];
        block[..numbers.len()].copy_from_slice(numbers);
        [block]
    };
    let mut param = padded(last.param);
    let mut state = last
        .state
        .each_ref()
        .map(|state| state.as_deref().map(padded));
    pass(Views {
        param: &mut param,
        grad: &padded(last.grad),
        state: state
            .each_mut()
            .map(|state| state.as_mut().map(|state| &mut state[..])),
    });
    let len = last.param.len();
    last.param.copy_from_slice(&param[0][..len]);
    for (last, state) in last.state.into_iter().flatten().zip(state.iter().flatten()) {
        last.copy_from_slice(&state[0][..len]);
    }
}

/// A pass over half precision, which is storage only: some blocks at a time are widened, worked on
/// and rounded once. The state is wide already.
fn widened<E: Copy, const K: usize>(
    mut views: Views<'_, E, f32, K>,
    pass: &dyn Fn(Blocks<'_, f32, K>),
) where
    [E]: HalfFloatSliceExt,
{
    const LEN: usize = 8 * LANES;
    let (mut param, mut grad) = ([0.0; LEN], [0.0; LEN]);
    for start in (0..views.param.len()).step_by(LEN) {
        let range = start..views.param.len().min(start + LEN);
        let (param, grad) = (&mut param[..range.len()], &mut grad[..range.len()]);
        views.param[range.clone()].convert_to_f32_slice(param);
        views.grad[range.clone()].convert_to_f32_slice(grad);
        let state = views.state.each_mut();
        let state = state.map(|state| state.as_mut().map(|state| &mut state[range.clone()]));
        let wide = Views {
            param: &mut *param,
            grad,
            state,
        };
        in_blocks(wide, pass);
        views.param[range].convert_from_f32_slice(param);
    }
}

/// The loop is a type of its own because a closure cannot be `inline(always)`, and code that is
/// not inlined is not compiled for the instructions of this machine.
struct Pass<'a, 's, F, R: UpdateRule<K>, const K: usize> {
    step: &'a Step<'s, R, K>,
    blocks: Blocks<'a, F, K>,
}

impl<F: Computed, R: UpdateRule<K>, const K: usize> pulp::NullaryFnOnce for Pass<'_, '_, F, R, K> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        // Copies of our own, which no write to a tensor can change: read once, not for each number.
        let (rule, scalars) = (self.step.rule.clone(), self.step.scalars);
        for index in 0..self.blocks.param.len() {
            let (param, grad) = (self.blocks.param[index], self.blocks.grad[index]);
            let mut state = [[F::zeroed(); LANES]; K];
            for (state, blocks) in state.iter_mut().zip(&self.blocks.state) {
                if let Some(blocks) = blocks {
                    *state = blocks[index];
                }
            }
            if self.step.first {
                for lane in 0..LANES {
                    let start = rule.start(&scalars, param[lane].number());
                    for k in 0..K {
                        state[k][lane] = F::from_number(start[k]);
                    }
                }
            }
            let (param, grad) = decayed(self.step.decay, param, grad);
            let (mut new_param, mut new_state) = (param, state);
            for lane in 0..LANES {
                let mut old = [F::Number::literal(0.0); K];
                for k in 0..K {
                    old[k] = state[k][lane].number();
                }
                let (param, state) =
                    rule.update(&scalars, param[lane].number(), grad[lane].number(), old);
                new_param[lane] = F::from_number(param);
                for k in 0..K {
                    new_state[k][lane] = F::from_number(state[k]);
                }
            }
            self.blocks.param[index] = new_param;
            for (state, blocks) in new_state.iter().zip(&mut self.blocks.state) {
                if let Some(blocks) = blocks {
                    blocks[index] = *state;
                }
            }
        }
    }
}

/// The decay of a block, apart from the loop of the rule, which thus has no branch.
#[inline(always)]
fn decayed<F: Computed>(decay: Decay, param: Block<F>, grad: Block<F>) -> (Block<F>, Block<F>) {
    let (mut new_param, mut new_grad) = (param, grad);
    if !matches!(decay, Decay::None) {
        for lane in 0..LANES {
            let (param, grad) = decay.apply(param[lane].number(), grad[lane].number());
            new_param[lane] = F::from_number(param);
            new_grad[lane] = F::from_number(grad);
        }
    }
    (new_param, new_grad)
}
