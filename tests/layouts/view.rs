//! The same numbers, lying differently in memory.

use burn::tensor::{Slice, Tensor, TensorData};

/// How a tensor lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum View {
    /// In row-major order.
    Plain,
    /// The axes in the opposite order.
    Turned,
    /// All axes backwards.
    Flipped,
    /// The last axis backwards.
    LastFlipped,
    /// In the middle of a larger one.
    Sliced,
    /// Every second number along the last axis of a larger one.
    Stepped,
}

pub const VIEWS: [View; 6] = [
    View::Plain,
    View::Turned,
    View::Flipped,
    View::LastFlipped,
    View::Sliced,
    View::Stepped,
];

/// Whether numbers are the same: to the bit on Flex, whose layout is the engine's; elsewhere Burn's own operations add up
/// in the order of their own that a layout has, and are the same but for that.
pub fn same(device: &str, found: &[f32], expected: &[f32]) -> bool {
    let equal = |(found, expected): (&f32, &f32)| match device {
        "flex" => found.to_bits() == expected.to_bits(),
        _ => (found - expected).abs() <= 1e-5 * expected.abs().max(1.0),
    };
    found.len() == expected.len() && found.iter().zip(expected).all(equal)
}

/// The numbers of a tensor in memory of their own, in row-major order.
pub fn plain<const D: usize>(tensor: &Tensor<D>) -> Tensor<D> {
    let data: TensorData = tensor.to_data();
    let dtype = data.dtype();
    Tensor::from_data(data, (&tensor.device(), dtype))
}

impl View {
    /// The same numbers, so that they lie like this.
    pub fn of<const D: usize>(self, tensor: Tensor<D>) -> Tensor<D> {
        let backwards: [isize; D] = core::array::from_fn(|axis| (D - 1 - axis) as isize);
        let all: [isize; D] = core::array::from_fn(|axis| axis as isize);
        match self {
            Self::Plain => plain(&tensor),
            Self::Turned => plain(&tensor.permute(backwards)).permute(backwards),
            Self::Flipped => plain(&tensor.flip(all)).flip(all),
            Self::LastFlipped => plain(&tensor.flip([-1])).flip([-1]),
            Self::Sliced => {
                let ones = Tensor::ones_like(&tensor).slice_dim(0, 0..1.min(tensor.dims()[0]));
                let first = ones.dims()[0];
                let larger = plain(&Tensor::cat(vec![ones.clone(), tensor.clone(), ones], 0));
                larger.slice_dim(0, first..first + tensor.dims()[0])
            }
            Self::Stepped => {
                let mut dims = tensor.dims();
                dims[D - 1] *= 2;
                let numbers = tensor.to_data();
                let dtype = numbers.dtype();
                let pairs: Vec<f64> = numbers.iter::<f64>().flat_map(|it| [it, 7.0]).collect();
                let pairs = TensorData::new(pairs, dims);
                let pairs = Tensor::<D>::from_data(pairs, (&tensor.device(), dtype));
                pairs.slice_dim(D - 1, Slice::new(0, None, 2))
            }
        }
    }
    /// A loss whose gradient by `y` is `grad`, lying like this where an operation can make it.
    pub fn loss<const D: usize>(self, y: Tensor<D>, grad: Tensor<D>) -> Tensor<1> {
        let backwards: [isize; D] = core::array::from_fn(|axis| (D - 1 - axis) as isize);
        let all: [isize; D] = core::array::from_fn(|axis| axis as isize);
        // Burn's own product of flipped tensors without a number panics on Flex.
        if y.dims().contains(&0) {
            return y.sum();
        }
        let product = match self {
            Self::Turned => y.permute(backwards) * plain(&grad.permute(backwards)),
            Self::Flipped => y.flip(all) * plain(&grad.flip(all)),
            Self::LastFlipped => y.flip([-1]) * plain(&grad.flip([-1])),
            Self::Plain | Self::Sliced | Self::Stepped => y * self.of(grad),
        };
        product.sum()
    }
}
