use super::declare::{any, rows};
use super::newton;
use crate::fused::{Number, RowFormula, passed};

rows! {
    /// Sparsemax: `y = max(x - tau, 0)` along an axis, with the threshold `tau` for which a row's sum is 1.
    ///
    /// `dx = dy - c` where `y > 0`, with the mean `c` of `dy` over all these; 0 elsewhere. The backward pass keeps `y`
    /// and nothing else. The threshold is found without sorting: Newton's iteration, whose last step is exact.
    ///
    /// Minus infinity gives 0; a row of nothing else is NaN, and so is a row with infinity or NaN in it.
    ///
    /// Source: [Martins and Astudillo](https://arxiv.org/abs/1602.02068); `entmax.sparsemax`.
    Sparsemax, SparsemaxConfig {}, check any, named "sparsemax"
}

rows!(@forward Sparsemax);

rows!(@function sparsemax, Sparsemax, SparsemaxConfig);

/// What is known of a row is its threshold, and whether the iteration has turned.
impl RowFormula<2> for Sparsemax {
    #[inline(always)]
    fn start<N: Number>(&self) -> [N; 2] {
        [N::literal(-1.0), N::literal(0.0)]
    }

    #[inline(always)]
    fn rounds(&self, len: usize, epsilon: f64) -> usize {
        newton::steps(1.0, len, epsilon)
    }

    #[inline(always)]
    fn sums<N: Number>(&self, term: N, [tau, _]: [N; 2]) -> [N; 2] {
        let over = (term - tau).max(N::literal(0.0));
        [over, over.heaviside()]
    }

    #[inline(always)]
    fn next<N: Number>(&self, _shift: N, [tau, turned]: [N; 2], [sum, count]: [N; 2]) -> [N; 2] {
        newton::advance(tau, turned, (sum - 1.0) / count)
    }

    #[inline(always)]
    fn value<N: Number>(&self, term: N, [tau, _]: [N; 2]) -> N {
        (term - tau).max(N::literal(0.0))
    }

    #[inline(always)]
    fn gradient_sums<N: Number>(&self, y: N, grad: N) -> [N; 2] {
        let support = y.heaviside();
        [passed(grad, support), support]
    }

    #[inline(always)]
    fn gradient_known<N: Number>(&self, [sum, count]: [N; 2]) -> [N; 2] {
        [sum / count, count]
    }

    #[inline(always)]
    fn gradient<N: Number>(&self, y: N, grad: N, [mean, _]: [N; 2]) -> N {
        passed(grad - mean, y.heaviside())
    }
}
