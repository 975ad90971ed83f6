use burn::backend::flex::{FlexTensor, Layout};
use burn::tensor::{DType, Element, Shape};
use gemm::{Parallelism, gemm};

use super::matrix::Matrix;
use super::{MatmulPrecision, amx};
use crate::fused::{buffer, into_bytes};

/// Multiplications from which a product is worth more than one thread.
#[cfg(feature = "rayon")]
const WORTH_SHARING: usize = 192 * 192 * 192;

/// What products are computed in.
pub(crate) trait Real:
    Element + bytemuck::Pod + Send + Sync + core::ops::AddAssign + Into<f64>
{
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

/// The product of two matrices of one type, `f32` or `f64`.
pub(crate) fn product(
    lhs: &FlexTensor,
    rhs: &FlexTensor,
    precision: MatmulPrecision,
) -> FlexTensor {
    match lhs.dtype() {
        DType::F64 => fresh::<f64>(lhs, rhs, precision),
        _ => fresh::<f32>(lhs, rhs, precision),
    }
}

fn fresh<E: Real>(lhs: &FlexTensor, rhs: &FlexTensor, precision: MatmulPrecision) -> FlexTensor {
    let (lhs, rhs) = (Matrix::<E>::of(lhs), Matrix::of(rhs));
    let len = lhs.rows * rhs.columns;
    let mut output: Vec<E> = buffer(len);
    // SAFETY: there is room for all of the product, which is written whole.
    unsafe {
        multiply(&lhs, &rhs, output.as_mut_ptr(), false, precision);
        output.set_len(len);
    }
    tensor(output, [lhs.rows, rhs.columns].into())
}

/// The product of two matrices, to each row of which another is added.
pub(crate) fn product_and_row<E: Real>(
    lhs: &FlexTensor,
    rhs: &FlexTensor,
    row: &[E],
    precision: MatmulPrecision,
) -> FlexTensor {
    let (lhs, rhs) = (Matrix::<E>::of(lhs), Matrix::of(rhs));
    assert_eq!(
        row.len(),
        rhs.columns,
        "a row as long as those of the product"
    );
    let mut output = buffer(lhs.rows * row.len());
    for _ in 0..lhs.rows {
        output.extend_from_slice(row);
    }
    // SAFETY: all of it was written.
    unsafe { multiply(&lhs, &rhs, output.as_mut_ptr(), true, precision) };
    tensor(output, [lhs.rows, rhs.columns].into())
}

/// Writes the product row by row, or adds it to what is there.
///
/// # Safety
///
/// The output can be written, and read where it is added to.
unsafe fn multiply<E: Real>(
    lhs: &Matrix<'_, E>,
    rhs: &Matrix<'_, E>,
    output: *mut E,
    adds: bool,
    precision: MatmulPrecision,
) {
    let (m, n, k) = (lhs.rows, rhs.columns, lhs.columns);
    assert_eq!(k, rhs.rows, "matrices that fit together");
    if precision == MatmulPrecision::Medium
        && let (Some(lhs), Some(rhs)) = (in_tiles(lhs), in_tiles(rhs))
    {
        // SAFETY: the caller's promise; there are tiles, and the output is `f32` as both matrices are.
        return unsafe { amx::multiply(&lhs, &rhs, output.cast(), adds) };
    }
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

/// The matrix, where this machine multiplies such a one in tiles.
fn in_tiles<'a, E: Real>(matrix: &Matrix<'a, E>) -> Option<Matrix<'a, f32>> {
    let is_empty = matrix.rows == 0 || matrix.columns == 0;
    match amx::is_supported() && matrix.is_in_lines() && !is_empty {
        true => matrix.as_f32(),
        false => None,
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

/// A tensor of these numbers, in memory that is used again after it.
pub(crate) fn tensor<E: Real>(numbers: Vec<E>, shape: Shape) -> FlexTensor {
    FlexTensor::new(into_bytes(numbers), Layout::contiguous(shape), E::dtype())
}
