use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise, polynomial};

activation! {
    /// Sine: `f(x) = sin(omega x)`, `f'(x) = omega cos(omega x)`.
    ///
    /// The product `omega x` is rounded once, so with an `omega` that is no power of two the phase
    /// of a large `x` is as uncertain as its last bit.
    ///
    /// Source: [SIREN](https://arxiv.org/abs/2006.09661) uses `omega = 30`: `sine(omega=30)`.
    Sine {
        /// The angular frequency. Default: 1.
        omega / with_omega: Positive = 1.0,
    }, SineConfig, sine, ["sin"]
}

impl Parametric<1> for Sine {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [omega]: [N; 1]) -> N {
        (x * omega).sin()
    }
}

activation! {
    /// Sinc: `f(x) = sin(x) / x`, 1 at 0; `f'(x) = (cos x - f(x)) / x`.
    ///
    /// Source: the unnormalized sinc; `numpy.sinc` has `sin(pi x) / (pi x)`.
    Sinc, sinc, []
}

impl Pointwise for Sinc {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // At 0 the quotient is 0/0; the series' next term is below 3e-17 at 1/2.
        let near = x.abs() - 0.5;
        let series = polynomial(
            x.clamp(-0.5, 0.5).square(),
            [
                1.0,
                -1.0 / 6.0,
                1.0 / 120.0,
                -1.0 / 5040.0,
                1.0 / 362_880.0,
                -1.0 / 39_916_800.0,
                1.0 / 6_227_020_800.0,
            ]
            .map(N::literal),
        );
        let value = near.if_positive(x.sin() / x, series);
        at_infinity(x, N::literal(0.0), value)
    }

    // More exact: its own series reaches further, and has no seam at 1/2.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        // Up to 1 the difference cancels; the series' next term is below 4e-19 there.
        let near = x.abs() - 1.0;
        let u = x.clamp(-1.0, 1.0);
        let series = u * polynomial(
            u.square(),
            [
                -1.0 / 3.0,
                1.0 / 30.0,
                -1.0 / 840.0,
                1.0 / 45_360.0,
                -1.0 / 3_991_680.0,
                1.0 / 518_918_400.0,
                -1.0 / 93_405_312_000.0,
                1.0 / 22_230_464_256_000.0,
                -1.0 / 6_758_061_133_824_000.0,
            ]
            .map(N::literal),
        );
        let slope = near.if_positive((x.cos() - x.sin() / x) / x, series);
        at_infinity(x, N::literal(0.0), slope)
    }
}

activation! {
    /// Snake: `f(x) = x + sin^2(a x) / a`, `f'(x) = 1 + sin(2 a x)`.
    ///
    /// Source: [Ziyin et al.](https://arxiv.org/abs/2006.08195), TensorFlow Addons.
    Snake {
        /// The frequency. Default: 1.
        a / with_a: Positive = 1.0,
    }, SnakeConfig, snake, []
}

impl Parametric<1> for Snake {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [a]: [N; 1]) -> N {
        let sine = (x * a).sin();
        // sin(a x) / a. For the tiniest frequencies, 0 too, it is x, and the derivative by a becomes x^2.
        let ratio = (a.abs() - 1e-30).if_positive(sine / a, x);
        at_infinity(x, x, sine.mul_add(ratio, x))
    }

    // Faster: no constant frequency is as low.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, [a]: [N; 1]) -> N {
        let sine = (x * a).sin();
        at_infinity(x, x, sine.mul_add(sine / a, x))
    }

    // Faster: no division.
    #[inline(always)]
    fn slope_with<N: Number>(x: N, [a]: [N; 1]) -> Option<N> {
        // 2 sin cos, because 2 a x may overflow.
        let phase = x * a;
        Some(phase.sin() * phase.cos() * 2.0 + 1.0)
    }
}

/// The limit where `x` is infinite, for the sine of infinity is no number, and the value elsewhere. From the largest `f32`
/// on the two differ by nothing that counts.
#[inline(always)]
fn at_infinity<N: Number>(x: N, limit: N, value: N) -> N {
    (x.abs() - 3.4e38).if_positive(limit, value)
}

activation! {
    /// GCU, growing cosine unit: `f(x) = x cos x`, `f'(x) = cos x - x sin x`.
    ///
    /// Source: [Noel et al.](https://arxiv.org/abs/2108.12943)
    Gcu, gcu, []
}

impl Pointwise for Gcu {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x * x.cos()
    }
}
