use core::fmt::Debug;

use crate::fused::number::Number;

/// A function of the numbers along an axis: softmax and its kin.
///
/// A row, which is all numbers along the axis, is worked through while it is in the cache:
///
/// 1. its largest number is found, and becomes the [`shift`](RowFormula::shift);
/// 2. each number becomes a [`term`](RowFormula::term), and the terms' [`sums`](RowFormula::sums) become what
///    is [known](RowFormula::next) of the row: once, or in several [`rounds`](RowFormula::rounds);
/// 3. each term becomes a [`value`](RowFormula::value).
///
/// The backward pass keeps the output `y` and nothing else: `y` becomes a [`weight`](RowFormula::weight), weights
/// and gradients are [added up](RowFormula::gradient_sums), and each becomes a
/// [`gradient`](RowFormula::gradient).
///
/// `S` is how many sums there are, and how many numbers are known of a row. A number that is stored between two
/// steps is not worked out twice: softmax has one exponential a number.
///
/// Mark the methods `#[inline(always)]`, so that the loops around them can be vectorised.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_extras::fused::{Number, RowFormula, apply_rows};
///
/// /// `e^x / sum e^x`.
/// #[derive(Clone, Debug)]
/// struct Softmax;
///
/// impl RowFormula<1> for Softmax {
///     fn term<N: Number>(&self, x: N, shift: N) -> N {
///         (x - shift).exp()
///     }
///
///     fn sums<N: Number>(&self, term: N, _known: [N; 1]) -> [N; 1] {
///         [term]
///     }
///
///     fn next<N: Number>(&self, _shift: N, _known: [N; 1], [sum]: [N; 1]) -> [N; 1] {
///         [sum.recip()]
///     }
///
///     fn value<N: Number>(&self, term: N, [factor]: [N; 1]) -> N {
///         term * factor
///     }
///
///     fn gradient_sums<N: Number>(&self, y: N, grad: N) -> [N; 1] {
///         [y * grad]
///     }
///
///     fn gradient<N: Number>(&self, y: N, grad: N, [sum]: [N; 1]) -> N {
///         y * (grad - sum)
///     }
/// }
///
/// let x = Tensor::<2>::from_floats([[0.0, 0.0], [1.0, 1.0]], &Device::flex());
/// let y = apply_rows(&Softmax, x, 1);
/// assert_eq!(y.into_data().to_vec::<f32>().unwrap(), [0.5; 4]);
/// ```
pub trait RowFormula<const S: usize>: Clone + Debug + Send + Sync + 'static {
    /// What a row is worked out from instead of the number itself. Default: the number.
    #[inline(always)]
    fn prepare<N: Number>(&self, x: N) -> N {
        x
    }

    /// What is taken off the numbers of a row whose largest one is `max`, NaN left aside; minus infinity where
    /// there is no larger one. Default: `max`.
    #[inline(always)]
    fn shift<N: Number>(&self, max: N) -> N {
        max
    }

    /// What the number becomes that sums and values are worked out from. Default: `x - shift`.
    #[inline(always)]
    fn term<N: Number>(&self, x: N, shift: N) -> N {
        x - shift
    }

    /// What is known of a row before the first round. Default: zeros.
    #[inline(always)]
    fn start<N: Number>(&self) -> [N; S] {
        [N::literal(0.0); S]
    }

    /// After how many rounds the result is as precise as numbers of this `epsilon` are, for any row of `len`.
    /// Default: 1.
    ///
    /// On the CPU the rounds end once nothing changes; elsewhere there are always as many.
    #[inline(always)]
    fn rounds(&self, _len: usize, _epsilon: f64) -> usize {
        1
    }

    /// What is added up over the row.
    fn sums<N: Number>(&self, term: N, known: [N; S]) -> [N; S];

    /// What is known of the row after a round. Default: the sums.
    #[inline(always)]
    fn next<N: Number>(&self, _shift: N, _known: [N; S], sums: [N; S]) -> [N; S] {
        sums
    }

    /// The result.
    fn value<N: Number>(&self, term: N, known: [N; S]) -> N;

    /// What the output becomes that gradients are worked out from. Default: the output.
    #[inline(always)]
    fn weight<N: Number>(&self, y: N) -> N {
        y
    }

    /// What is added up over the row in the backward pass, from a weight and the gradient of its output.
    fn gradient_sums<N: Number>(&self, weight: N, grad: N) -> [N; S];

    /// What is known of the row in the backward pass. Default: the sums.
    #[inline(always)]
    fn gradient_known<N: Number>(&self, sums: [N; S]) -> [N; S] {
        sums
    }

    /// The gradient of the input.
    fn gradient<N: Number>(&self, weight: N, grad: N, known: [N; S]) -> N;
}
