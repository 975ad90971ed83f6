use burn::tensor::Tensor;

use super::declare::{any, rows};
use crate::activation::relu;
use crate::fused::{Number, Pointwise, apply};

rows! {
    /// Concatenated ReLU: `max(x, 0)`, then `max(-x, 0)`, along an axis, which becomes twice as long.
    ///
    /// `dx` is the first half's gradient where `x > 0`, minus the second half's where `x < 0`, and 0 at 0.
    ///
    /// # Shapes
    ///
    /// `[.., n, ..]` to `[.., 2 n, ..]`.
    ///
    /// Source: [Shang et al.](https://arxiv.org/abs/1603.05201); `tf.nn.crelu`.
    CRelu, CReluConfig {}, check any, named "crelu"
}

impl CRelu {
    /// Applies the activation to each row along the axis.
    ///
    /// # Panics
    ///
    /// When the tensor has no such axis.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let negative = apply(&NegativePart, input.clone());
        Tensor::cat(vec![relu(input), negative], self.axis_of(D))
    }
}

rows!(@function crelu, CRelu, CReluConfig);

/// `max(-x, 0)`.
#[derive(Clone, Debug)]
struct NegativePart;

impl Pointwise for NegativePart {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        (-x).max(N::literal(0.0))
    }

    #[inline(always)]
    fn slope_from_output<N: Number>(&self, y: N) -> Option<N> {
        Some(-y.heaviside())
    }
}
