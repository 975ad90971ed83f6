//! Learned activations without kinks.

use super::super::mish::sharpened;
use super::super::parametric::Parametric;
use super::super::periodic::Snake;
use crate::fused::{Formula, Number};

/// `x + sin^2(alpha x) / (beta + 1e-9)`.
#[derive(Clone, Debug)]
pub(super) struct SnakeBeta;

impl Formula<3> for SnakeBeta {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha, beta]: [N; 3]) -> N {
        x + (alpha * x).sin().square() / (beta + 1e-9)
    }
}

/// The same with the logarithms of both.
#[derive(Clone, Debug)]
pub(super) struct SnakeBetaLog;

impl Formula<3> for SnakeBetaLog {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha, beta]: [N; 3]) -> N {
        SnakeBeta.value([x, alpha.exp(), beta.exp()])
    }
}

/// `x + sin^2(a x) / a` with `a = e^alpha`.
#[derive(Clone, Debug)]
pub(super) struct SnakeLog;

impl Formula<2> for SnakeLog {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha]: [N; 2]) -> N {
        Snake::value_with(x, [alpha.exp()])
    }
}

/// `d s(beta d) + p_2 x` with `d = (p_1 - p_2) x`.
#[derive(Clone, Debug)]
pub(super) struct AconC;

impl Formula<4> for AconC {
    #[inline(always)]
    fn value<N: Number>(&self, [x, p_1, p_2, beta]: [N; 4]) -> N {
        let d = (p_1 - p_2) * x;
        d * (beta * d).sigmoid() + p_2 * x
    }
}

/// `(alpha + tanh(beta x)) gamma x`.
#[derive(Clone, Debug)]
pub(super) struct Aptx;

impl Formula<4> for Aptx {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha, beta, gamma]: [N; 4]) -> N {
        (alpha + (beta * x).tanh()) * gamma * x
    }
}

/// `e^x - 1 - x` for `x <= 0`, exact near 0.
#[inline(always)]
fn exp_m1_less_x<N: Number>(x: N) -> N {
    // Below 1/2 in size by the Taylor series, short of 1e-12.
    // The bound is beyond the switch: at a bound the derivative is 0.
    let near = x.max(N::literal(-0.6));
    let mut series = N::literal(1.0 / 479_001_600.0);
    for coefficient in [
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
    ] {
        series = series.mul_add(near, N::literal(coefficient));
    }
    (x + 0.5).if_negative(x.exp_m1() - x, near.square() * series)
}

/// `A x^2 + x / 2` for `x > 0`, else `B (e^x - 1 - x) + x / 2`, with positive `A` and `B`.
#[derive(Clone, Debug)]
pub(super) struct Xielu;

impl Formula<3> for Xielu {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha_p, alpha_n]: [N; 3]) -> N {
        let left = x.if_positive(N::literal(0.0), x);
        let right = alpha_p.softplus() * x.square();
        let left = (alpha_n.softplus() + 0.5) * exp_m1_less_x(left);
        x.if_positive(right, left) + x * 0.5
    }
}

/// `weight tanh(alpha x) + bias`.
#[derive(Clone, Debug)]
pub(super) struct DynamicTanh;

impl Formula<4> for DynamicTanh {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha, weight, bias]: [N; 4]) -> N {
        weight * (alpha * x).tanh() + bias
    }
}

/// `weight erf(alpha x + shift) + bias`.
#[derive(Clone, Debug)]
pub(super) struct DynamicErf;

impl Formula<5> for DynamicErf {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha, shift, weight, bias]: [N; 5]) -> N {
        weight * (alpha * x + shift).erf() + bias
    }
}

/// `x tanh(e^(alpha x))`.
#[derive(Clone, Debug)]
pub(super) struct Telu;

impl Formula<2> for Telu {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha]: [N; 2]) -> N {
        sharpened(x, alpha * x)
    }
}
