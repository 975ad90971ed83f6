use burn::tensor::{AsIndex, Tensor};

use super::formula::RowFormula;
use super::function::shared_rows;
use crate::fused::apply::{apply_shared, apply_shared_composed};
use crate::fused::function::Shared;

/// A formula of the rows of a tensor along an axis: one pass over each row while it is in the cache, forward and
/// backward, and differentiable on every backend.
///
/// The backward pass keeps the output and nothing else.
///
/// # Shapes
///
/// Any, of rank 1 to 6; contiguous or not. The output has the shape of the input. A negative axis counts from the
/// last one, which is -1.
///
/// # Data types
///
/// All of Burn's floats. `f16` and `bf16` are computed in `f32` and rounded once.
///
/// # Panics
///
/// When the tensor has no such axis.
pub fn apply_rows<F: RowFormula<S>, const S: usize, const D: usize>(
    formula: &F,
    x: Tensor<D>,
    axis: impl AsIndex,
) -> Tensor<D> {
    let function = |axis| shared_rows(formula.clone(), axis);
    apply_shared_rows(function, x, axis.expect_dim_index(D))
}

/// [`apply_rows`] by Burn's tensor operations alone, which Burn's autodiff differentiates one by one.
///
/// This is the slow twin that tests compare [`apply_rows`] with; it is also what serves a backend that this crate
/// was built without.
pub fn apply_rows_composed<F: RowFormula<S>, const S: usize, const D: usize>(
    formula: &F,
    x: Tensor<D>,
    axis: impl AsIndex,
) -> Tensor<D> {
    let axis = axis.expect_dim_index(D);
    if x.shape().num_elements() == 0 {
        return x;
    }
    apply_shared_composed(shared_rows(formula.clone(), axis), [x])
}

/// [`apply_rows`] for a formula that is put behind a pointer elsewhere.
pub(crate) fn apply_shared_rows<const D: usize>(
    function: impl FnOnce(usize) -> Shared,
    x: Tensor<D>,
    axis: usize,
) -> Tensor<D> {
    // A row of nothing has no largest number.
    if x.shape().num_elements() == 0 {
        return x;
    }
    apply_shared(function(axis), [x])
}
