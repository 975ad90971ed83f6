use super::declare::{any, exponentials, rows};
use crate::fused::{Number, RowFormula, passed};

rows! {
    /// Quiet softmax: `y = e^x / (1 + sum e^x)` along an axis, a softmax that can say nothing.
    ///
    /// Worked out as `e^(x - m) / (e^-m + sum e^(x - m))` with `m = max(0, max x)`, so that nothing overflows and small
    /// results stay. `dx = y (dy - sum y dy)`. The backward pass keeps `y` and nothing else.
    ///
    /// Minus infinity gives 0, also a row of nothing else; a row with infinity or NaN in it is NaN.
    ///
    /// Source: Miller, "Attention is off by one" (2023); PyTorch's `add_zero_attn`.
    QuietSoftmax, QuietSoftmaxConfig {}, check any, named "quiet_softmax"
}

rows!(@forward QuietSoftmax);

rows!(@function quiet_softmax, QuietSoftmax, QuietSoftmaxConfig);

impl RowFormula<1> for QuietSoftmax {
    #[inline(always)]
    fn shift<N: Number>(&self, max: N) -> N {
        max.max(N::literal(0.0))
    }

    #[inline(always)]
    fn term<N: Number>(&self, x: N, shift: N) -> N {
        (x - shift).exp()
    }

    #[inline(always)]
    fn next<N: Number>(&self, shift: N, _known: [N; 1], [sum]: [N; 1]) -> [N; 1] {
        [(sum + (-shift).exp()).recip()]
    }

    exponentials!();

    #[inline(always)]
    fn gradient<N: Number>(&self, y: N, grad: N, [sum]: [N; 1]) -> N {
        passed(grad - sum, y)
    }
}
