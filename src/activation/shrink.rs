use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise};

activation! {
    /// Soft shrinkage: `f(x) = x - clamp(x, -lambda, lambda)`; `f'(x) = 1` for `|x| > lambda`, else 0.
    ///
    /// Source: `torch.nn.Softshrink`.
    SoftShrink {
        /// The half-width of the flat middle. Default: 0.5.
        lambda / with_lambda: NonNegative = 0.5,
    }, SoftShrinkConfig, soft_shrink, []
}

impl Parametric<1> for SoftShrink {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [lambda]: [N; 1]) -> N {
        x - x.max(-lambda).min(lambda)
    }

    // Exact at both ends of the middle: 0, as in PyTorch.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [lambda]: [N; 1]) -> Option<N> {
        Some((x.abs() - lambda).heaviside())
    }
}

activation! {
    /// Hard shrinkage: `f(x) = x` for `|x| > lambda`, else 0; `f'(x) = 1` for `|x| > lambda`, else 0.
    ///
    /// Source: `torch.nn.Hardshrink`.
    HardShrink {
        /// The half-width of the flat middle. Default: 0.5.
        lambda / with_lambda: NonNegative = 0.5,
    }, HardShrinkConfig, hard_shrink, []
}

impl Parametric<1> for HardShrink {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [lambda]: [N; 1]) -> N {
        let outside = x.abs() - lambda;
        outside.if_positive(x, outside.heaviside())
    }
}

activation! {
    /// Shrinkage with a bias of its own: `x - bias` for `x > lambda`, `x + bias` for `x < -lambda`, else 0.
    ///
    /// `f'(x) = 1` for `|x| > lambda`, else 0
    ///
    /// Source: ONNX; [`SoftShrink`] has `bias = lambda`, [`HardShrink`] `bias = 0`.
    Shrink {
        /// The half-width of the flat middle. Default: 0.5.
        lambda / with_lambda: NonNegative = 0.5,
        /// How far the outer parts move towards 0. Default: 0.5.
        bias / with_bias: Finite = 0.5,
    }, ShrinkConfig, shrink, []
}

impl Parametric<2> for Shrink {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [lambda, bias]: [N; 2]) -> N {
        let outside = x.abs() - lambda;
        let moved = x.if_positive(x - bias, x + bias);
        outside.if_positive(moved, outside.heaviside())
    }
}

activation! {
    /// Tanh shrinkage: `f(x) = x - tanh x`, `f'(x) = tanh^2 x`.
    ///
    /// Source: `torch.nn.Tanhshrink`.
    TanhShrink, tanhshrink, []
}

impl Pointwise for TanhShrink {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x - x.tanh()
    }

    // More exact: a difference of numbers near 1 loses what is small.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        x.tanh().square()
    }
}
