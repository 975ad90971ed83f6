use core::f64::consts::LN_2;

use super::declare::activation;
use crate::fused::{Number, Pointwise};

/// Beyond 800 every gate here is 0 or 1 in every float type. Bounding keeps infinity out of products.
const TAIL: f64 = 800.0;

activation! {
    /// Mish: `f(x) = x T` with `T = tanh(ln(1 + e^x))`; `f'(x) = T + x (1 - T^2) s` with `s` the sigmoid.
    ///
    /// Source: [Misra](https://arxiv.org/abs/1908.08681); `torch.nn.Mish`.
    Mish, mish, []
}

impl Mish {
    /// `T` and `1 - T`, as fractions of `e = e^-|x|`, which never overflows:
    /// `T = e (e + 2) / (e (e + 2) + 2)` on the left, `(1 + 2 e) / (1 + 2 e + 2 e^2)` on the right.
    #[inline(always)]
    fn gate<N: Number>(x: N) -> (N, N) {
        let e = (-x.abs()).exp();
        let numerator = x.if_negative(e * (e + 2.0), e * 2.0 + 1.0);
        let rest = x.if_negative(N::literal(2.0), e.square() * 2.0);
        let scale = (numerator + rest).recip();
        (numerator * scale, rest * scale)
    }
}

impl Pointwise for Mish {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // On the right as what is left of x, whose errors are small.
        let e = (-x.abs()).exp();
        let factor = x.if_negative(e * (e + 2.0), e.square() * 2.0);
        let whole = x.if_negative(e * (e + 2.0) + 2.0, (e + 1.0) * (e * 2.0) + 1.0);
        let part = x.clamp(-TAIL, TAIL) * factor / whole;
        x.if_negative(part, x - part)
    }

    // Faster: one exponential and few choices.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let (t, rest) = Self::gate(x);
        x.clamp(-TAIL, TAIL) * rest * (t + 1.0) * x.sigmoid() + t
    }
}

activation! {
    /// Hard Mish: `f(x) = x clamp(x + 2, 0, 2) / 2`; `f'(x)` is 0 below -2, `x + 1` to 0, and 1 above.
    ///
    /// Source: timm. The derivative jumps at -2; there it is 0.
    HardMish, hard_mish, []
}

impl Pointwise for HardMish {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        let u = x.max(N::literal(-2.0));
        x.if_positive(x, u * ((u + 2.0) * 0.5))
    }

    // More exact: rounded once.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let left = x + 2.0;
        let middle = left.if_positive(x + 1.0, left.heaviside());
        x.if_positive(N::literal(1.0), middle)
    }
}

activation! {
    /// TanhExp: `f(x) = x T` with `T = tanh(e^x)`; `f'(x) = T + x e^x (1 - T^2)`.
    ///
    /// Source: [Liu and Di](https://arxiv.org/abs/2003.09855); TeLU is the same,
    /// [Fernandez and Mali](https://arxiv.org/abs/2412.20269).
    TanhExp, tanhexp, ["telu", "tanh_exp"]
}

/// `x tanh(e^t)`, where `t` is `x`, or that times a learned sharpness.
#[inline(always)]
pub(super) fn sharpened<N: Number>(x: N, t: N) -> N {
    // tanh(e^3) is 1 in every float type, and minus infinity times 0 is not a number.
    x.max(N::literal(-3e38)) * t.min(N::literal(3.0)).exp().tanh()
}

impl Pointwise for TanhExp {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        sharpened(x, x)
    }

    // Faster: no choice of a side, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let e = x.min(N::literal(3.0)).exp();
        (x.clamp(-TAIL, 3.0) * e).mul_add(e.sech_squared(), e.tanh())
    }
}

activation! {
    /// Serf: `f(x) = x erf(sp)` with `sp = ln(1 + e^x)`; `f'(x) = erf(sp) + (2 / sqrt(pi)) x e^(-sp^2) s`, `s` the sigmoid.
    ///
    /// Source: [Nag and Bhattacharyya](https://arxiv.org/abs/2108.09598)
    Serf, serf, []
}

impl Pointwise for Serf {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.max(N::literal(-TAIL)).gated_by(x.softplus().erf())
    }
}

activation! {
    /// Smish: `f(x) = x T` with `T = tanh(ln(1 + s))`, `s` the sigmoid;
    /// `f'(x) = T + x (1 - T^2) s (1 - s) / (1 + s)`.
    ///
    /// Source: Wang, Ren and Wang, Smish, Electronics 11(4), 2022.
    Smish, smish, []
}

