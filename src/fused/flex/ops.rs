use burn::backend::{
    DType, Flex,
    flex::{FlexTensor, Layout},
    tensor::FloatTensor,
};
use burn::tensor::{Element, bf16, f16};

use super::memory;
use super::pass::{self, Pass, Stored};
use super::vectorize::is_supported;
use crate::fused::backend::{Formula, PointwiseOps, slope_composed, value_composed};
use crate::fused::kernel::Kernel;

impl PointwiseOps for Flex {
    fn pointwise(formula: Formula, x: FloatTensor<Self>) -> FloatTensor<Self> {
        if !is_supported() {
            return value_composed::<Self>(&*formula, x);
        }
        match x.dtype() {
            DType::F32 => value::<f32>(&*formula, x),
            DType::F64 => value::<f64>(&*formula, x),
            DType::F16 => value::<f16>(&*formula, x),
            DType::BF16 => value::<bf16>(&*formula, x),
            other => unreachable!("not a float type: {other:?}"),
        }
    }

    fn pointwise_backward(
        formula: Formula,
        kept: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        if !is_supported() {
            return slope_composed::<Self>(&*formula, kept, grad);
        }
        match kept.dtype() {
            DType::F32 => slope::<f32>(&*formula, kept, grad),
            DType::F64 => slope::<f64>(&*formula, kept, grad),
            DType::F16 => slope::<f16>(&*formula, kept, grad),
            DType::BF16 => slope::<bf16>(&*formula, kept, grad),
            other => unreachable!("not a float type: {other:?}"),
        }
    }
}

fn value<E: Stored + Element>(kernel: &dyn Kernel, x: FlexTensor) -> FlexTensor {
    run::<E>(kernel, Pass::Value, dense(x))
}

fn slope<E: Stored + Element>(
    kernel: &dyn Kernel,
    kept: FlexTensor,
    grad: FlexTensor,
) -> FlexTensor {
    let kept = dense(kept);
    let kept = kept.as_slice::<E>().expect("dense");
    run::<E>(kernel, Pass::Slope { kept }, dense(grad))
}

/// In place where nobody else holds the buffer.
fn run<E: Stored + Element>(
    kernel: &dyn Kernel,
    work: Pass<'_, E>,
    mut tensor: FlexTensor,
) -> FlexTensor {
    let (start, end) = tensor.layout().contiguous_offsets().expect("dense");
    if let Some(storage) = tensor.try_storage_mut::<E>() {
        pass::in_place(kernel, work, &mut storage[start..end]);
        return tensor;
    }
    let source = tensor.as_slice::<E>().expect("dense");
    FlexTensor::new(
        memory::into_bytes(pass::fresh(kernel, work, source)),
        Layout::contiguous(tensor.layout().shape().clone()),
        tensor.dtype(),
    )
}

/// The same numbers in row-major order: a copy only of what is strided.
fn dense(tensor: FlexTensor) -> FlexTensor {
    if tensor.layout().contiguous_offsets().is_some() {
        tensor
    } else {
        tensor.to_contiguous()
    }
}
