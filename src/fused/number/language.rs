use core::ops::{Add, Div, Mul, Neg, Sub};

/// What a formula is written in.
///
/// A formula that is generic over `Number` runs as plain `f32` or `f64` arithmetic, which the
/// compiler turns into vector instructions, and as a [`Symbol`](super::Symbol), which records the
/// formula so that it can be composed from the tensor operations of any backend.
///
/// Operators take another number or an `f64` literal on the right: `(x * x + 1.0).sqrt()`.
///
/// # Not a number
///
/// Every method returns NaN for NaN, except [`if_positive`](Number::if_positive) and
/// [`if_negative`](Number::if_negative): a comparison with NaN is false, so they take `otherwise`.
/// Put the branch that keeps `x` there, and NaN goes through.
///
/// # Branches
///
/// Both branches of a choice are computed. Choose between finished results; a branch that is
/// multiplied by 0 instead of left out turns infinity into NaN.
///
/// The trait is sealed: what a formula runs on is this crate's, so that it can learn new functions.
pub trait Number:
    sealed::Sealed
    + Copy
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// The number `value`.
    fn literal(value: f64) -> Self;

    /// `self * factor + addend`, rounded once where the hardware can.
    fn mul_add(self, factor: Self, addend: Self) -> Self;

    /// `|self|`.
    fn abs(self) -> Self;

    /// `1 / self`.
    fn recip(self) -> Self;

    /// The square root; NaN below zero.
    fn sqrt(self) -> Self;

    /// `e^self`; in kernels 0 where it leaves the normal numbers: in `f32` below -87, in `f64` below -708.
    fn exp(self) -> Self;

    /// `e^self - 1`, exact near zero.
    fn exp_m1(self) -> Self;

    /// The natural logarithm.
    fn ln(self) -> Self;

    /// The cube root, negative for negative numbers.
    fn cbrt(self) -> Self;

    /// `ln(1 + self)`, exact near zero.
    fn ln_1p(self) -> Self;

    /// The hyperbolic tangent.
    fn tanh(self) -> Self;

    /// The inverse tangent.
    fn atan(self) -> Self;

    /// The complementary error function, `1 - erf(self)`, precise also where it is tiny.
    fn erfc(self) -> Self;

    /// The error function, `2/sqrt(pi) * integral of e^(-t^2) from 0 to self`.
    #[inline(always)]
    fn erf(self) -> Self {
        // 1 - erfc loses what is small near zero: there the Taylor series is exact.
        let near = self.abs() - 0.4;
        let square = self.square().min(Self::literal(0.16));
        // (-1)^k / (k! (2 k + 1)), short of 1e-10 at 0.4.
        let series = polynomial(
            square,
            [
                1.0,
                -1.0 / 3.0,
                1.0 / 10.0,
                -1.0 / 42.0,
                1.0 / 216.0,
                -1.0 / 1320.0,
            ]
            .map(Self::literal),
        );
        near.if_negative(
            self * series * core::f64::consts::FRAC_2_SQRT_PI,
            -self.erfc() + 1.0,
        )
    }

    /// The distribution function of the standard normal, `erfc(-self / sqrt 2) / 2`.
    ///
    /// In `f32` the absolute error is within 5e-8; `erfc` is precise also where it is tiny.
    #[inline(always)]
    fn normal_cdf(self) -> Self {
        (self * -core::f64::consts::FRAC_1_SQRT_2).erfc() * 0.5
    }

    /// The density of the standard normal, `e^(-self^2 / 2) / sqrt(2 pi)`.
    #[inline(always)]
    fn normal_density(self) -> Self {
        // The bound keeps a square finite whose exponential is 0 anyway.
        (self.square().min(Self::literal(1600.0)) * -0.5).exp()
            * (0.5 * core::f64::consts::FRAC_2_SQRT_PI * core::f64::consts::FRAC_1_SQRT_2)
    }

    /// The sine.
    fn sin(self) -> Self;

    /// The cosine.
    fn cos(self) -> Self;

    /// The larger of the two; NaN if `self` is NaN.
    fn max(self, other: Self) -> Self;

    /// The smaller of the two; NaN if `self` is NaN.
    fn min(self, other: Self) -> Self;

    /// `then` where `self > 0`, `otherwise` elsewhere, NaN included.
    fn if_positive(self, then: Self, otherwise: Self) -> Self;

    /// `then` where `self < 0`, `otherwise` elsewhere, NaN included.
    #[inline(always)]
    fn if_negative(self, then: Self, otherwise: Self) -> Self {
        (-self).if_positive(then, otherwise)
    }

    /// 1 for positive, -1 for negative, 0 for zero; NaN stays NaN.
    #[inline(always)]
    fn signum(self) -> Self {
        self.if_positive(
            Self::literal(1.0),
            self.if_negative(Self::literal(-1.0), self),
        )
    }

    /// `self` held between two literals; NaN stays NaN.
    #[inline(always)]
    fn clamp(self, min: f64, max: f64) -> Self {
        self.max(Self::literal(min)).min(Self::literal(max))
    }

    /// 1 strictly between two literals, 0 elsewhere, as the derivative of [`clamp`](Number::clamp); NaN for NaN.
    #[inline(always)]
    fn inside(self, min: f64, max: f64) -> Self {
        // The nearer bound decides: a product of the distances could overflow, or underflow.
        (self - min).min(-self + max).heaviside()
    }

    /// `self * factor` rounded once, though the type may not hold `factor` exactly.
    #[inline(always)]
    fn times(self, factor: f64) -> Self {
        let high = f64::from(factor as f32);
        // The bound keeps infinity out of a difference.
        let low = self.clamp(-1e30, 1e30) * (factor - high);
        self.mul_add(Self::literal(high), low)
    }

    /// `self * self`.
    #[inline(always)]
    fn square(self) -> Self {
        self * self
    }

    /// `self * gate`, with a gate whose derivative is 0 where `self` is infinite.
    ///
    /// The product is an ordinary one; but its derivative tends to the gate there, where that of an ordinary
    /// product is infinity times 0, NaN.
    #[inline(always)]
    fn gated_by(self, gate: Self) -> Self {
        self * gate
    }

    /// The logistic function `1 / (1 + e^-self)`.
    ///
    /// One of the building blocks of activations, so it is worked out once for all of them: it
    /// never overflows, and keeps its relative precision on the left.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        // e^-x overflows below -88, where the result is the exponential itself.
        let e = (-self.abs()).exp();
        let denominator = (e + 1.0).recip();
        self.if_negative(e * denominator, denominator)
    }

    /// The derivative of the logistic function, `s (1 - s)`, precise also where it is tiny.
    #[inline(always)]
    fn sigmoid_slope(self) -> Self {
        let e = (-self.abs()).exp();
        e / e.mul_add(e + 2.0, Self::literal(1.0))
    }

    /// `ln(1 + e^self)`, exact in both tails.
    #[inline(always)]
    fn softplus(self) -> Self {
        self.max(Self::literal(0.0)) + (-self.abs()).exp().ln_1p()
    }

    /// The derivative of the hyperbolic tangent, `1 - tanh^2(self)`, precise also where it is tiny.
    #[inline(always)]
    fn sech_squared(self) -> Self {
        let e = (self.abs() * -2.0).exp();
        // (e + 1)^2, whose rounding a square would double.
        e * 4.0 / e.mul_add(e + 2.0, Self::literal(1.0))
    }

    /// 1 above zero, 0 at zero and below; NaN for NaN.
    #[inline(always)]
    fn heaviside(self) -> Self {
        // Only zero and NaN reach the innermost branch, and both are what they should become.
        self.if_positive(
            Self::literal(1.0),
            self.if_negative(Self::literal(0.0), self),
        )
    }
}

/// The polynomial with these coefficients, lowest power first, by Horner's rule.
#[inline(always)]
pub(crate) fn polynomial<N: Number, const K: usize>(x: N, coefficients: [N; K]) -> N {
    let mut sum = coefficients[K - 1];
    for index in (0..K - 1).rev() {
        sum = sum.mul_add(x, coefficients[index]);
    }
    sum
}

pub(super) mod sealed {
    /// Keeps [`Number`](super::Number) to this crate.
    pub trait Sealed {}
}
