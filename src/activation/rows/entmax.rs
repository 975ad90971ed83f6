use burn::tensor::{AsIndex, Tensor};

use super::declare::rows;
use super::newton;
use super::sparsemax::SparsemaxConfig;
use crate::fused::{Number, RowFormula, passed, shared_rows};
use crate::registry::SpecError;

rows! {
    /// Entmax: `y = max((alpha - 1) x - tau, 0)^(1 / (alpha - 1))` along an axis, with the threshold `tau` for which a
    /// row's sum is 1. Between softmax, the limit at `alpha` 1, and [sparsemax](super::Sparsemax) at 2.
    ///
    /// `dx = r (dy - sum r dy / sum r)` with `r = y^(2 - alpha)` where `y > 0`, else 0. The backward pass keeps `y` and
    /// nothing else. The threshold is found without sorting: up to `alpha` 2 by Newton's iteration, above by halving,
    /// which takes three times as long.
    ///
    /// Minus infinity gives 0; a row of nothing else is NaN, and so is a row with infinity or NaN in it.
    ///
    /// Source: [Peters et al.](https://arxiv.org/abs/1905.05702); `entmax.entmax15`, `entmax.entmax_bisect`.
    Entmax, EntmaxConfig {
        /// The exponent of the entropy: larger ones give more zeros. Default: 1.5. Range: above 1, up to 1e15.
        alpha / with_alpha: f64 = 1.5,
    }, check check, named "entmax"
}

fn check(config: &EntmaxConfig) -> Result<(), SpecError> {
    let (alpha, range) = (config.alpha, "greater than 1, and at most 1e15");
    if alpha > 1.0 && alpha <= 1e15 {
        return Ok(());
    }
    Err(SpecError::out_of_range(
        "EntmaxConfig",
        "alpha",
        alpha,
        range,
    ))
}

rows!(@forward Entmax, |entmax, axis| {
    let alpha = entmax.alpha;
    if alpha == 1.5 {
        shared_rows(Entmax15, axis)
    } else if alpha == 2.0 {
        shared_rows(SparsemaxConfig::new().init(), axis)
    } else if alpha < 2.0 {
        shared_rows(Soft { alpha }, axis)
    } else {
        shared_rows(Hard { alpha }, axis)
    }
});

/// [`Entmax`] with `alpha` 1.5 as a function, along an axis that may be negative.
///
/// # Panics
///
/// When the tensor has no such axis.
pub fn entmax15<const D: usize>(tensor: Tensor<D>, axis: impl AsIndex) -> Tensor<D> {
    entmax(tensor, axis, 1.5)
}

/// [`Entmax`] as a function, along an axis that may be negative.
///
/// # Panics
///
/// When the tensor has no such axis, or `alpha` is not above 1.
pub fn entmax<const D: usize>(tensor: Tensor<D>, axis: impl AsIndex, alpha: f64) -> Tensor<D> {
    EntmaxConfig::new()
        .with_axis(axis.as_index())
        .with_alpha(alpha)
        .init()
        .forward(tensor)
}

/// With `alpha` 1.5: squares and their root, no exponentials. What is known of a row is its threshold, and
/// whether the iteration has turned.
#[derive(Clone, Debug)]
struct Entmax15;

impl RowFormula<2> for Entmax15 {
    #[inline(always)]
    fn term<N: Number>(&self, x: N, shift: N) -> N {
        (x - shift) * 0.5
    }

    #[inline(always)]
    fn start<N: Number>(&self) -> [N; 2] {
        [N::literal(-1.0), N::literal(0.0)]
    }

    #[inline(always)]
    fn rounds(&self, len: usize, epsilon: f64) -> usize {
        newton::steps(2.0, len, epsilon)
    }

    #[inline(always)]
    fn sums<N: Number>(&self, term: N, [tau, _]: [N; 2]) -> [N; 2] {
        let over = (term - tau).max(N::literal(0.0));
        [over.square(), over]
    }

    #[inline(always)]
    fn next<N: Number>(&self, _shift: N, [tau, turned]: [N; 2], [squares, sum]: [N; 2]) -> [N; 2] {
        newton::advance(tau, turned, (squares - squares.sqrt()) / sum)
    }

    #[inline(always)]
    fn value<N: Number>(&self, term: N, [tau, _]: [N; 2]) -> N {
        (term - tau).max(N::literal(0.0)).square()
    }

    #[inline(always)]
    fn weight<N: Number>(&self, y: N) -> N {
        y.sqrt()
    }

    #[inline(always)]
    fn gradient_sums<N: Number>(&self, weight: N, grad: N) -> [N; 2] {
        [passed(grad, weight), weight]
    }

    #[inline(always)]
    fn gradient_known<N: Number>(&self, [sum, weights]: [N; 2]) -> [N; 2] {
        [sum / weights, weights]
    }

    #[inline(always)]
    fn gradient<N: Number>(&self, weight: N, grad: N, [mean, _]: [N; 2]) -> N {
        passed(grad - mean, weight)
    }
}

