use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise};
use crate::registry::SpecError;

activation! {
    /// Hyperbolic tangent: `f(x) = t = tanh x`, `f'(x) = 1 - t^2`.
    Tanh, tanh, [], gain 5.0 / 3.0
}

impl Pointwise for Tanh {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.tanh()
    }

    // Faster: no exponential.
    #[inline(always)]
    fn slope_from_output<N: Number>(&self, y: N) -> Option<N> {
        Some(-y.square() + 1.0)
    }
}

activation! {
    /// Scaled hyperbolic tangent: `f(x) = alpha tanh(beta x)`, `f'(x) = alpha beta (1 - tanh^2(beta x))`.
    ///
    /// Source: ONNX; the defaults are LeCun's,
    /// [Efficient BackProp](http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf).
    ScaledTanh {
        /// The height. Default: 1.7159.
        alpha / with_alpha: Positive = 1.7159,
        /// The slope at 0 over the height. Default: 2/3.
        beta / with_beta: Positive = 0.6666666666666666,
    }, ScaledTanhConfig, scaled_tanh, ["lecun_tanh"]
}

impl ScaledTanh {
    /// `x`, bounded where the derivative is 0 in every float type.
    #[inline(always)]
    fn bounded<N: Number>(x: N, beta: N) -> N {
        let bound = (N::literal(400.0) / beta).abs();
        x.max(-bound).min(bound)
    }
}

impl Parametric<2> for ScaledTanh {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [alpha, beta]: [N; 2]) -> N {
        (Self::bounded(x, beta) * beta).tanh() * alpha
    }

    // Faster: the bound needs no choice of its own.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [alpha, beta]: [N; 2]) -> Option<N> {
        Some((Self::bounded(x, beta) * beta).sech_squared() * (alpha * beta))
    }

    // More exact: constants such as 2/3 are no numbers of an `f32`.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, [_, beta]: [N; 2]) -> N {
        let inner = Self::bounded(x, beta).times(self.beta);
        inner.tanh().times(self.alpha)
    }

    #[inline(always)]
    fn constant_slope<N: Number>(&self, x: N, [_, beta]: [N; 2]) -> Option<N> {
        let inner = Self::bounded(x, beta).times(self.beta);
        Some(inner.sech_squared() * (self.alpha * self.beta))
    }
}

activation! {
    /// Hard tanh: `f(x) = clamp(x, min, max)`; `f'(x) = 1` strictly inside, else 0.
    ///
    /// Source: `torch.nn.Hardtanh`.
    HardTanh {
        /// The lowest value. Default: -1.
        min / with_min: Finite = -1.0,
        /// The highest value, greater than the lowest. Default: 1.
        max / with_max: Finite = 1.0,
    }, HardTanhConfig, hard_tanh, [], check ordered
}

/// `Ok` if there is something between the bounds, as PyTorch demands.
fn ordered(config: &HardTanhConfig) -> Result<(), SpecError> {
    if config.max > config.min {
        Ok(())
    } else {
        Err(SpecError::out_of_range(
            "HardTanhConfig",
            "max",
            config.max,
            "greater than min",
        ))
    }
}

impl Parametric<2> for HardTanh {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [min, max]: [N; 2]) -> N {
        x.max(min).min(max)
    }
}

activation! {
    /// LiSHT, linearly scaled tanh: `f(x) = x t` with `t = tanh x`; `f'(x) = t + x (1 - t^2)`.
    ///
    /// Source: [Roy et al.](https://arxiv.org/abs/1901.05894), NNlib, TensorFlow Addons.
    Lisht, lisht, []
}

impl Pointwise for Lisht {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.gated_by(x.tanh())
    }
}

activation! {
    /// Square nonlinearity: `f(x) = u - u |u| / 4` with `u = clamp(x, -2, 2)`; `f'(x) = 1 - |u| / 2`.
    ///
    /// Source: Wuraola and Patel, SQNL, IJCNN 2018.
    Sqnl, sqnl, []
}

impl Pointwise for Sqnl {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        let u = x.clamp(-2.0, 2.0);
        u - u * u.abs() * 0.25
    }

    // Faster: one term, where the rule for products adds two.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        x.clamp(-2.0, 2.0).abs() * -0.5 + 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::Single;

    #[test]
    fn hard_tanh_has_a_slope_between_any_bounds() {
        for bound in [1e-30, 1.0, 3e38] {
            let activation = HardTanh {
                min: -bound,
                max: bound,
            };
            let slope = |x: f64| activation.slope(Single(x as f32)).0;
            assert_eq!(
                [0.0, 0.5 * bound, -0.5 * bound].map(slope),
                [1.0; 3],
                "{bound}"
            );
            assert_eq!([bound, -bound].map(slope), [0.0; 2], "{bound}");
        }
    }
}
