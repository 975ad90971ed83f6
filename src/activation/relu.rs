use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise};

activation! {
    /// Rectified linear unit: `f(x) = max(x, 0)`; `f'(x) = 1` for `x > 0`, else 0.
    ///
    /// Source: `torch.nn.ReLU`; the derivative at 0 is 0, as there.
    Relu, relu, [], gain core::f64::consts::SQRT_2
}

impl Pointwise for Relu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.max(N::literal(0.0))
    }

    // Leaner: the next layer keeps the output anyway, and the input can go.
    #[inline(always)]
    fn slope_from_output<N: Number>(&self, y: N) -> Option<N> {
        Some(y.heaviside())
    }
}

activation! {
    /// ReLU capped at 6: `f(x) = clamp(x, 0, 6)`; `f'(x) = 1` strictly inside, else 0.
    ///
    /// Source: `torch.nn.ReLU6`.
    Relu6, relu6, [], gain core::f64::consts::SQRT_2
}

impl Pointwise for Relu6 {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.clamp(0.0, 6.0)
    }
}

activation! {
    /// Leaky ReLU: `f(x) = x` for `x > 0`, else `negative_slope x`.
    ///
    /// Source: Maas et al. (2013); `torch.nn.LeakyReLU`.
    LeakyRelu {
        /// The slope on the left. Default: 0.01.
        negative_slope / with_negative_slope: Finite = 0.01,
    }, LeakyReluConfig, leaky_relu, ["lrelu"], gain core::f64::consts::SQRT_2
}

impl Parametric<1> for LeakyRelu {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [negative_slope]: [N; 1]) -> N {
        x.if_positive(x, x * negative_slope)
    }
}

activation! {
    /// Thresholded ReLU: `f(x) = x` for `x > theta`, else 0; `f'(x) = 1` for `x > theta`, else 0.
    ///
    /// Source: [Konda et al.](https://arxiv.org/abs/1402.3337), Keras 2, ONNX.
    ThresholdedRelu {
        /// The threshold. Default: 1.
        theta / with_theta: Finite = 1.0,
    }, ThresholdedReluConfig, thresholded_relu, ["trelu"]
}

impl Parametric<1> for ThresholdedRelu {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [theta]: [N; 1]) -> N {
        let above = x - theta;
        above.if_positive(x, above.heaviside())
    }
}

activation! {
    /// Squared ReLU: `f(x) = max(x, 0)^2`, `f'(x) = 2 max(x, 0)`.
    ///
    /// Source: So et al., [Primer](https://arxiv.org/abs/2109.08668).
    SquaredRelu, squared_relu, ["relu2", "relu_squared"]
}

impl Pointwise for SquaredRelu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.max(N::literal(0.0)).square()
    }
}

activation! {
    /// StarReLU: squared ReLU, scaled and shifted to mean 0 and variance 1 for a normal input.
    ///
    /// `f(x) = scale max(x, 0)^2 + bias`, `f'(x) = 2 scale max(x, 0)`
    ///
    /// Source: Yu et al., [MetaFormer baselines](https://arxiv.org/abs/2210.13452).
    StarRelu {
        /// The factor. Default: 0.8944.
        scale / with_scale: Finite = 0.8944,
        /// The shift. Default: -0.4472.
        bias / with_bias: Finite = -0.4472,
    }, StarReluConfig, star_relu, []
}

impl Parametric<2> for StarRelu {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [scale, bias]: [N; 2]) -> N {
        let x = x.max(N::literal(0.0));
        // The square alone may overflow where the result does not.
        (x * scale).mul_add(x, bias)
    }

    // Faster: one term, where the rule for products adds two.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [scale, _]: [N; 2]) -> Option<N> {
        Some(x.max(N::literal(0.0)) * (scale * 2.0))
    }
}

activation! {
    /// RePU, rectified power unit of degree 3: `f(x) = max(x, 0)^3`, `f'(x) = 3 max(x, 0)^2`.
    ///
    /// Degree 2 is [`SquaredRelu`], degree 1 [`Relu`].
    ///
    /// Source: [Li et al.](https://arxiv.org/abs/1909.05136)
    Repu3, repu3, ["repu", "cubed_relu"]
}

impl Pointwise for Repu3 {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        let x = x.max(N::literal(0.0));
        x.square() * x
    }

    // Faster: one term, where the rule for products adds two.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        x.max(N::literal(0.0)).square() * 3.0
    }
}

activation! {
    /// Natural-logarithm ReLU: `f(x) = ln(1 + beta max(x, 0))`; `f'(x) = beta / (1 + beta x)` for `x > 0`.
    ///
    /// Source: [Liu et al.](https://arxiv.org/abs/1908.03682)
    NlRelu {
        /// The slope at 0. Default: 1.
        beta / with_beta: Positive = 1.0,
    }, NlReluConfig, nlrelu, ["nl_relu"]
}

impl Parametric<1> for NlRelu {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [beta]: [N; 1]) -> N {
        (x.max(N::literal(0.0)) * beta).ln_1p()
    }

    // Right far out too, where beta x may overflow: there ln(1 + beta x) is ln beta + ln x.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, [beta]: [N; 1]) -> N {
        let (factor, shift) = match self.beta > 1.0 {
            true => (1.0, self.beta.ln()),
            false => (self.beta, 0.0),
        };
        let far = x - 1e17;
        let x = x.max(N::literal(0.0));
        far.if_positive(x * factor, x * beta).ln_1p()
            + far.if_positive(N::literal(shift), N::literal(0.0))
    }
}
