use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise};

activation! {
    /// Logistic sigmoid: `f(x) = s = 1 / (1 + e^-x)`, `f'(x) = s (1 - s)`.
    Sigmoid, sigmoid, ["logistic"], gain 1.0
}

impl Pointwise for Sigmoid {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.sigmoid()
    }

    // Faster: no exponential.
    #[inline(always)]
    fn slope_from_output<N: Number>(&self, y: N) -> Option<N> {
        Some(y - y.square())
    }
}

activation! {
    /// Logarithm of the sigmoid: `f(x) = -ln(1 + e^-x)`, `f'(x) = 1 / (1 + e^x)`.
    ///
    /// Source: `torch.nn.LogSigmoid`.
    LogSigmoid, log_sigmoid, []
}

impl Pointwise for LogSigmoid {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        -(-x).softplus()
    }
}

activation! {
    /// Hard sigmoid: the sigmoid as three straight pieces.
    ///
    /// `f(x) = clamp(alpha x + beta, 0, 1)`; `f'(x) = alpha` strictly inside, else 0
    ///
    /// Source: Burn and ONNX have `alpha = 0.2`, the default here; PyTorch, Keras 3 and JAX have 1/6, and
    /// so have their names: `F.hardsigmoid`, `keras.activations.hard_sigmoid`, `jax.nn.hard_sigmoid`.
    HardSigmoid {
        /// The slope. Default: 0.2.
        alpha / with_alpha: Positive = 0.2,
        /// The value at 0. Default: 0.5.
        beta / with_beta: Finite = 0.5,
    }, HardSigmoidConfig, hard_sigmoid, []
}

impl Parametric<2> for HardSigmoid {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [alpha, beta]: [N; 2]) -> N {
        (x * alpha + beta).clamp(0.0, 1.0)
    }

    // Faster: one test for both bounds.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [alpha, beta]: [N; 2]) -> Option<N> {
        let line = x * alpha + beta;
        Some(line.inside(0.0, 1.0) * alpha)
    }
}

activation! {
    /// Sparse sigmoid: `f(x) = clamp((x + 1) / 2, 0, 1)`; `f'(x) = 1/2` strictly inside, else 0.
    ///
    /// Source: `keras.activations.sparse_sigmoid`, `jax.nn.sparse_sigmoid`.
    SparseSigmoid, sparse_sigmoid, []
}

impl Pointwise for SparseSigmoid {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.clamp(-1.0, 1.0) * 0.5 + 0.5
    }
}

activation! {
    /// Complementary log-log: `f(x) = 1 - e^(-e^x)`, `f'(x) = e^(x - e^x)`.
    ///
    /// Source: the link function of generalized linear models.
    Cloglog, cloglog, []
}

impl Pointwise for Cloglog {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // From 7 on e^x is past 1000, and the result 1.
        -(-x.min(N::literal(7.0)).exp()).exp_m1()
    }
}

activation! {
    /// Laplace activation: the distribution function of a normal that resembles squared ReLU.
    ///
    /// `f(x) = Phi((x - mu) / sigma)`, `f'(x) = phi((x - mu) / sigma) / sigma`
    ///
    /// with `mu = sqrt(1/2)` and `sigma = sqrt(1 / (4 pi))`.
    ///
    /// Source: Ma et al., [Mega](https://arxiv.org/abs/2209.10655).
    Laplace, laplace, ["laplace_activation"]
}

/// `1 / sigma`.
const LAPLACE_PRECISION: f64 = 3.544_907_701_811_032;

/// `x - mu`, with `mu` in two parts: the first is an `f32`, so that near it nothing is lost.
#[inline(always)]
fn centered<N: Number>(x: N) -> N {
    const HIGH: f64 = core::f64::consts::FRAC_1_SQRT_2 as f32 as f64;
    x - HIGH - (core::f64::consts::FRAC_1_SQRT_2 - HIGH)
}

impl Pointwise for Laplace {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        (centered(x) * LAPLACE_PRECISION).normal_cdf()
    }

    // More exact: the height of the density and the precision are one number, the root of 2.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let z = centered(x) * LAPLACE_PRECISION;
        (z.square() * -0.5).exp() * core::f64::consts::SQRT_2
    }
}
