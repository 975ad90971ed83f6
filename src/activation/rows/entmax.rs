use burn::tensor::{AsIndex, Tensor};

use super::declare::rows;
use super::newton;
use super::sparsemax::SparsemaxConfig;
use crate::fused::{Number, RowFormula, Shared, apply_shared_rows, passed, shared_rows};
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
    }, check check
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

impl Entmax {
    /// Applies the activation to each row along the axis.
    ///
    /// # Panics
    ///
    /// When the tensor has no such axis.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        apply_shared_rows(|axis| self.function(axis), input, self.axis_of(D))
    }

    // Not generic and not inlined, so that the kernels are compiled with this crate.
    #[inline(never)]
    fn function(&self, axis: usize) -> Shared {
        let alpha = self.alpha;
        if alpha == 1.5 {
            shared_rows(Entmax15, axis)
        } else if alpha == 2.0 {
            shared_rows(SparsemaxConfig::new().init(), axis)
        } else if alpha < 2.0 {
            shared_rows(Soft { alpha }, axis)
        } else {
            shared_rows(Hard { alpha }, axis)
        }
    }
}

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

/// With `alpha` 1.5: squares and their root, no exponentials. What is known of a row is its threshold.
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
    fn next<N: Number>(&self, _shift: N, [tau, zero]: [N; 2], [squares, sum]: [N; 2]) -> [N; 2] {
        // Rounding must not lead back, or the iteration would never rest.
        [(tau + (squares - squares.sqrt()) / sum).max(tau), zero]
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

/// With `alpha` below 2, in a form that becomes softmax near 1: `y = (1 + (alpha - 1) (x - max - s))^p`, where
/// `p = 1 / (alpha - 1)`. What is known of a row is `s`, which is then the logarithm of a sum of exponentials.
#[derive(Clone, Debug)]
struct Soft {
    alpha: f64,
}

impl Soft {
    #[inline(always)]
    fn power(&self) -> f64 {
        (self.alpha - 1.0).recip()
    }

    /// `y` and `y^(2 - alpha)`.
    #[inline(always)]
    fn powers<N: Number>(&self, term: N, s: N) -> (N, N) {
        let v = ((term - s) * (self.alpha - 1.0)).max(N::literal(-1.0));
        let (y, base) = ((v.ln_1p() * self.power()).exp(), v + 1.0);
        // Only 0 and NaN are not above 0, and both are what they should become.
        (y, base.if_positive(y / base, base))
    }
}

impl RowFormula<2> for Soft {
    #[inline(always)]
    fn rounds(&self, len: usize, epsilon: f64) -> usize {
        newton::steps(self.power(), len, epsilon)
    }

    #[inline(always)]
    fn sums<N: Number>(&self, term: N, [s, _]: [N; 2]) -> [N; 2] {
        let (y, slope) = self.powers(term, s);
        [y, slope]
    }

    #[inline(always)]
    fn next<N: Number>(&self, _shift: N, [s, zero]: [N; 2], [sum, slopes]: [N; 2]) -> [N; 2] {
        // p (1 - sum^(-1/p)), which is ln(sum) for alpha 1.
        let power = self.power();
        let excess = -(sum.ln() * -(self.alpha - 1.0)).exp_m1() * power;
        // Rounding must not lead back, or the iteration would never rest.
        [(s + sum * excess / slopes).max(s), zero]
    }

    #[inline(always)]
    fn value<N: Number>(&self, term: N, [s, _]: [N; 2]) -> N {
        self.powers(term, s).0
    }

    #[inline(always)]
    fn weight<N: Number>(&self, y: N) -> N {
        weight(y, self.alpha)
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

/// `y^(2 - alpha)`, and 0 for 0.
#[inline(always)]
fn weight<N: Number>(y: N, alpha: f64) -> N {
    y.if_positive((y.ln() * (2.0 - alpha)).exp(), y)
}

/// With `alpha` above 2, where the sum is not convex. The largest result `q` is what is halved for: it is between 0
/// and 1, and the others are `q (1 + (alpha - 1) (x - max) / q^(alpha - 1))^p`. What is known of a row are the
/// bounds of `q`.
#[derive(Clone, Debug)]
struct Hard {
    alpha: f64,
}

impl Hard {
    #[inline(always)]
    fn value_at<N: Number>(&self, term: N, [low, high]: [N; 2]) -> N {
        let exponent = self.alpha - 1.0;
        let q = (low + high) * 0.5;
        // The bound keeps 0 times infinity away from the largest number.
        let scale = (q.ln() * -exponent).exp().min(N::literal(1e30));
        let base = (term * exponent * scale).max(N::literal(-1.0));
        q * (base.ln_1p() * exponent.recip()).exp()
    }
}

impl RowFormula<2> for Hard {
    #[inline(always)]
    fn start<N: Number>(&self) -> [N; 2] {
        [N::literal(0.0), N::literal(1.0)]
    }

    #[inline(always)]
    fn rounds(&self, len: usize, epsilon: f64) -> usize {
        // The largest result is not below 1 / len.
        (len as f64 / epsilon).log2().ceil() as usize + 1
    }

    #[inline(always)]
    fn sums<N: Number>(&self, term: N, bounds: [N; 2]) -> [N; 2] {
        [self.value_at(term, bounds), N::literal(0.0)]
    }

    #[inline(always)]
    fn next<N: Number>(&self, _shift: N, [low, high]: [N; 2], [sum, _]: [N; 2]) -> [N; 2] {
        let (q, excess) = ((low + high) * 0.5, sum - 1.0);
        // No number, but NaN if the sum is.
        let nothing = excess * 0.0;
        [
            excess.if_positive(low, q) + nothing,
            excess.if_positive(q, high) + nothing,
        ]
    }

    #[inline(always)]
    fn value<N: Number>(&self, term: N, bounds: [N; 2]) -> N {
        self.value_at(term, bounds)
    }

    #[inline(always)]
    fn weight<N: Number>(&self, y: N) -> N {
        weight(y, self.alpha)
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
