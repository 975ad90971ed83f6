use super::declare::activation;
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

impl Pointwise for Softplus {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // The straight part as it is: beta x may overflow where x does not.
        let curve = (x.abs() * -self.beta).exp().ln_1p() / self.beta;
        x.max(N::literal(0.0)) + curve
    }

    // Faster: the sigmoid alone; exact at 0, where the value has a seam.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        (x * self.beta).sigmoid()
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
    fn parts<N: Number>(&self, x: N) -> (N, N) {
        let a = x.abs();
        let bounded = a.min(N::literal(1e15));
        let root = bounded.mul_add(bounded, N::literal(self.b)).sqrt().max(a);
        // On the left x + root cancels, and its conjugate does not.
        let left = N::literal(0.5 * self.b) / (root + a);
        let side = x + 0.25 * self.b.sqrt();
        (side.if_negative(left, x * 0.5 + root * 0.5), root)
    }
}

impl Pointwise for Squareplus {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        self.parts(x).0
    }

    // Faster: from the value and its root.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let (value, root) = self.parts(x.clamp(-1e18, 1e18));
        value / root
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

impl Pointwise for SoftClip {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        if self.alpha < 1.0 {
            // The two are nearly equal: the logarithm of their quotient.
            let right = ((x - 1.0) * self.alpha).sigmoid();
            return (right * N::literal(self.alpha).exp_m1()).ln_1p() / self.alpha;
        }
        // Two softplus of large numbers cancel; their straight parts leave clamp(x, 0, 1).
        let low = (x.abs() * -self.alpha).exp().ln_1p();
        let high = ((x - 1.0).abs() * -self.alpha).exp().ln_1p();
        x.clamp(0.0, 1.0) + (low - high) / self.alpha
    }

    // Faster: two sigmoids; exact at 0 and 1, where the value has seams.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let right = ((-x + 1.0) * self.alpha).sigmoid();
        // As a number of the formula it is worked out once, where a function of `f64` is called for each x.
        (x * self.alpha).sigmoid() * right * -N::literal(-self.alpha).exp_m1()
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
