use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise};

/// Beyond 800 the sigmoid is 0 or 1 in every float type. Bounding keeps infinity out of products.
pub(super) const TAIL: f64 = 800.0;

/// `factor s(x)`, rounded once less than a product with the sigmoid.
#[inline(always)]
pub(super) fn gated<N: Number>(factor: N, x: N) -> N {
    let e = (-x.abs()).exp();
    x.if_negative(factor * e, factor) / (e + 1.0)
}

/// `s (1 + x (1 - s))`, the derivative of SiLU.
///
/// Its values at `x` and `-x` add up to 1, and on the left they are small: so are their errors.
#[inline(always)]
fn silu_slope<N: Number>(x: N) -> N {
    let a = x.abs().min(N::literal(TAIL));
    let e = (-a).exp();
    let s = (e + 1.0).recip();
    let left = e * s * (-a).mul_add(s, N::literal(1.0));
    x.if_positive(-left + 1.0, left)
}

activation! {
    /// SiLU, sigmoid linear unit: `f(x) = x s` with `s` the sigmoid, `f'(x) = s (1 + x (1 - s))`.
    ///
    /// Source: [Elfwing et al.](https://arxiv.org/abs/1702.03118); `torch.nn.SiLU`.
    Silu, silu, []
}

impl Pointwise for Silu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        gated(x.max(N::literal(-TAIL)), x)
    }

    // Faster: by symmetry, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        silu_slope(x)
    }
}

activation! {
    /// Swish: `f(x) = x s(beta x)` with `s` the sigmoid, `f'(x) = s (1 + beta x (1 - s))`.
    ///
    /// Source: [Ramachandran et al.](https://arxiv.org/abs/1710.05941); ONNX. With `beta = 1` it is
    /// [`Silu`], with `beta = 1.702` [`QuickGelu`].
    Swish {
        /// The sharpness. Default: 1.
        beta / with_beta: Positive = 1.0,
    }, SwishConfig, swish, []
}

impl Parametric<1> for Swish {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [beta]: [N; 1]) -> N {
        // Minus infinity times 0 is not a number.
        gated(x.max(N::literal(-3e38)), x * beta)
    }

    // Faster: by symmetry, and finite at infinity.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [beta]: [N; 1]) -> Option<N> {
        Some(silu_slope(x * beta))
    }
}

activation! {
    /// Quick GELU: `f(x) = x s(1.702 x)` with `s` the sigmoid, `f'(x) = s (1 + 1.702 x (1 - s))`.
    ///
    /// Source: [Hendrycks and Gimpel](https://arxiv.org/abs/1606.08415); CLIP, timm.
    QuickGelu, quick_gelu, []
}

impl Pointwise for QuickGelu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        Swish { beta: 1.702 }.value(x)
    }

    // Faster: by symmetry, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        Swish { beta: 1.702 }.slope(x)
    }
}

activation! {
    /// dSiLU, the derivative of SiLU as an activation: `f(x) = s (1 + x (1 - s))` with `s` the sigmoid.
    ///
    /// `f'(x) = s (1 - s) (2 + x (1 - 2 s))`
    ///
    /// Source: [Elfwing et al.](https://arxiv.org/abs/1702.03118)
    DSilu, dsilu, []
}

impl Pointwise for DSilu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        silu_slope(x)
    }

    // Faster: no choice of a side, and exact at 0.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let (s, rest) = (x.sigmoid(), (-x).sigmoid());
        s * rest * (x.clamp(-TAIL, TAIL) * (rest - s) + 2.0)
    }
}

activation! {
    /// Hard swish: `f(x) = x clamp(x / 6 + 1/2, 0, 1)`; `f'(x) = x / 3 + 1/2` inside, 0 on the left, 1 on the right.
    ///
    /// Source: [MobileNetV3](https://arxiv.org/abs/1905.02244); `torch.nn.Hardswish`.
    HardSwish, hard_swish, []
}

impl Pointwise for HardSwish {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.max(N::literal(-3.0)) * ((x + 3.0).clamp(0.0, 6.0) * (1.0 / 6.0))
    }

    // More exact: rounded once less, and finite at infinity. 1 at 3, as in PyTorch.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let left = x + 3.0;
        let middle = left.if_positive(x * (1.0 / 3.0) + 0.5, left.heaviside());
        (x - 3.0).if_negative(middle, N::literal(1.0))
    }
}
