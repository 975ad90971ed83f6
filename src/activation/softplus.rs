use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise};

activation! {
    /// Softplus, a smooth ReLU: `f(x) = ln(1 + e^(beta x)) / beta`, `f'(x) = 1 / (1 + e^(-beta x))`.
    ///
    /// Source: Dugas et al. (2001); `torch.nn.Softplus`, but without its threshold: it needs none.
    Softplus {
        /// The sharpness. Default: 1.
        beta / with_beta: Positive = 1.0,
    }, SoftplusConfig, softplus, []
}

impl Parametric<1> for Softplus {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [beta]: [N; 1]) -> N {
        // The straight part as it is: beta x may overflow where x does not.
        let curve = (x.abs() * -beta).exp().ln_1p() / beta;
        x.max(N::literal(0.0)) + curve
    }

    // Faster: the sigmoid alone; exact at 0, where the value has a seam.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [beta]: [N; 1]) -> Option<N> {
        Some((x * beta).sigmoid())
    }
}

activation! {
    /// Shifted softplus: `f(x) = ln(1 + e^x) - ln 2`, which is 0 at 0; `f'(x) = 1 / (1 + e^-x)`.
    ///
    /// Source: [SchNet](https://arxiv.org/abs/1706.08566)
    ShiftedSoftplus, shifted_softplus, []
}

impl Pointwise for ShiftedSoftplus {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // ln((1 + e^-|x|) / 2) as a logarithm of 1 plus something small: exact near 0.
        x.max(N::literal(0.0)) + ((-x.abs()).exp_m1() * 0.5).ln_1p()
    }

    // Faster: the sigmoid alone; exact at 0, where the value has a seam.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        x.sigmoid()
    }
}

activation! {
    /// Log cosh: `f(x) = ln(cosh x) = |x| + ln(1 + e^(-2|x|)) - ln 2`, `f'(x) = tanh x`.
    ///
    /// Source: NNlib, `keras.losses.LogCosh`.
    LogCosh, logcosh, ["log_cosh"]
}

impl Pointwise for LogCosh {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        let a = x.abs();
        a + ((a * -2.0).exp_m1() * 0.5).ln_1p()
    }

    // Faster: the hyperbolic tangent alone.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        x.tanh()
    }
}

activation! {
    /// Squareplus, an algebraic softplus: `f(x) = (x + sqrt(x^2 + b)) / 2`, `f'(x) = (1 + x / sqrt(x^2 + b)) / 2`.
    ///
    /// Source: [Barron](https://arxiv.org/abs/2112.11687); `keras.activations.squareplus`, `jax.nn.squareplus`.
    Squareplus {
        /// The softness: `f(0) = sqrt(b) / 2`. Default: 4.
        b / with_b: Positive = 4.0,
    }, SquareplusConfig, squareplus, []
}

impl Squareplus {
    /// `f` and `sqrt(x^2 + b)`; beyond 1e15 the root is `|x|`, and the square would overflow.
    #[inline(always)]
    fn parts<N: Number>(x: N, b: N) -> (N, N) {
        let a = x.abs();
        // The bound is beyond the switch: at a bound the derivative is 0.
        let bounded = a.min(N::literal(2e15));
        let root = bounded.mul_add(bounded, b).sqrt();
        let root = (a - 1e15).if_positive(a, root);
        // On the left x + root cancels, and its conjugate does not.
        let left = b * 0.5 / (root + a);
        let side = b.sqrt() * 0.25 + x;
        (side.if_negative(left, x * 0.5 + root * 0.5), root)
    }
}

impl Parametric<1> for Squareplus {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [b]: [N; 1]) -> N {
        Self::parts(x, b).0
    }

    // Faster: from the value and its root.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [b]: [N; 1]) -> Option<N> {
        let (value, root) = Self::parts(x.clamp(-1e18, 1e18), b);
        Some(value / root)
    }
}

activation! {
    /// Sparse plus: 0 for `x <= -1`, `(x + 1)^2 / 4` between, `x` for `x >= 1`; `f'(x) = clamp((x + 1) / 2, 0, 1)`.
    ///
    /// Source: `keras.activations.sparse_plus`, `jax.nn.sparse_plus`.
    SparsePlus, sparse_plus, []
}

impl Pointwise for SparsePlus {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        let middle = (x.max(N::literal(-1.0)) * 0.5 + 0.5).square();
        (x - 1.0).if_positive(x, middle)
    }
}

activation! {
    /// Soft clipping to the interval from 0 to 1.
    ///
    /// `f(x) = (sp(alpha x) - sp(alpha (x - 1))) / alpha` with `sp` the softplus;
    /// `f'(x) = s(alpha x) - s(alpha (x - 1)) = (1 - e^-alpha) s(alpha x) s(alpha (1 - x))` with `s` the sigmoid
    ///
    /// Source: [Klimek and Perelstein](https://arxiv.org/abs/1810.11509)
    SoftClip {
        /// The sharpness. Default: 1.
        alpha / with_alpha: Positive = 1.0,
    }, SoftClipConfig, soft_clip, ["soft_clipping"]
}

impl SoftClip {
    /// For an `alpha` below 1, where the two softplus are nearly equal: the logarithm of their quotient.
    #[inline(always)]
    fn gentle<N: Number>(x: N, alpha: N) -> N {
        let right = ((x - 1.0) * alpha).sigmoid();
        (right * alpha.exp_m1()).ln_1p() / alpha
    }

    /// For one from 1 on, where two large numbers would cancel: their straight parts leave `clamp(x, 0, 1)`.
    #[inline(always)]
    fn steep<N: Number>(x: N, alpha: N) -> N {
        let low = (x.abs() * -alpha).exp().ln_1p();
        let high = ((x - 1.0).abs() * -alpha).exp().ln_1p();
        x.clamp(0.0, 1.0) + (low - high) / alpha
    }
}

impl Parametric<1> for SoftClip {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [alpha]: [N; 1]) -> N {
        (alpha - 1.0).if_negative(Self::gentle(x, alpha), Self::steep(x, alpha))
    }

    // Faster: two sigmoids; exact at 0 and 1, where the value has seams.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [alpha]: [N; 1]) -> Option<N> {
        let right = ((-x + 1.0) * alpha).sigmoid();
        Some((x * alpha).sigmoid() * right * -(-alpha).exp_m1())
    }

    // Faster: the branch that is not taken is not worked out.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, [alpha]: [N; 1]) -> N {
        if self.alpha < 1.0 {
            Self::gentle(x, alpha)
        } else {
            Self::steep(x, alpha)
        }
    }
}

activation! {
    /// Exponential: `f(x) = e^x`, `f'(x) = e^x`.
    ///
    /// Source: `keras.activations.exponential`.
    Exponential, exponential, ["exp"]
}

impl Pointwise for Exponential {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.exp()
    }

    // Faster: no exponential.
    #[inline(always)]
    fn slope_from_output<N: Number>(&self, y: N) -> Option<N> {
        Some(y)
    }
}
