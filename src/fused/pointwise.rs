use core::fmt::Debug;

use super::Number;

/// A scalar function and its derivative: all that an activation is.
///
/// From this one definition come the vectorised, multi-threaded CPU kernels, the tensor
/// composition that other backends run (one kernel where Burn fuses), and the backward pass.
pub trait Pointwise: Clone + Debug + Send + Sync + 'static {
    /// `f(x)`.
    fn value<N: Number>(&self, x: N) -> N;

    /// `f'(x)`.
    fn slope<N: Number>(&self, x: N) -> N;

    /// `f'(x)` worked out from `y = f(x)`, for functions where that is cheaper.
    ///
    /// When this is `Some`, the backward pass keeps the output, not the input.
    fn slope_from_output<N: Number>(&self, _y: N) -> Option<N> {
        None
    }
}