impl Pointwise for Smish {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // tanh(ln(1 + s)) = q / (q + 2) with q = s (s + 2), as a fraction of e = e^-|x|: on the left
        // e (3 e + 2) / (5 e^2 + 6 e + 2), on the right what 3/5 loses, (8 e + 6 e^2) / 5 (5 + 6 e + 2 e^2).
        let e = (-x.abs()).exp();
        let factor = x.if_negative(e * (e * 3.0 + 2.0), e * (e * 1.2 + 1.6));
        let whole = x.if_negative(e * (e * 5.0 + 6.0) + 2.0, e * (e * 2.0 + 6.0) + 5.0);
        let part = x.clamp(-TAIL, TAIL) * factor / whole;
        x.if_negative(part, x.times(0.6) - part)
    }

    // Faster: no choice of a side.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let (s, rest) = (x.sigmoid(), (-x).sigmoid());
        let q = s * (s + 2.0);
        let scale = (q + 2.0).recip();
        // 1 - T^2 = 4 (1 + s)^2 / (q + 2)^2
        x.clamp(-TAIL, TAIL) * s * rest * (s + 1.0) * scale.square() * 4.0 + q * scale
    }
}

activation! {
    /// Logish: `f(x) = x L` with `L = ln(1 + s)`, `s` the sigmoid; `f'(x) = L + x s (1 - s) / (1 + s)`.
    ///
    /// Source: Zhu et al., Logish, Neurocomputing 458, 2021.
    Logish, logish, []
}

impl Pointwise for Logish {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // On the right ln(1 + s) = ln 2 + ln(1 - (1 - s) / 2), whose second part is small.
        let e = (-x.abs()).exp();
        let tail = e / (e + 1.0);
        let rest = x.if_negative(tail, tail * -0.5).ln_1p();
        let u = x.max(N::literal(-TAIL));
        u.if_negative(u * rest, u * (rest + LN_2))
    }

    // Faster: no choice of a side, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let (s, rest) = (x.sigmoid(), (-x).sigmoid());
        x.clamp(-TAIL, TAIL) * s * rest / (s + 1.0) + s.ln_1p()
    }
}

activation! {
    /// GoLU, Gompertz linear unit: `f(x) = x G` with `G = e^(-e^-x)`; `f'(x) = G (1 + x e^-x)`.
    ///
    /// Source: [Das et al.](https://arxiv.org/abs/2502.03654)
    Golu, golu, []
}

impl Golu {
    /// Below -7 the gate is 0 in every float type, before `e^-x` overflows.
    const LEFT: f64 = -7.0;
}

impl Pointwise for Golu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        let x = x.max(N::literal(Self::LEFT));
        x.gated_by((-(-x).exp()).exp())
    }

    // Faster: what both terms share is a factor.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let x = x.clamp(Self::LEFT, TAIL);
        let e = (-x).exp();
        (-e).exp() * (x * e + 1.0)
    }
}

activation! {
    /// CoLU, collapsing linear unit: `f(x) = x / (1 - x E)` with `E = e^(-(x + e^x))`.
    ///
    /// `f'(x) = (1 - x^2 E (1 + e^x)) / (1 - x E)^2`
    ///
    /// Source: [Vagerwal](https://arxiv.org/abs/2112.12078)
    Colu, colu, []
}

impl Colu {
    /// `e^x` and `E` of a bounded `x`: beyond 10 `E` is 0, and below -40 `f` is.
    #[inline(always)]
    fn parts<N: Number>(x: N) -> (N, N, N) {
        let u = x.clamp(-40.0, 10.0);
        let e = u.exp();
        (u, e, (-(u + e)).exp())
    }
}

impl Pointwise for Colu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        let (u, _, decay) = Self::parts(x);
        x.max(N::literal(-40.0)) / (-(u * decay) + 1.0)
    }

    // Faster: what both terms share is a factor, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let (u, e, decay) = Self::parts(x);
        let denominator = -(u * decay) + 1.0;
        (-(u.square() * decay * (e + 1.0)) + 1.0) / denominator.square()
    }
}

activation! {
    /// PFLU, power function linear unit: `f(x) = x (1 + x / r) / 2` with `r = sqrt(1 + x^2)`.
    ///
    /// `f'(x) = (1 + x / r) / 2 + x / (2 r^3)`
    ///
    /// Source: Zhu et al., PFLU and FPFLU, Neurocomputing 429, 2021.
    Pflu, pflu, []
}

impl Pflu {
    /// Beyond this `r` is `|x|`, and its square is still finite.
    const FAR: f64 = 1e18;

    /// A bounded `x`, `1 / r` and `(1 + x / r) / 2`, on the left by its conjugate `1 / (2 r (r - x))`.
    #[inline(always)]
    fn parts<N: Number>(x: N) -> (N, N, N) {
        let u = x.clamp(-Self::FAR, Self::FAR);
        let root = (u.square() + 1.0).sqrt();
        let scale = root.recip();
        let left = scale / (root + u.abs());
        let gate = u.if_negative(left, u * scale + 1.0) * 0.5;
        (u, scale, gate)
    }
}

impl Pointwise for Pflu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        let (u, scale, gate) = Self::parts(x);
        let half = x * 0.5;
        x.if_negative(
            x.max(N::literal(-Self::FAR)) * gate,
            half.mul_add(u * scale, half),
        )
    }

    // Faster: no choice of a side, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let (u, scale, gate) = Self::parts(x);
        u * scale * scale.square() * 0.5 + gate
    }
}
