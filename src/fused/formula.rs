use core::fmt::Debug;

use super::number::{Dual, Number};

/// A function of `I` numbers: all that an activation is, gated or learned ones included.
///
/// The formula does not say which of its inputs is a whole tensor, and which is one number for all of it or
/// one a channel: [`apply_many`](super::apply_many) sees that from their shapes, and adds up the gradient of
/// whatever it spread.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_extras::fused::{Formula, Number, apply_many};
///
/// /// `x + sin^2(alpha x) / alpha`, with a learned `alpha`.
/// #[derive(Clone, Debug)]
/// struct Snake;
///
/// impl Formula<2> for Snake {
///     fn value<N: Number>(&self, [x, alpha]: [N; 2]) -> N {
///         x + (alpha * x).sin().square() / alpha
///     }
/// }
///
/// let device = Device::flex().autodiff();
/// let x = Tensor::<2>::from_floats([[0.0, 1.0], [2.0, 3.0]], &device);
/// // One number for each of the two channels.
/// let alpha = Tensor::<2>::from_floats([[1.0, 0.5]], &device).require_grad();
/// let y = apply_many(&Snake, [x, alpha.clone()]);
/// let gradients = y.sum().backward();
/// assert_eq!(alpha.grad(&gradients).unwrap().dims(), [1, 2]);
/// ```
pub trait Formula<const I: usize>: Clone + Debug + Send + Sync + 'static {
    /// `f(x)`. Mark it `#[inline(always)]`, so that the loop around it can be vectorised.
    fn value<N: Number>(&self, x: [N; I]) -> N;

    /// The derivative of `f` by each input.
    ///
    /// Worked out from the value by [`Dual`] numbers, unless a formula has better ones of its own: fewer
    /// operations, or digits that the chain rule loses. [`check_slopes`](super::check_slopes) compares the two,
    /// and both with differences of the value.
    #[inline(always)]
    fn slopes<N: Number>(&self, x: [N; I]) -> [N; I] {
        self.value(Dual::variables(x)).slopes()
    }

    /// The derivatives worked out from `y = f(x)`, for functions of one number where that is cheaper.
    ///
    /// When this is `Some`, the backward pass keeps the output, not the input.
    #[inline(always)]
    fn slopes_from_output<N: Number>(&self, _y: N) -> Option<[N; I]> {
        None
    }
}

/// A function of one number: what most activations are.
///
/// From this one definition come the vectorised, multi-threaded CPU kernels, the tensor composition that
/// other backends run (one kernel where Burn fuses), and the backward pass.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_extras::fused::{Number, Pointwise, apply, check_slopes};
///
/// /// The slope on both sides of a kink.
/// #[derive(Clone, Debug)]
/// struct Bent {
///     left: f64,
///     right: f64,
/// }
///
/// impl Pointwise for Bent {
///     #[inline(always)]
///     fn value<N: Number>(&self, x: N) -> N {
///         x.if_positive(x * self.right, x * self.left)
///     }
///
///     // By hand where that is better; without these lines it is automatic.
///     #[inline(always)]
///     fn slope<N: Number>(&self, x: N) -> N {
///         x.if_positive(N::literal(self.right), N::literal(self.left))
///     }
/// }
///
/// let bent = Bent { left: 0.5, right: 2.0 };
/// check_slopes(&bent, [[-3.0], [0.0], [3.0]])?;
///
/// let x = Tensor::<1>::from_floats([-1.0, 1.0], &Device::flex().autodiff()).require_grad();
/// let gradients = apply(&bent, x.clone()).sum().backward();
/// let slopes: Vec<f32> = x.grad(&gradients).unwrap().into_data().iter().collect();
/// assert_eq!(slopes, [0.5, 2.0]);
/// # Ok::<(), burn_extras::fused::Mismatch>(())
/// ```
pub trait Pointwise: Clone + Debug + Send + Sync + 'static {
    /// `f(x)`. Mark it `#[inline(always)]`, so that the loop around it can be vectorised.
    fn value<N: Number>(&self, x: N) -> N;

    /// `f'(x)`, by [`Dual`] numbers unless written by hand: see [`Formula::slopes`].
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        derivative(self, x)
    }

    /// `f'(x)` worked out from `y = f(x)`, for functions where that is cheaper.
    ///
    /// When this is `Some`, the backward pass keeps the output, not the input.
    #[inline(always)]
    fn slope_from_output<N: Number>(&self, _y: N) -> Option<N> {
        None
    }
}

/// `f'(x)` by [`Dual`] numbers.
#[inline(always)]
pub(crate) fn derivative<F: Pointwise, N: Number>(formula: &F, x: N) -> N {
    let [x] = Dual::variables([x]);
    let [slope] = formula.value(x).slopes();
    slope
}

impl<F: Pointwise> Formula<1> for F {
    #[inline(always)]
    fn value<N: Number>(&self, [x]: [N; 1]) -> N {
        Pointwise::value(self, x)
    }

    #[inline(always)]
    fn slopes<N: Number>(&self, [x]: [N; 1]) -> [N; 1] {
        [self.slope(x)]
    }

    #[inline(always)]
    fn slopes_from_output<N: Number>(&self, y: N) -> Option<[N; 1]> {
        self.slope_from_output(y).map(|slope| [slope])
    }
}
