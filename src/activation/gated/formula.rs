use super::super::silu::TAIL;
use crate::fused::{Formula, Number, Pointwise};

/// `a f(g)` in one pass.
#[derive(Clone, Debug)]
pub(super) struct Gated<F>(pub(super) F);

impl<F: Pointwise> Formula<2> for Gated<F> {
    #[inline(always)]
    fn value<N: Number>(&self, [a, g]: [N; 2]) -> N {
        a * self.0.value(g)
    }

    // By the activation's own derivative, which may be better than the automatic one.
    #[inline(always)]
    fn slopes<N: Number>(&self, [a, g]: [N; 2]) -> [N; 2] {
        [self.0.value(g), a * self.0.slope(g)]
    }
}

/// `a g s(beta g)` with `s` the sigmoid.
#[derive(Clone, Debug)]
pub(super) struct SwiGlu {
    pub(super) beta: f64,
}

impl SwiGlu {
    /// `g s(beta g)` and its derivative.
    #[inline(always)]
    fn gate<N: Number>(&self, g: N) -> (N, N) {
        let u = g * self.beta;
        let size = u.abs().min(N::literal(TAIL));
        let e = (-size).exp();
        let right = (e + 1.0).recip();
        let s = u.if_negative(e * right, right);
        // s (1 + u (1 - s)), as in SiLU's derivative: small on the left, and its complement on the right.
        let left = e * right * (-size).mul_add(right, N::literal(1.0));
        let slope = u.if_positive(-left + 1.0, left);
        (g.max(N::literal(-TAIL / self.beta)) * s, slope)
    }
}

impl Formula<2> for SwiGlu {
    #[inline(always)]
    fn value<N: Number>(&self, [a, g]: [N; 2]) -> N {
        a * self.gate(g).0
    }

    // Faster: one exponential for both derivatives.
    #[inline(always)]
    fn slopes<N: Number>(&self, [a, g]: [N; 2]) -> [N; 2] {
        let (value, slope) = self.gate(g);
        [value, a * slope]
    }
}

/// `tanh(a) s(g)`, WaveNet's unit.
#[derive(Clone, Debug)]
pub(super) struct Gtu;

impl Formula<2> for Gtu {
    #[inline(always)]
    fn value<N: Number>(&self, [a, g]: [N; 2]) -> N {
        a.tanh() * g.sigmoid()
    }
}

/// `(v + offset) h s(alpha h)` with `v = clamp(a, -limit, limit)`, `h = min(g, limit)` and `s` the sigmoid.
#[derive(Clone, Debug)]
pub(super) struct ClampedSwiGlu {
    pub(super) alpha: f64,
    pub(super) limit: f64,
    pub(super) offset: f64,
}

impl Formula<2> for ClampedSwiGlu {
    #[inline(always)]
    fn value<N: Number>(&self, [a, g]: [N; 2]) -> N {
        let v = a.clamp(-self.limit, self.limit);
        let h = g.min(N::literal(self.limit));
        let h = h.max(N::literal(-TAIL / self.alpha));
        (v + self.offset) * (h * (h * self.alpha).sigmoid())
    }
}
