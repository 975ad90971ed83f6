use burn::tensor::{Int, Tensor};

/// An axis of a tensor whose elements are given one behind the other: how many places there are before it, along it,
/// and after it.
#[derive(Clone, Copy, Debug)]
pub(in crate::optim) struct Axis {
    before: usize,
    len: usize,
    after: usize,
}

impl Axis {
    /// Those of a tensor of this shape.
    pub(in crate::optim) fn all(shape: &[usize]) -> impl Iterator<Item = Self> + '_ {
        shape.iter().enumerate().map(|(place, len)| Self {
            before: shape[..place].iter().product(),
            len: *len,
            after: shape[place + 1..].iter().product(),
        })
    }

    pub(in crate::optim) fn len(self) -> usize {
        self.len
    }

    /// The products of the tensor's slices across this axis with each other.
    pub(in crate::optim) fn gram(self, tensor: Tensor<1>) -> Tensor<2> {
        let others = self.before * self.after;
        let slices = match (self.before, self.after) {
            (1, _) => tensor.reshape([self.len, others]),
            (_, 1) => tensor.reshape([others, self.len]).transpose(),
            _ => self
                .parted(tensor)
                .swap_dims(0, 1)
                .reshape([self.len, others]),
        };
        slices.clone().matmul(slices.transpose())
    }

    /// The diagonal of [`gram`](Self::gram).
    pub(in crate::optim) fn squares(self, tensor: Tensor<1>) -> Tensor<1> {
        let squares = self.parted(tensor.square());
        squares.sum_dim(0).sum_dim(2).reshape([self.len])
    }

    /// A matrix times the tensor, along this axis.
    pub(in crate::optim) fn product(self, matrix: Tensor<2>, tensor: Tensor<1>) -> Tensor<1> {
        let count = tensor.dims();
        match (self.before, self.after) {
            (1, _) => matrix
                .matmul(tensor.reshape([self.len, self.after]))
                .reshape(count),
            (_, 1) => tensor
                .reshape([self.before, self.len])
                .matmul(matrix.transpose())
                .reshape(count),
            _ => matrix
                .unsqueeze::<3>()
                .matmul(self.parted(tensor))
                .reshape(count),
        }
    }

    /// The tensor with its slices across this axis multiplied by a number each.
    pub(in crate::optim) fn scaled(self, factors: Tensor<1>, tensor: Tensor<1>) -> Tensor<1> {
        let count = tensor.dims();
        let factors = factors.reshape([1, self.len, 1]);
        (self.parted(tensor) * factors).reshape(count)
    }

    /// The tensor with its slices across this axis in another order.
    pub(in crate::optim) fn ordered(self, order: Tensor<1, Int>, tensor: Tensor<1>) -> Tensor<1> {
        let count = tensor.dims();
        self.parted(tensor).select(1, order).reshape(count)
    }

    fn parted(self, tensor: Tensor<1>) -> Tensor<3> {
        tensor.reshape([self.before, self.len, self.after])
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn range(len: usize) -> Tensor<1> {
        Tensor::<1, Int>::arange(0..len as i64, &Device::flex()).float() + 1.0
    }

    fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().iter().collect()
    }

    /// Every axis of a tensor of three against sums over its elements.
    #[test]
    fn along_each_axis() {
        let shape = [2, 3, 4];
        let x = numbers(range(24));
        let strides = [12, 4, 1];
        for (place, axis) in Axis::all(&shape).enumerate() {
            let (len, stride) = (shape[place], strides[place]);
            let along = |index: usize| index / stride % len;
            let at = |index: usize, row: usize| x[index - along(index) * stride + row * stride];
            let matrix = range(len * len).reshape([len, len]);
            let m = numbers(matrix.clone());

            let expected = |index: usize| -> f32 {
                (0..len)
                    .map(|k| m[along(index) * len + k] * at(index, k))
                    .sum()
            };
            let product = numbers(axis.product(matrix, range(24)));
            assert_eq!(
                product,
                (0..24).map(expected).collect::<Vec<_>>(),
                "{axis:?}"
            );

            let expected = |row: usize, other: usize| -> f32 {
                let firsts = (0..24).filter(|index| along(*index) == 0);
                firsts.map(|index| at(index, row) * at(index, other)).sum()
            };
            let gram = numbers(axis.gram(range(24)));
            let all = (0..len * len).map(|place| expected(place / len, place % len));
            assert_eq!(gram, all.collect::<Vec<_>>(), "{axis:?}");
            let squares = numbers(axis.squares(range(24)));
            assert_eq!(
                squares,
                (0..len).map(|row| expected(row, row)).collect::<Vec<_>>()
            );

            let scaled = numbers(axis.scaled(range(len), range(24)));
            let expected = |index: usize| x[index] * (along(index) + 1) as f32;
            assert_eq!(
                scaled,
                (0..24).map(expected).collect::<Vec<_>>(),
                "{axis:?}"
            );

            let reversed = Tensor::<1, Int>::arange(0..len as i64, &Device::flex()).flip([0]);
            let ordered = numbers(axis.ordered(reversed, range(24)));
            let expected = |index: usize| at(index, len - 1 - along(index));
            assert_eq!(
                ordered,
                (0..24).map(expected).collect::<Vec<_>>(),
                "{axis:?}"
            );
        }
    }
}
