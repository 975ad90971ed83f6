//! The layer and its gradients on the CPU.

use burn::backend::flex::FlexTensor;
use burn::backend::{Flex, tensor::FloatTensor};
use burn::tensor::DType;

use super::ops::LinearGrads;
use crate::product::{MatmulPrecision, Real, product, product_and_row, tensor};

/// Rows whose gradients are added up in their own type; the sums of so many are added up in `f64`.
const ROWS: usize = 64;

/// The output of a layer for rows of inputs, its weights and, where there is one, its bias.
pub(super) fn affine(tensors: &[FlexTensor], precision: MatmulPrecision) -> FlexTensor {
    let (x, weight) = (&tensors[0], &tensors[1]);
    match (tensors.get(2), x.dtype()) {
        (None, _) => product(x, weight, precision),
        (Some(bias), DType::F64) => biased::<f64>(x, weight, bias, precision),
        (Some(bias), _) => biased::<f32>(x, weight, bias, precision),
    }
}

impl LinearGrads for Flex {
    fn of_input(
        weight: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        precision: MatmulPrecision,
    ) -> FloatTensor<Self> {
        product(&grad, &weight.transpose(0, 1), precision)
    }

    fn of_weight(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        precision: MatmulPrecision,
    ) -> FloatTensor<Self> {
        product(&x.transpose(0, 1), &grad, precision)
    }

    fn of_bias(grad: FloatTensor<Self>) -> FloatTensor<Self> {
        match grad.dtype() {
            DType::F64 => summed::<f64>(&grad),
            _ => summed::<f32>(&grad),
        }
    }
}

fn biased<E: Real>(
    x: &FlexTensor,
    weight: &FlexTensor,
    bias: &FlexTensor,
    precision: MatmulPrecision,
) -> FlexTensor {
    let bias = bias.to_contiguous();
    let start = bias.layout().start_offset();
    let len = bias.layout().shape()[0];
    let bias = &bias.storage::<E>()[start..start + len];
    product_and_row(x, weight, bias, precision)
}

/// The sum over the rows.
fn summed<E: Real>(grad: &FlexTensor) -> FlexTensor {
    let grad = grad.to_contiguous();
    let [rows, columns] = [0, 1].map(|axis| grad.layout().shape()[axis]);
    let start = grad.layout().start_offset();
    let numbers = &grad.storage::<E>()[start..start + rows * columns];
    let mut total = vec![0.0_f64; columns];
    let mut some = vec![E::ZERO; columns];
    for rows in numbers.chunks(ROWS * columns) {
        some.fill(E::ZERO);
        for row in rows.chunks_exact(columns) {
            for (sum, number) in some.iter_mut().zip(row) {
                *sum += *number;
            }
        }
        for (sum, number) in total.iter_mut().zip(&some) {
            *sum += (*number).into();
        }
    }
    let total = total.into_iter().map(E::from_elem).collect();
    tensor(total, [columns].into())
}
