use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise};

activation! {
    /// Softsign: `f(x) = x / (1 + |x|)`, `f'(x) = 1 / (1 + |x|)^2`.
    ///
    /// Source: Bergstra et al. (2009); `torch.nn.Softsign`.
    Softsign, softsign, []
}

impl Pointwise for Softsign {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // The bound makes infinity 1, not NaN.
        let x = x.clamp(-1e30, 1e30);
        x / (x.abs() + 1.0)
    }

    // Faster: one fraction, where the rule for quotients adds two.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        (x.abs() + 1.0).recip().square()
    }
}

activation! {
    /// Elliot's activation: softsign moved to lie between 0 and 1.
    ///
    /// `f(x) = x / (2 (1 + |x|)) + 1/2`, `f'(x) = 1 / (2 (1 + |x|)^2)`
    ///
    /// Source: Elliott (1993).
    Elliot, elliot, ["elliott"]
}

impl Pointwise for Elliot {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        Softsign.value(x) * 0.5 + 0.5
    }

    // Faster: that of softsign by hand.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        Softsign.slope(x) * 0.5
    }
}

activation! {
    /// Inverse tangent: `f(x) = atan x`, `f'(x) = 1 / (1 + x^2)`.
    Arctan, arctan, ["atan"]
}

impl Pointwise for Arctan {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.atan()
    }
}

activation! {
    /// Inverse hyperbolic sine: `f(x) = asinh x`, `f'(x) = 1 / sqrt(1 + x^2)`.
    Arsinh, arsinh, ["asinh"]
}

impl Pointwise for Arsinh {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // asinh a = ln(1 + a + a^2 / (1 + r)) with r = sqrt(1 + a^2); beyond 1e8 it is ln 2a.
        let a = x.abs();
        let bounded = a.min(N::literal(1e8));
        let square = bounded.square();
        let small = bounded + square / ((square + 1.0).sqrt() + 1.0);
        let far = a - 1e8;
        let value = far.if_positive(a, small).ln_1p()
            + far.if_positive(N::literal(core::f64::consts::LN_2), N::literal(0.0));
        x.if_negative(-value, value)
    }

    // Faster: no choice of a side; exact at 0, where the value has a seam.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        (x.square() + 1.0).sqrt().recip()
    }
}

activation! {
    /// ISRU, inverse square root unit: `f(x) = x / sqrt(1 + alpha x^2)`, `f'(x) = (1 + alpha x^2)^(-3/2)`.
    ///
    /// Source: [Carlile et al.](https://arxiv.org/abs/1710.09967)
    Isru {
        /// The saturation: `f` tends to `1 / sqrt(alpha)`. Default: 1.
        alpha / with_alpha: Positive = 1.0,
    }, IsruConfig, isru, []
}

/// ISRU and its derivative, of `x` and the root of `alpha`.
impl Isru {
    /// `sqrt(alpha) x`, bounded so that its square stays finite, and `1 + alpha x^2`.
    #[inline(always)]
    fn parts<N: Number>(x: N, root: N) -> (N, N) {
        let u = (x * root).clamp(-1e9, 1e9);
        (u, u.mul_add(u, N::literal(1.0)))
    }

    #[inline(always)]
    fn value_of<N: Number>(x: N, root: N) -> N {
        let (u, square) = Self::parts(x, root);
        u / square.sqrt() / root
    }

    #[inline(always)]
    fn slope_of<N: Number>(x: N, root: N) -> N {
        let (_, square) = Self::parts(x, root);
        (square * square.sqrt()).recip()
    }
}

impl Parametric<1> for Isru {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [alpha]: [N; 1]) -> N {
        Self::value_of(x, alpha.sqrt())
    }

    // Faster: one root and one division.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [alpha]: [N; 1]) -> Option<N> {
        Some(Self::slope_of(x, alpha.sqrt()))
    }

    // Faster and more exact: a root that is worked out once, in `f64`.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, _alpha: [N; 1]) -> N {
        Self::value_of(x, N::literal(self.alpha.sqrt()))
    }

    #[inline(always)]
    fn constant_slope<N: Number>(&self, x: N, _alpha: [N; 1]) -> Option<N> {
        Some(Self::slope_of(x, N::literal(self.alpha.sqrt())))
    }
}

activation! {
    /// ISRLU, inverse square root linear unit: `x` for `x >= 0`, [`Isru`] below.
    ///
    /// Source: [Carlile et al.](https://arxiv.org/abs/1710.09967)
    Isrlu {
        /// The saturation on the left: `f` tends to `-1 / sqrt(alpha)`. Default: 1.
        alpha / with_alpha: Positive = 1.0,
    }, IsrluConfig, isrlu, []
}

/// ISRLU and its derivative, of `x` and the root of `alpha`.
impl Isrlu {
    #[inline(always)]
    fn value_of<N: Number>(x: N, root: N) -> N {
        x.if_positive(x, Isru::value_of(x, root))
    }

    #[inline(always)]
    fn slope_of<N: Number>(x: N, root: N) -> N {
        x.if_positive(N::literal(1.0), Isru::slope_of(x, root))
    }
}

impl Parametric<1> for Isrlu {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [alpha]: [N; 1]) -> N {
        Self::value_of(x, alpha.sqrt())
    }

    // Faster: one root and one division.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [alpha]: [N; 1]) -> Option<N> {
        Some(Self::slope_of(x, alpha.sqrt()))
    }

    // Faster and more exact: a root that is worked out once, in `f64`.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, _alpha: [N; 1]) -> N {
        Self::value_of(x, N::literal(self.alpha.sqrt()))
    }

    #[inline(always)]
    fn constant_slope<N: Number>(&self, x: N, _alpha: [N; 1]) -> Option<N> {
        Some(Self::slope_of(x, N::literal(self.alpha.sqrt())))
    }
}
