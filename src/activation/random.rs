//! What activations draw at random.

use burn::tensor::{DType, Distribution, FloatDType, Tensor};

/// Numbers between `low` and `high`, as many as the tensor has, and in `f32` at least: [`narrowed`] gives them its
/// type. Nothing follows their making.
pub(super) fn uniform_like<const D: usize>(tensor: &Tensor<D>, low: f64, high: f64) -> Tensor<D> {
    let dtype = match tensor.dtype() {
        DType::F64 => DType::F64,
        _ => DType::F32,
    };
    let (shape, device) = (tensor.shape(), tensor.device());
    if low == high {
        // Burn draws from a range that is not empty.
        return Tensor::full(shape, low, (&device, dtype));
    }
    Tensor::random(shape, Distribution::Uniform(low, high), (&device, dtype))
}

/// In the tensor's type.
pub(super) fn narrowed<const D: usize>(numbers: Tensor<D>, tensor: &Tensor<D>) -> Tensor<D> {
    numbers.cast(FloatDType::from(tensor.dtype()))
}