/// How much a term weighs beside the largest one, which has 1, and that to the power of `2 - alpha`.
///
/// With the largest result `q`, all are `q (1 + (alpha - 1) k (x - max))^p`, where `k = q^(1 - alpha)` and
/// `p = 1 / (alpha - 1)`. The threshold itself would lose digits: it is close to all numbers of a long row.
#[inline(always)]
fn shares<N: Number>(term: N, k: N, alpha: f64) -> [N; 2] {
    let v = (term * (alpha - 1.0) * k).max(N::literal(-1.0));
    let share = (v.ln_1p() * (alpha - 1.0).recip()).exp();
    let base = v + 1.0;
    // Only 0 and NaN are not above 0, and both are what they should become.
    [share, base.if_positive(share / base, base)]
}

/// `y^(2 - alpha)`, and 0 for 0.
#[inline(always)]
fn weight<N: Number>(y: N, alpha: f64) -> N {
    y.if_positive((y.ln() * (2.0 - alpha)).exp(), y)
}

/// The backward pass of any `alpha`.
macro_rules! backward {
    () => {
        #[inline(always)]
        fn weight<N: Number>(&self, y: N) -> N {
            weight(y, self.alpha)
        }

        #[inline(always)]
        fn gradient_sums<N: Number>(&self, weight: N, grad: N) -> [N; 3] {
            [passed(grad, weight), weight, N::literal(0.0)]
        }

        #[inline(always)]
        fn gradient_known<N: Number>(&self, [sum, weights, _]: [N; 3]) -> [N; 3] {
            [sum / weights, weights, weights]
        }

        #[inline(always)]
        fn gradient<N: Number>(&self, weight: N, grad: N, [mean, _, _]: [N; 3]) -> N {
            passed(grad - mean, weight)
        }
    };
}

/// With `alpha` below 2, and as good near 1, where `k` is 1 and the shares are exponentials. What is known of a row
/// is `k`, whether the iteration has turned, and the largest result.
#[derive(Clone, Debug)]
struct Soft {
    alpha: f64,
}

impl RowFormula<3> for Soft {
    #[inline(always)]
    fn start<N: Number>(&self) -> [N; 3] {
        [N::literal(1.0), N::literal(0.0), N::literal(1.0)]
    }

    #[inline(always)]
    fn rounds(&self, len: usize, epsilon: f64) -> usize {
        newton::steps((self.alpha - 1.0).recip(), len, epsilon)
    }

    #[inline(always)]
    fn sums<N: Number>(&self, term: N, [k, _, _]: [N; 3]) -> [N; 3] {
        let [share, slope] = shares(term, k, self.alpha);
        [share, slope, N::literal(0.0)]
    }

    #[inline(always)]
    fn next<N: Number>(
        &self,
        _shift: N,
        [k, turned, _]: [N; 3],
        [shares, slopes, _]: [N; 3],
    ) -> [N; 3] {
        // A step of the threshold, which is -1 / k.
        let excess = -(k * (shares.ln() * (1.0 - self.alpha)).exp()) + 1.0;
        let relative = shares / slopes * excess;
        let [k, turned] = newton::advance(k, turned, k * relative / (-relative + 1.0));
        [k, turned, shares.recip()]
    }

    #[inline(always)]
    fn value<N: Number>(&self, term: N, [k, _, largest]: [N; 3]) -> N {
        let [share, _] = shares(term, k, self.alpha);
        share * largest
    }

    backward!();
}

/// With `alpha` above 2, where the sum is not convex: the largest result, between 0 and 1, is halved for. What is
/// known of a row are its bounds and their middle.
///
/// Shares may be so steep there that their sum says less of the largest result than the bounds do.
#[derive(Clone, Debug)]
struct Hard {
    alpha: f64,
}

impl Hard {
    #[inline(always)]
    fn result<N: Number>(&self, term: N, largest: N) -> N {
        // The bound keeps 0 times infinity away from the largest number.
        let k = (largest.ln() * (1.0 - self.alpha)).exp();
        let [share, _] = shares(term, k.min(N::literal(1e30)), self.alpha);
        share * largest
    }
}

impl RowFormula<3> for Hard {
    #[inline(always)]
    fn start<N: Number>(&self) -> [N; 3] {
        [0.0, 1.0, 0.5].map(N::literal)
    }

    #[inline(always)]
    fn rounds(&self, len: usize, epsilon: f64) -> usize {
        // The largest result is not below 1 / len.
        (len as f64 / epsilon).log2().ceil() as usize + 1
    }

    #[inline(always)]
    fn sums<N: Number>(&self, term: N, [_, _, middle]: [N; 3]) -> [N; 3] {
        let zero = N::literal(0.0);
        [self.result(term, middle), zero, zero]
    }

    #[inline(always)]
    fn next<N: Number>(
        &self,
        _shift: N,
        [low, high, middle]: [N; 3],
        [sum, _, _]: [N; 3],
    ) -> [N; 3] {
        let excess = sum - 1.0;
        // No number, but NaN if the sum is.
        let nothing = excess * 0.0;
        let low = excess.if_positive(low, middle) + nothing;
        let high = excess.if_positive(middle, high);
        [low, high, (low + high) * 0.5]
    }

    #[inline(always)]
    fn value<N: Number>(&self, term: N, [_, _, middle]: [N; 3]) -> N {
        self.result(term, middle)
    }

    backward!();
}
