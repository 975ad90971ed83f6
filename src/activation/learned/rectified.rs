//! Learned activations of straight pieces.

use crate::fused::{Formula, Number};

/// `x`; `alpha x` for `x <= 0`.
#[derive(Clone, Debug)]
pub(super) struct PRelu;

impl Formula<2> for PRelu {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha]: [N; 2]) -> N {
        x.if_positive(x, alpha * x)
    }
}

/// Three pieces, with the middle one `x`.
#[derive(Clone, Debug)]
pub(super) struct SRelu;

impl Formula<5> for SRelu {
    #[inline(always)]
    fn value<N: Number>(&self, [x, t_left, a_left, t_right, a_right]: [N; 5]) -> N {
        let (left, right) = (t_left - x, x - t_right);
        let inner = left.if_positive(t_left - a_left * left, x);
        right.if_positive(t_right + a_right * right, inner)
    }
}

/// `max(x, tau)`.
#[derive(Clone, Debug)]
pub(super) struct Tlu;

impl Formula<2> for Tlu {
    #[inline(always)]
    fn value<N: Number>(&self, [x, tau]: [N; 2]) -> N {
        x.max(tau)
    }
}

/// `u + beta`; `gamma u + beta` for `u <= 0`, with `u = x - alpha`.
#[derive(Clone, Debug)]
pub(super) struct RPRelu;

impl Formula<4> for RPRelu {
    #[inline(always)]
    fn value<N: Number>(&self, [x, alpha, beta, gamma]: [N; 4]) -> N {
        let u = x - alpha;
        u.if_positive(u, gamma * u) + beta
    }
}

/// `relu(x)` and five hinges.
#[derive(Clone, Debug)]
pub(super) struct Apl;

impl Formula<11> for Apl {
    #[inline(always)]
    fn value<N: Number>(&self, x: [N; 11]) -> N {
        let zero = N::literal(0.0);
        let mut sum = x[0].max(zero);
        for hinge in 1..=5 {
            sum = sum + x[hinge] * (x[hinge + 5] - x[0]).max(zero);
        }
        sum
    }
}
