use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise};

/// What the exponential of a negative side sees: `x` up to zero, 0 above, where it would overflow.
///
/// A choice and not a minimum, so that the derivative at 0 is that of the left side, as in the libraries.
#[inline(always)]
fn left<N: Number>(x: N) -> N {
    x.if_positive(N::literal(0.0), x)
}

/// A quotient whose divisor is learned, bounded where `e^x - 1` is -1 in every float type: in the derivative by
/// the divisor, minus infinity times 0 is not a number.
#[inline(always)]
fn settled<N: Number>(x: N) -> N {
    x.max(N::literal(-800.0))
}

activation! {
    /// ELU, exponential linear unit: `x` for `x > 0`, else `alpha (e^x - 1)`.
    ///
    /// `f'(x) = 1` for `x > 0`, else `alpha e^x`
    ///
    /// Source: [Clevert et al.](https://arxiv.org/abs/1511.07289); `torch.nn.ELU`.
    Elu {
        /// The value far on the left is `-alpha`. Default: 1.
        alpha / with_alpha: Positive = 1.0,
    }, EluConfig, elu, []
}

impl Parametric<1> for Elu {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [alpha]: [N; 1]) -> N {
        x.if_positive(x, left(x).exp_m1() * alpha)
    }

    // Faster: no exponential.
    #[inline(always)]
    fn constant_slope_from_output<N: Number>(&self, y: N) -> Option<N> {
        Some(y.if_positive(N::literal(1.0), y + self.alpha))
    }
}

activation! {
    /// CELU, continuously differentiable ELU: `x` for `x > 0`, else `alpha (e^(x / alpha) - 1)`.
    ///
    /// `f'(x) = 1` for `x > 0`, else `e^(x / alpha)`
    ///
    /// Source: [Barron](https://arxiv.org/abs/1704.07483); `torch.nn.CELU`.
    Celu {
        /// The value far on the left is `-alpha`. Default: 1.
        alpha / with_alpha: Positive = 1.0,
    }, CeluConfig, celu, []
}

impl Celu {
    /// The value, with `u = x / alpha` on the left.
    #[inline(always)]
    fn value_of<N: Number>(x: N, u: N, alpha: N) -> N {
        x.if_positive(x, u.exp_m1() * alpha)
    }
}

impl Parametric<1> for Celu {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [alpha]: [N; 1]) -> N {
        Self::value_of(x, settled(left(x) / alpha), alpha)
    }

    // Faster: no bound.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, [alpha]: [N; 1]) -> N {
        Self::value_of(x, left(x) / alpha, alpha)
    }

    // Faster: no exponential.
    #[inline(always)]
    fn constant_slope_from_output<N: Number>(&self, y: N) -> Option<N> {
        Some(y.if_positive(N::literal(1.0), y / self.alpha + 1.0))
    }
}

activation! {
    /// SELU, scaled ELU: `f(x) = lambda x` for `x > 0`, else `lambda alpha (e^x - 1)`,
    /// with `lambda = 1.0507...` and `alpha = 1.6732...`, which keep mean 0 and variance 1.
    ///
    /// `f'(x) = lambda` for `x > 0`, else `lambda alpha e^x`
    ///
    /// Source: [Klambauer et al.](https://arxiv.org/abs/1706.02515); `torch.nn.SELU`.
    Selu, selu, [], gain 0.75
}

const SELU_LAMBDA: f64 = 1.050_700_987_355_480_5;
const SELU_LAMBDA_ALPHA: f64 = 1.758_099_340_847_376_8;

impl Pointwise for Selu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.if_positive(x * SELU_LAMBDA, left(x).exp_m1() * SELU_LAMBDA_ALPHA)
    }

    // Faster: no exponential.
    #[inline(always)]
    fn slope_from_output<N: Number>(&self, y: N) -> Option<N> {
        Some(y.if_positive(N::literal(SELU_LAMBDA), y + SELU_LAMBDA_ALPHA))
    }
}

activation! {
    /// PELU, parametric ELU with fixed parameters: `(a / b) x` for `x > 0`, else `a (e^(x / b) - 1)`.
    ///
    /// `f'(x) = a / b` for `x > 0`, else `(a / b) e^(x / b)`
    ///
    /// Source: [Trottier et al.](https://arxiv.org/abs/1605.09332)
    Pelu {
        /// The value far on the left is `-a`. Default: 1.
        a / with_a: Positive = 1.0,
        /// The width of the left side. Default: 1.
        b / with_b: Positive = 1.0,
    }, PeluConfig, pelu, []
}

impl Pelu {
    /// The value, with `u = x / b` on the left and `slope = a / b`.
    #[inline(always)]
    fn value_of<N: Number>(x: N, u: N, a: N, slope: N) -> N {
        x.if_positive(x * slope, u.exp_m1() * a)
    }

    /// The derivative of that.
    #[inline(always)]
    fn slope_of<N: Number>(x: N, u: N, slope: N) -> N {
        x.if_positive(slope, u.exp() * slope)
    }
}

impl Parametric<2> for Pelu {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [a, b]: [N; 2]) -> N {
        Self::value_of(x, settled(left(x) / b), a, a / b)
    }

    // Faster: one choice of a side.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [a, b]: [N; 2]) -> Option<N> {
        Some(Self::slope_of(x, left(x) / b, a / b))
    }

    // Faster: no bound. More exact: a slope that is rounded once.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, [a, b]: [N; 2]) -> N {
        let slope = N::literal(self.a / self.b);
        Self::value_of(x, left(x) / b, a, slope)
    }

    #[inline(always)]
    fn constant_slope<N: Number>(&self, x: N, [_, b]: [N; 2]) -> Option<N> {
        let slope = N::literal(self.a / self.b);
        Some(Self::slope_of(x, left(x) / b, slope))
    }
}

activation! {
    /// ELiSH, exponential linear sigmoid squashing: `x s` for `x >= 0`, else `(e^x - 1) s`, `s` the sigmoid.
    ///
    /// `f'(x) = s (1 + x (1 - s))` for `x >= 0`, else `s (e^x + (e^x - 1) (1 - s))`
    ///
    /// Source: [Basirat and Roth](https://arxiv.org/abs/1808.00783)
    Elish, elish, []
}

impl Pointwise for Elish {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.if_positive(x, left(x).exp_m1()) * x.sigmoid()
    }

    // Faster: fewer choices of a side, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let (s, rest) = (x.sigmoid(), (-x).sigmoid());
        let e = left(x).exp();
        let right = x.min(N::literal(800.0)) * rest + 1.0;
        s * x.if_positive(right, e + (e - 1.0) * rest)
    }
}

activation! {
    /// Hard ELiSH: `x g` for `x >= 0`, else `(e^x - 1) g`, with `g = clamp((x + 1) / 2, 0, 1)`.
    ///
    /// `f'(x)` is 0 below -1, `(e^x (x + 2) - 1) / 2` to 0, `x + 1/2` to 1, and 1 above.
    ///
    /// Source: [Basirat and Roth](https://arxiv.org/abs/1808.00783)
    HardElish, hard_elish, []
}

impl Pointwise for HardElish {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.if_positive(x, left(x).exp_m1()) * (x * 0.5 + 0.5).clamp(0.0, 1.0)
    }

    // Faster: fewer choices of a side, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let u = x.clamp(-1.0, 0.0);
        let inside = (x + 1.0).heaviside();
        let negative = inside.if_positive((u.exp() * (u + 2.0) - 1.0) * 0.5, inside);
        let positive = (x - 1.0).if_negative(x + 0.5, N::literal(1.0));
        x.if_positive(positive, negative)
    }
}
