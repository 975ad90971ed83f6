use core::fmt::Debug;
use std::sync::Arc;

use burn::tensor::Tensor;

use super::Number;
use super::backend::{self, Formula};

/// A scalar function and its derivative: all that an activation is.
///
/// From this one definition come the vectorised, multi-threaded CPU kernels, the tensor
/// composition that other backends run (one kernel where Burn fuses), and the backward pass.
pub trait Pointwise: Clone + Debug + Send + Sync + 'static {
    /// `f(x)`.
    fn value<N: Number>(&self, x: N) -> N;

    /// `f'(x)`.
    fn slope<N: Number>(&self, x: N) -> N;

    /// `f'(x)` worked out from `y = f(x)`, for functions where that is cheaper.
    ///
    /// When this is `Some`, the backward pass keeps the output, not the input.
    fn slope_from_output<N: Number>(&self, _y: N) -> Option<N> {
        None
    }
}

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
    apply_formula(Arc::new(formula.clone()), x)
}

/// [`apply`] by Burn's tensor operations alone, which Burn's autodiff differentiates one by one.
///
/// This is the slow twin that tests and benchmarks compare [`apply`] with; it is also what serves a
/// backend that this crate was built without.
pub fn apply_composed<F: Pointwise, const D: usize>(formula: &F, x: Tensor<D>) -> Tensor<D> {
    apply_formula_composed(Arc::new(formula.clone()), x)
}

/// [`apply`] for a formula that is behind a pointer already.
pub(crate) fn apply_formula<const D: usize>(formula: Formula, x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(backend::apply(formula, x.into_dispatch()))
}

/// [`apply_composed`] for a formula that is behind a pointer already.
pub(crate) fn apply_formula_composed<const D: usize>(formula: Formula, x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(backend::apply_composed(formula, x.into_dispatch()))
}
