use super::declare::{any, rows};
use crate::fused::{Number, RowFormula, passed};

rows! {
    /// Log softmax: `y = x - m - ln(sum e^(x - m))` along an axis, with the row's largest number `m`.
    ///
    /// `dx = dy - e^y sum dy`. The backward pass keeps `y` and nothing else.
    ///
    /// Minus infinity stays what it is; a row of nothing else is NaN, as in PyTorch, and so is a row with infinity or NaN
    /// in it.
    ///
    /// Source: `torch.nn.LogSoftmax`.
    LogSoftmax, LogSoftmaxConfig {}, check any, named "log_softmax"
}

rows!(@forward LogSoftmax);

rows!(@function log_softmax, LogSoftmax, LogSoftmaxConfig);

impl RowFormula<1> for LogSoftmax {
    #[inline(always)]
    fn sums<N: Number>(&self, term: N, _known: [N; 1]) -> [N; 1] {
        [term.exp()]
    }

    #[inline(always)]
    fn next<N: Number>(&self, _shift: N, _known: [N; 1], [sum]: [N; 1]) -> [N; 1] {
        [sum.ln()]
    }

    #[inline(always)]
    fn value<N: Number>(&self, term: N, [logarithm]: [N; 1]) -> N {
        term - logarithm
    }

    #[inline(always)]
    fn gradient_sums<N: Number>(&self, _y: N, grad: N) -> [N; 1] {
        [grad]
    }

    #[inline(always)]
    fn gradient<N: Number>(&self, y: N, grad: N, [sum]: [N; 1]) -> N {
        grad - passed(sum, y.exp())
    }
}
