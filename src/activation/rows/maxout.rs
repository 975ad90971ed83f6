use burn::tensor::{AsIndex, Tensor};

use super::declare::rows;
use crate::registry::SpecError;

rows! {
    /// Maxout: the largest of each `pieces` neighbours along an axis, which becomes as many times shorter.
    ///
    /// The gradient goes to the largest one; where several are equal, to one of them.
    ///
    /// # Shapes
    ///
    /// `[.., pieces n, ..]` to `[.., n, ..]`.
    ///
    /// Source: [Goodfellow et al.](https://arxiv.org/abs/1302.4389)
    Maxout, MaxoutConfig {
        /// How many numbers there are to choose from. Default: 2. Range: 1 or more, a divisor of the axis's length.
        pieces / with_pieces: usize = 2,
    }, check check, named "maxout"
}

fn check(config: &MaxoutConfig) -> Result<(), SpecError> {
    if config.pieces > 0 {
        return Ok(());
    }
    Err(refused(0, "at least 1"))
}

fn refused(pieces: usize, range: &'static str) -> SpecError {
    SpecError::out_of_range("MaxoutConfig", "pieces", pieces as f64, range)
}

impl Maxout {
    /// Applies the activation to each row along the axis.
    ///
    /// # Panics
    ///
    /// When the tensor has no such axis, or the axis's length is no multiple of `pieces`.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let (axis, mut shape) = (self.axis_of(D), input.dims());
        if !shape[axis].is_multiple_of(self.pieces) {
            panic!("{}", refused(self.pieces, "a divisor of the axis's length"));
        }
        let inner = shape[axis + 1..].iter().product();
        shape[axis] /= self.pieces;
        let outer = shape[..=axis].iter().product();
        input
            .reshape([outer, self.pieces, inner])
            .max_dim(1)
            .reshape(shape)
    }
}

/// [`Maxout`] as a function, along an axis that may be negative.
///
/// # Panics
///
/// When the tensor has no such axis, or the axis's length is no multiple of `pieces`.
pub fn maxout<const D: usize>(tensor: Tensor<D>, axis: impl AsIndex, pieces: usize) -> Tensor<D> {
    MaxoutConfig::new()
        .with_axis(axis.as_index())
        .with_pieces(pieces)
        .init()
        .forward(tensor)
}
