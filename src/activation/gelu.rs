use core::f64::consts::{FRAC_2_SQRT_PI, SQRT_2};

use super::declare::activation;
use super::parametric::Parametric;
use super::silu::gated;
use crate::fused::{Number, Pointwise};

/// Beyond 40 the normal's tails are 0 in every float type. Bounding keeps infinity out of products.
const TAIL: f64 = 40.0;

activation! {
    /// GELU, Gaussian error linear unit: `f(x) = x Phi(x)`, `f'(x) = Phi(x) + x phi(x)`.
    ///
    /// `Phi` and `phi` are the distribution function and the density of the standard normal.
    ///
    /// Source: [Hendrycks and Gimpel](https://arxiv.org/abs/1606.08415); `torch.nn.GELU`.
    Gelu, gelu, []
}

impl Pointwise for Gelu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.max(N::literal(-TAIL)).gated_by(x.normal_cdf())
    }
}

activation! {
    /// GELU by its tanh approximation: `f(x) = x s(2 u)`, `u = sqrt(2 / pi) (x + 0.044715 x^3)`.
    ///
    /// `f'(x) = s + 2 x u' s (1 - s)`, where `s` is the sigmoid: `(1 + tanh u) / 2 = s(2 u)`
    ///
    /// Source: [Hendrycks and Gimpel](https://arxiv.org/abs/1606.08415); `torch.nn.GELU(approximate="tanh")`.
    GeluTanh, gelu_tanh, ["gelu_approximate", "gelu_new"]
}

/// `2 sqrt(2 / pi)`.
const TWICE_ROOT: f64 = FRAC_2_SQRT_PI * SQRT_2;
const CUBIC: f64 = 0.044_715;

impl Pointwise for GeluTanh {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        let u = x.clamp(-TAIL, TAIL);
        let inner = u * (u.square() * CUBIC + 1.0) * TWICE_ROOT;
        gated(x.max(N::literal(-TAIL)), inner)
    }

    // Faster: one sigmoid for all, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let u = x.clamp(-TAIL, TAIL);
        let inner = u * (u.square() * CUBIC + 1.0) * TWICE_ROOT;
        let inner_slope = (u.square() * (3.0 * CUBIC) + 1.0) * TWICE_ROOT;
        let s = inner.sigmoid();
        s + s * (-inner).sigmoid() * u * inner_slope
    }
}

activation! {
    /// Phish: `f(x) = x tanh(gelu(x))`; `f'(x) = T + x (1 - T^2) gelu'(x)`, `T = tanh(gelu(x))`.
    ///
    /// Source: Naveen, Phish, 2022.
    Phish, phish, []
}

impl Pointwise for Phish {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.max(N::literal(-TAIL)).gated_by(Gelu.value(x).tanh())
    }
}

activation! {
    /// SMU, smooth maximum unit: the larger of `x` and `alpha x`, smoothed by the error function.
    ///
    /// `f(x) = ((1 + alpha) x + k x erf(mu k x)) / 2` with `k = 1 - alpha`;
    /// `f'(x) = ((1 + alpha) + k erf(q) + (2 k / sqrt(pi)) q e^(-q^2)) / 2` with `q = mu k x`
    ///
    /// Neither changes with the sign of `k`.
    ///
    /// Source: [Biswas et al.](https://arxiv.org/abs/2111.04682)
    Smu {
        /// The slope far on the left, or, above 1, far on the right. Default: 0.25.
        alpha / with_alpha: Finite = 0.25,
        /// The sharpness. Default: 1.
        mu / with_mu: Positive = 1.0,
    }, SmuConfig, smu, []
}

impl Smu {
    /// Of `x`, `mu k`, `k`, and the slopes far out: `min(1, alpha)` on the left, `max(1, alpha)` on the right.
    #[inline(always)]
    fn value_of<N: Number>(x: N, scale: N, k: N, [low, high]: [N; 2]) -> N {
        // |mu k x|, bounded where the error function is 1; the first bound makes infinity times 0 a 0.
        let inner = (x.clamp(-1e30, 1e30) * scale).abs().min(N::literal(TAIL));
        // What a slope lacks of what it is far out. By the complement, because on the left 1 + erf q cancels.
        let rest = inner.erfc() * (k.abs() * 0.5);
        x.gated_by(x.if_negative(rest + low, -rest + high))
    }
}

impl Parametric<2> for Smu {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [alpha, mu]: [N; 2]) -> N {
        let one = N::literal(1.0);
        let k = one - alpha;
        Self::value_of(x, mu * k, k, [alpha.min(one), alpha.max(one)])
    }

    // More exact: what follows from the parameters is rounded once.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, _parameters: [N; 2]) -> N {
        let k = 1.0 - self.alpha;
        let sides = [self.alpha.min(1.0), self.alpha.max(1.0)];
        Self::value_of(
            x,
            N::literal(self.mu * k),
            N::literal(k),
            sides.map(N::literal),
        )
    }
}
