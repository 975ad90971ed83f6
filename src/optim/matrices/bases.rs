//! What is decomposed on the host, in `f64`: Burn has neither of the two decompositions on every device.

use burn::tensor::{Int, Tensor, TensorData};

use crate::matrix::{Eigen, eigen, orthonormalize};

/// The eigenvectors of a symmetric matrix as rows, those of the largest eigenvalues first.
pub(in crate::optim) fn eigenbasis(matrix: Tensor<2>) -> Tensor<2> {
    let len = matrix.dims()[0];
    let Eigen { vectors, .. } = eigen(numbers(&matrix), len);
    beside(&matrix, vectors, [len, len])
}

/// A symmetric matrix to the power of `-1 / root`. No eigenvalue counts as smaller than `least`; those that are not above
/// 0 are left out.
pub(in crate::optim) fn inverse_root(matrix: Tensor<2>, root: f64, least: f64) -> Tensor<2> {
    let len = matrix.dims()[0];
    let Eigen { values, vectors } = eigen(numbers(&matrix), len);
    let power = |value: &f64| match value.max(least) {
        value if value > 0.0 => value.powf(-1.0 / root),
        _ => 0.0,
    };
    let powers = beside(&matrix, values.iter().map(power).collect(), [len, 1]);
    let vectors = beside(&matrix, vectors, [len, len]);
    vectors.clone().transpose().matmul(vectors * powers)
}

/// A step of the power iteration from a basis, its vectors as rows, to that of a symmetric matrix's eigenvectors: the
/// new basis, those of the largest eigenvalues first, and which of the old vectors each comes from.
pub(in crate::optim) fn turned_basis(
    basis: Tensor<2>,
    matrix: Tensor<2>,
) -> (Tensor<2>, Tensor<1, Int>) {
    let len = basis.dims()[0];
    let powers = basis.clone().matmul(matrix);
    let values = numbers(&(basis.clone() * powers.clone()).sum_dim(1));
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    let rows = numbers(&powers);
    let mut rows: Vec<f64> = order
        .iter()
        .flat_map(|row| rows[row * len..][..len].iter().copied())
        .collect();
    orthonormalize(&mut rows, len);
    let order: Vec<i64> = order.into_iter().map(|row| row as i64).collect();
    let order = Tensor::from_data(TensorData::new(order, [len]), &basis.device());
    (beside(&basis, rows, [len, len]), order)
}

/// An identity of `len` rows on the device of another tensor, in its type.
pub(in crate::optim) fn identity<const D: usize>(len: usize, other: &Tensor<D>) -> Tensor<2> {
    Tensor::<2>::eye(len, &other.device()).cast(other.dtype())
}

fn numbers(tensor: &Tensor<2>) -> Vec<f64> {
    tensor.to_data().iter::<f64>().collect()
}

/// Numbers on the device of another tensor, in its type.
fn beside(tensor: &Tensor<2>, numbers: Vec<f64>, shape: [usize; 2]) -> Tensor<2> {
    Tensor::from_data(
        TensorData::new(numbers, shape),
        (&tensor.device(), tensor.dtype()),
    )
}
