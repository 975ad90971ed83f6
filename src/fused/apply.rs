use burn::backend::DispatchTensor;
use burn::tensor::Tensor;

use super::differentiate::{self, MAX_INPUTS};
use super::formula::{Formula, Pointwise};
use super::function::{Shared, shared};
use super::map::Few;

/// `f(x)`, element by element: fused and differentiable on every backend.
///
/// # Shapes
///
/// Any, of rank 1 to 6; contiguous or not. The output has the shape of the input.
///
/// # Data types
///
/// All of Burn's floats. `f16` and `bf16` are computed in `f32` on the CPU and rounded once.
pub fn apply<F: Pointwise, const D: usize>(formula: &F, x: Tensor<D>) -> Tensor<D> {
    apply_shared(shared(formula.clone()), [x])
}

/// [`apply`] by Burn's tensor operations alone, which Burn's autodiff differentiates one by one.
///
/// This is the slow twin that tests and benchmarks compare [`apply`] with; it is also what serves a
/// backend that this crate was built without.
pub fn apply_composed<F: Pointwise, const D: usize>(formula: &F, x: Tensor<D>) -> Tensor<D> {
    apply_shared_composed(shared(formula.clone()), [x])
}

/// `f(x, ...)` of several tensors, element by element: fused and differentiable on every backend.
///
/// The backward pass keeps the inputs and nothing else.
///
/// # Shapes
///
/// All of one rank. Along each axis the inputs have the same size, or 1: what has 1 is spread, and its
/// gradient is the sum over where it went. The output has the larger size. A parameter for each channel of
/// images `[batch, channels, height, width]` is `[1, channels, 1, 1]`.
///
/// # Data types
///
/// All of Burn's floats, the same one for all inputs.
///
/// # Panics
///
/// When the shapes do not fit together, and when there are more than 16 inputs.
pub fn apply_many<F: Formula<I>, const I: usize, const D: usize>(
    formula: &F,
    x: [Tensor<D>; I],
) -> Tensor<D> {
    apply_shared(shared(formula.clone()), x)
}

/// [`apply_many`] by Burn's tensor operations alone.
pub fn apply_many_composed<F: Formula<I>, const I: usize, const D: usize>(
    formula: &F,
    x: [Tensor<D>; I],
) -> Tensor<D> {
    apply_shared_composed(shared(formula.clone()), x)
}

/// [`apply_many`] for a formula that is behind a pointer already.
pub(crate) fn apply_shared<const D: usize>(
    function: Shared,
    x: impl IntoIterator<Item = Tensor<D>>,
) -> Tensor<D> {
    Tensor::from_dispatch(differentiate::apply(function, fitted(x)))
}

/// [`apply_many_composed`] for a formula that is behind a pointer already.
pub(crate) fn apply_shared_composed<const D: usize>(
    function: Shared,
    x: impl IntoIterator<Item = Tensor<D>>,
) -> Tensor<D> {
    Tensor::from_dispatch(differentiate::apply_composed(function, fitted(x)))
}

/// The inputs, of which the first is as large as the output.
fn fitted<const D: usize>(x: impl IntoIterator<Item = Tensor<D>>) -> Few<DispatchTensor> {
    let mut x: Few<Tensor<D>> = x.into_iter().collect();
    let count = x.len();
    assert!(
        (1..=MAX_INPUTS).contains(&count),
        "a formula has 1 to {MAX_INPUTS} inputs, not {count}"
    );
    if count > 1 {
        let shapes: Few<_> = x.iter().map(|tensor| tensor.dims()).collect();
        let full = common(&shapes);
        for (index, tensor) in x.iter_mut().enumerate() {
            let small = tensor.dims();
            if small != full && (index == 0 || !is_block(&small, &full)) {
                *tensor = tensor.clone().expand(full);
            }
        }
    }
    x.into_iter().map(Tensor::into_dispatch).collect()
}

/// The shape that all fit in.
fn common<const D: usize>(shapes: &[[usize; D]]) -> [usize; D] {
    let mut full = [1; D];
    for shape in shapes {
        for (axis, size) in full.iter_mut().enumerate() {
            assert!(
                *size == shape[axis] || *size == 1 || shape[axis] == 1,
                "the shapes {shapes:?} do not fit together along axis {axis}"
            );
            if *size == 1 {
                *size = shape[axis];
            }
        }
    }
    full
}

/// Whether the axes that a smaller tensor has lie next to each other, as the one pass over memory wants them.
fn is_block<const D: usize>(small: &[usize; D], full: &[usize; D]) -> bool {
    let own = |axis: &usize| small[*axis] != 1;
    let first = (0..D).find(own).unwrap_or(0);
    let last = (0..D).rfind(own).unwrap_or(0);
    (first..=last).all(|axis| small[axis] == full[axis]) || first == last
}
