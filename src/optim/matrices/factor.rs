use burn::tensor::{Tensor, s};

use super::{Axis, identity};

/// `Q` of one axis in a preconditioner `Q^T Q`, as Kron has it.
#[derive(Debug)]
pub(in crate::optim) enum Factor {
    /// Upper triangular.
    Triangular(Axis, Tensor<2>),
    /// The diagonal.
    Diagonal(Axis, Tensor<1>),
}

/// Keeps quotients of zeros from being NaN.
const TINY: f64 = f32::MIN_POSITIVE as f64;

impl Factor {
    /// `Q` times a tensor.
    pub(in crate::optim) fn product(&self, tensor: Tensor<1>) -> Tensor<1> {
        match self {
            Self::Triangular(axis, q) => axis.product(q.clone(), tensor),
            Self::Diagonal(axis, q) => axis.scaled(q.clone(), tensor),
        }
    }

    /// `Q^T Q` times a tensor.
    pub(in crate::optim) fn square_product(&self, tensor: Tensor<1>) -> Tensor<1> {
        match self {
            Self::Triangular(axis, q) => {
                axis.product(q.clone().transpose(), axis.product(q.clone(), tensor))
            }
            Self::Diagonal(axis, q) => axis.scaled(q.clone().square(), tensor),
        }
    }

    /// The inverse of `Q^T` times a tensor.
    pub(in crate::optim) fn quotient(&self, tensor: Tensor<1>) -> Tensor<1> {
        match self {
            Self::Triangular(axis, q) => axis.product(upper_inverse(q.clone()).transpose(), tensor),
            Self::Diagonal(axis, q) => axis.scaled(q.clone().recip(), tensor),
        }
    }

    /// Takes a step of `lr` to where the gradient and the noise, each once it is preconditioned, are as large along the
    /// axis.
    #[must_use]
    pub(in crate::optim) fn stepped(self, grad: Tensor<1>, noise: Tensor<1>, lr: f64) -> Self {
        match self {
            Self::Triangular(axis, q) => {
                let (one, other) = (axis.gram(grad), axis.gram(noise));
                let size = spectral_bound(one.clone() + other.clone()) + TINY;
                let step = (one - other).triu(0) * lr / size.reshape([1, 1]);
                Self::Triangular(axis, q.clone() - step.matmul(q))
            }
            Self::Diagonal(axis, q) => {
                let (one, other) = (axis.squares(grad), axis.squares(noise));
                let size = (one.clone() + other.clone()).max_abs() + TINY;
                let step = (one - other) * lr / size;
                Self::Diagonal(axis, q.clone() - step * q)
            }
        }
    }

    /// The largest number, without its sign.
    pub(in crate::optim) fn size(&self) -> Tensor<1> {
        match self {
            Self::Triangular(_, q) => q.clone().max_abs(),
            Self::Diagonal(_, q) => q.clone().max_abs(),
        }
    }

    /// All of it multiplied by a number.
    #[must_use]
    pub(in crate::optim) fn scaled(self, factor: Tensor<1>) -> Self {
        match self {
            Self::Triangular(axis, q) => Self::Triangular(axis, q * factor.reshape([1, 1])),
            Self::Diagonal(axis, q) => Self::Diagonal(axis, q * factor),
        }
    }
}

/// A lower bound of a symmetric matrix's largest eigenvalue, without its sign, and seldom far from it: by how much the
/// image of its largest row is stretched.
fn spectral_bound(matrix: Tensor<2>) -> Tensor<1> {
    let size = matrix.clone().max_abs();
    let matrix = matrix / size.clone().clamp_min(TINY).reshape([1, 1]);
    let lengths = matrix.clone().square().sum_dim(1);
    let longest = lengths.argmax(0).reshape([1]);
    let image = matrix.clone().select(0, longest).matmul(matrix.clone());
    let length = |row: Tensor<2>| row.square().sum().sqrt();
    let unit = image.clone() / length(image).clamp_min(TINY).reshape([1, 1]);
    length(unit.matmul(matrix)) * size
}

/// The inverse of an upper triangular matrix, by products alone: of blocks along the diagonal of one row, then two, four,
/// ..., each from those of its halves. With `A` and `C` on the diagonal of a block and `B` beside them, beside the
/// inverses is `-A^-1 B C^-1`.
fn upper_inverse(matrix: Tensor<2>) -> Tensor<2> {
    let [len, _] = matrix.dims();
    let identity = |len| identity(len, &matrix);
    // To a power of two, by ones along the diagonal.
    let full = len.next_power_of_two();
    let padded = identity(full).slice_assign([0..len, 0..len], matrix.clone());
    let diagonal = (padded.clone() * identity(full)).sum_dim(1);
    let mut inverses = diagonal.recip().reshape([full, 1, 1]);
    let mut half = 1;
    while half < full {
        let blocks = full / half / 2;
        let upper_right = s![.., 0..1, .., .., 1..2, ..];
        let beside = padded.clone().reshape([blocks, 2, half, blocks, 2, half]);
        let beside = beside
            .slice(upper_right)
            .reshape([blocks, half, blocks, half]);
        let beside = (beside * identity(blocks).reshape([blocks, 1, blocks, 1])).sum_dim(2);
        let halves = inverses.reshape([blocks, 2, half * half]);
        let of_half = |which| {
            let half_of_each = halves.clone().slice(s![.., which, ..]);
            half_of_each.reshape([blocks, half, half])
        };
        let (first, second) = (of_half(0), of_half(1));
        let product = first.clone().matmul(beside.reshape([blocks, half, half]));
        let beside = product.matmul(second.clone()).neg();
        let below = Tensor::cat(vec![beside.zeros_like(), second], 2);
        inverses = Tensor::cat(vec![Tensor::cat(vec![first, beside], 2), below], 1);
        half *= 2;
    }
    inverses.reshape([full, full]).slice([0..len, 0..len])
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::tensor::{DType, Device, TensorData};

    use super::*;

    fn matrix(numbers: Vec<f64>, len: usize) -> Tensor<2> {
        let device = Device::flex();
        Tensor::from_data(TensorData::new(numbers, [len, len]), (&device, DType::F64))
    }

    fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
        tensor.into_data().iter().collect()
    }

    #[test]
    fn a_triangle_times_its_inverse_is_the_identity() {
        for len in [1, 2, 3, 4, 7, 8, 19] {
            let at = |place: usize| match (place / len, place % len) {
                (row, column) if row == column => 1.0 + row as f64 / 3.0,
                (row, column) if row < column => ((row * 7 + column) as f64).sin(),
                _ => 0.0,
            };
            let upper = matrix((0..len * len).map(at).collect(), len);
            let product = upper_inverse(upper.clone()).matmul(upper);
            for (place, found) in numbers(product).into_iter().enumerate() {
                let expected = f64::from(place / len == place % len);
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{place} of {len}: {found}"
                );
            }
        }
    }

    #[test]
    fn a_bound_of_the_largest_eigenvalue() {
        for (entries, largest) in [
            (vec![0.0; 4], 0.0),
            (vec![2.0, 1.0, 1.0, 2.0], 3.0),
            (vec![1e20, 0.0, 0.0, 3e20], 3e20),
        ] {
            let bound = numbers(spectral_bound(matrix(entries, 2)))[0];
            assert!(bound <= largest * (1.0 + 1e-15), "{bound} for {largest}");
            assert!(bound >= 0.9 * largest, "{bound} for {largest}");
        }
    }
}
