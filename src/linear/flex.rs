//! The products on the CPU, by the crate that Burn's backend has them from.

use burn::backend::flex::{FlexTensor, Layout};
use burn::backend::{Flex, tensor::FloatTensor};
use burn::tensor::{DType, Element, Shape};
use gemm::{Parallelism, gemm};

use super::ops::LinearGrads;
use crate::fused::{buffer, into_bytes};

/// Multiplications from which a product is worth more than one thread.
#[cfg(feature = "rayon")]
const WORTH_SHARING: usize = 192 * 192 * 192;

/// Rows whose gradients are added up in their own type; the sums of so many are added up in `f64`.
const ROWS: usize = 64;

/// The output of a layer for rows of inputs, its weights and, where there is one, its bias.
pub(super) fn affine(tensors: &[FlexTensor]) -> FlexTensor {
    let (x, weight) = (&tensors[0], &tensors[1]);
    match (tensors.get(2), x.dtype()) {
        (None, _) => product(x, weight),
        (Some(bias), DType::F64) => biased::<f64>(x, weight, bias),
        (Some(bias), _) => biased::<f32>(x, weight, bias),
    }
}

impl LinearGrads for Flex {
    fn of_input(weight: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        product(&grad, &weight.transpose(0, 1))
    }

    fn of_weight(x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        product(&x.transpose(0, 1), &grad)
    }

    fn of_bias(grad: FloatTensor<Self>) -> FloatTensor<Self> {
        match grad.dtype() {
            DType::F64 => summed::<f64>(&grad),
            _ => summed::<f32>(&grad),
        }
    }
}

fn product(lhs: &FlexTensor, rhs: &FlexTensor) -> FlexTensor {
    match lhs.dtype() {
        DType::F64 => multiplied::<f64>(lhs, rhs),
        _ => multiplied::<f32>(lhs, rhs),
    }
}

/// What the products are computed in.
trait Real: Element + bytemuck::Pod + Send + Sync + core::ops::AddAssign + Into<f64> {
    const ZERO: Self;
    const ONE: Self;
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
}

/// The numbers of a tensor, in whichever order they lie.
struct Matrix<'a, E> {
    storage: &'a [E],
    /// Where the first is.
    start: usize,
    rows: usize,
    columns: usize,
    /// How far it is to the next row and the next column.
    strides: [isize; 2],
}

impl<'a, E: Real> Matrix<'a, E> {
    fn of(tensor: &'a FlexTensor) -> Self {
        let layout = tensor.layout();
        let (shape, strides) = (layout.shape(), layout.strides());
        Self {
            storage: tensor.storage(),
            start: layout.start_offset(),
            rows: shape[0],
            columns: shape[1],
            strides: [strides[0], strides[1]],
        }
    }

    fn first(&self) -> *const E {
        // Axes may run backwards: the pointer is to all of the storage.
        self.storage.as_ptr().wrapping_add(self.start)
    }
}

fn biased<E: Real>(x: &FlexTensor, weight: &FlexTensor, bias: &FlexTensor) -> FlexTensor {
    let (x, weight) = (Matrix::<E>::of(x), Matrix::of(weight));
    let bias = bias.to_contiguous();
    let start = bias.layout().start_offset();
    let bias = &bias.storage::<E>()[start..start + weight.columns];
    let mut output = buffer(x.rows * weight.columns);
    for _ in 0..x.rows {
        output.extend_from_slice(bias);
    }
    // SAFETY: a row for each of the inputs.
    unsafe { multiply(&x, &weight, output.as_mut_ptr(), true) };
    tensor(output, [x.rows, weight.columns].into())
}

fn multiplied<E: Real>(lhs: &FlexTensor, rhs: &FlexTensor) -> FlexTensor {
    let (lhs, rhs) = (Matrix::<E>::of(lhs), Matrix::of(rhs));
    let len = lhs.rows * rhs.columns;
    let mut output: Vec<E> = buffer(len);
    // SAFETY: there is room for all of the product, which is written whole.
    unsafe {
        multiply(&lhs, &rhs, output.as_mut_ptr(), false);
        output.set_len(len);
    }
    tensor(output, [lhs.rows, rhs.columns].into())
}

/// Writes the product row by row, or adds it to what is there.
///
/// # Safety
///
/// The output can be written, and read where it is added to.
unsafe fn multiply<E: Real>(lhs: &Matrix<'_, E>, rhs: &Matrix<'_, E>, output: *mut E, adds: bool) {
    let (m, n, k) = (lhs.rows, rhs.columns, lhs.columns);
    assert_eq!(k, rhs.rows, "matrices that fit together");
    let alpha = if adds { E::ONE } else { E::ZERO };
    let [[lhs_rows, lhs_columns], [rhs_rows, rhs_columns]] = [lhs.strides, rhs.strides];
    // SAFETY: the caller's promise; the numbers of the others are those of tensors of their shapes.
    unsafe {
        gemm(
            m,
            n,
            k,
            output,
            1,
            n as isize,
            adds,
            lhs.first(),
            lhs_columns,
            lhs_rows,
            rhs.first(),
            rhs_columns,
            rhs_rows,
            alpha,
            E::ONE,
            false,
            false,
            false,
            parallelism(m * n * k),
        );
    }
}

#[cfg(feature = "rayon")]
fn parallelism(multiplications: usize) -> Parallelism {
    match multiplications >= WORTH_SHARING {
        // All that there are.
        true => Parallelism::Rayon(0),
        false => Parallelism::None,
    }
}

#[cfg(not(feature = "rayon"))]
fn parallelism(_multiplications: usize) -> Parallelism {
    Parallelism::None
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

fn tensor<E: Real>(numbers: Vec<E>, shape: Shape) -> FlexTensor {
    FlexTensor::new(into_bytes(numbers), Layout::contiguous(shape), E::dtype())
}
