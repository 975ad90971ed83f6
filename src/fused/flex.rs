use burn::backend::{
    DType, Flex,
    flex::{FlexTensor, Layout},
    tensor::FloatTensor,
};
use burn::tensor::{Bytes, Element, bf16, f16};

use super::backend::{Formula, PointwiseOps};
use super::compose::compose;
use super::kernel::{self, Kernel, Stored};

impl PointwiseOps for Flex {
    fn pointwise(formula: Formula, x: FloatTensor<Self>) -> FloatTensor<Self> {
        if !kernel::is_supported() {
            return compose::<Self>(vec![x], |x| vec![formula.record_value(x[0])]).remove(0);
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
        if !kernel::is_supported() {
            return compose::<Self>(vec![kept, grad], |inputs| {
                vec![inputs[1] * formula.record_slope(inputs[0])]
            })
            .remove(0);
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

/// In place where nobody else holds the buffer and the tensor is all of it.
fn value<E: Stored + Element>(kernel: &dyn Kernel, x: FlexTensor) -> FlexTensor {
    let mut x = dense(x);
    if let Some(range) = whole(&x)
        && let Some(storage) = x.try_storage_mut::<E>()
    {
        kernel::value_in_place(kernel, &mut storage[range]);
        return x;
    }
    let fresh = kernel::value(kernel, x.as_slice::<E>().expect("dense"));
    tensor(fresh, &x)
}

fn slope<E: Stored + Element>(
    kernel: &dyn Kernel,
    kept: FlexTensor,
    grad: FlexTensor,
) -> FlexTensor {
    let (kept, mut grad) = (dense(kept), dense(grad));
    let kept = kept.as_slice::<E>().expect("dense");
    if let Some(range) = whole(&grad)
        && let Some(storage) = grad.try_storage_mut::<E>()
    {
        kernel::slope_in_place(kernel, &mut storage[range], kept);
        return grad;
    }
    let fresh = kernel::slope(kernel, grad.as_slice::<E>().expect("dense"), kept);
    tensor(fresh, &grad)
}

/// The same numbers in row-major order: a copy only of what is strided.
fn dense(tensor: FlexTensor) -> FlexTensor {
    if tensor.layout().contiguous_offsets().is_some() {
        tensor
    } else {
        tensor.to_contiguous()
    }
}

/// Where a dense tensor lies in its storage.
fn whole(tensor: &FlexTensor) -> Option<core::ops::Range<usize>> {
    tensor
        .layout()
        .contiguous_offsets()
        .map(|(start, end)| start..end)
}

fn tensor<E: Element + bytemuck::Pod>(data: Vec<E>, like: &FlexTensor) -> FlexTensor {
    FlexTensor::new(
        Bytes::from_elems(data),
        Layout::contiguous(like.layout().shape().clone()),
        like.dtype(),
    )
}
