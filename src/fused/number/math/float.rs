use core::ops::{Add, Div, Mul, Neg, Sub};

/// A float type that the functions are worked out in: what is done to its bits, and the tables that are as long as
/// its precision asks for.
pub(crate) trait Float:
    Copy
    + PartialOrd
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
{
    /// Adding 1.5 times a power of 2 leaves the nearest integer in the low bits of a float.
    const ROUND: Self;
    const INFINITY: Self;
    const NAN: Self;
    const MIN_POSITIVE: Self;
    const LOG2_E: Self;
    const FRAC_2_PI: Self;
    /// ln 2 in two parts, for the exponential: the first has few enough bits that a product with an exponent is exact.
    const EXP_LN_2: [Self; 2];
    /// The same for the logarithm.
    const LOG_LN_2: [Self; 2];
    /// pi/2 in three parts.
    const HALF_PI: [Self; 3];
    /// Between these the exponential is a normal float.
    const EXP_RANGE: [Self; 2];
    /// Beyond it `e^x - 1` is `e^x`, as `2^x - 1` is `2^x`; below its negative both are -1.
    const EXP_M1_BOUND: Self;
    /// A power of 2 that makes subnormals normal, and its exponent.
    const SCALE: [Self; 2];
    /// Another, and its cube root.
    const CUBE_SCALE: [Self; 2];
    /// Below it a cube root is taken of a scaled number.
    const CUBE_TINY: Self;
    /// How often a guess of a cube root is bettered.
    const CUBE_STEPS: usize;
    /// Beyond it too little is left of a number modulo pi/2.
    const LARGEST_ANGLE: Self;
    /// Beyond it the complementary error function is 0.
    const ERFC_BOUND: Self;
    /// The square of a number up to which its error function is better known than the complement.
    const ERFC_NEAR: Self;

    fn literal(value: f64) -> Self;
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    fn abs(self) -> Self;
    fn copysign(self, sign: Self) -> Self;

    /// `2^(n - 1)` from `n + ROUND`, for `n` from 0, where it is 0, to an exponent beyond the largest float's.
    ///
    /// Half of what is wanted, so that the largest power is a float.
    fn half_power(shifted: Self) -> Self;

    /// `2^-n` from `n + ROUND`.
    fn inverse_power(shifted: Self) -> Self;

    /// A positive normal number as `2^k (1 + f)` with `1 + f` in `[sqrt 1/2, sqrt 2)`: `k`, `f` and `2^-k`.
    fn split(self) -> (Self, Self, Self);

    /// A cube root within 4 %. The bits of a float are about its logarithm: a third of them, and two thirds of the bias.
    fn third_of_exponent(self) -> Self;

    /// Whether the integer `n` in `n + ROUND` is even.
    fn is_even(shifted: Self) -> bool;

    /// Negated where `n` is 2 or 3 modulo 4.
    fn negated_in_upper_half(self, shifted: Self) -> Self;

    /// `n + 1 + ROUND` from `n + ROUND`.
    fn next(shifted: Self) -> Self;

    /// `e^r - 1 - r` for `|r| <= ln 2 / 2`.
    fn exp_tail(r: Self) -> Self;

    /// `(2 atanh s - 2 s) / s^3` in `s^2`.
    fn log_series(square: Self) -> Self;

    /// `(atan x - x) / x^3` in `x^2`, up to the tangent of `pi/8`.
    fn atan_series(square: Self) -> Self;

    /// `(sin r - r) / r^3` in `r^2`, up to `pi/4`.
    fn sine_series(square: Self) -> Self;

    /// `(cos r - 1 + r^2 / 2) / r^4` in `r^2`, up to `pi/4`.
    fn cosine_series(square: Self) -> Self;

    /// `erf(x) / x` in `x^2`, up to [`ERFC_NEAR`](Float::ERFC_NEAR).
    fn erf_series(square: Self) -> Self;

    /// For `a >= 0` two factors of `e^(a^2) erfc(a)`.
    fn scaled_erfc(a: Self) -> (Self, Self);

    fn tanh(self) -> Self;
    fn erf(self) -> Self;
    fn normal_cdf(self) -> Self;
}

/// What is the same for both but for the number of bits.
macro_rules! bits {
    ($float:ident, $bits:ident) => {
        const ROUND: Self = (3_u64 << ($float::MANTISSA_DIGITS - 2)) as $float;
        const SCALE: [Self; 2] = [1.0 / $float::EPSILON, DIGITS as $float];
        const INFINITY: Self = $float::INFINITY;
        const NAN: Self = $float::NAN;
        const MIN_POSITIVE: Self = $float::MIN_POSITIVE;
        const LOG2_E: Self = core::$float::consts::LOG2_E;
        const FRAC_2_PI: Self = core::$float::consts::FRAC_2_PI;

        #[inline(always)]
        fn literal(value: f64) -> Self {
            value as $float
        }

        #[inline(always)]
        fn mul_add(self, factor: Self, addend: Self) -> Self {
            $float::mul_add(self, factor, addend)
        }

        #[inline(always)]
        fn abs(self) -> Self {
            $float::abs(self)
        }

        #[inline(always)]
        fn copysign(self, sign: Self) -> Self {
            $float::copysign(self, sign)
        }

        #[inline(always)]
        fn half_power(shifted: Self) -> Self {
            const BIAS: $bits = ($float::MAX_EXP - 2) as $bits;
            let exponent = shifted.to_bits() << DIGITS;
            $float::from_bits(exponent.wrapping_add(BIAS << DIGITS))
        }

        #[inline(always)]
        fn inverse_power(shifted: Self) -> Self {
            let exponent = shifted.to_bits() << DIGITS;
            $float::from_bits((BIAS << DIGITS).wrapping_sub(exponent))
        }

        #[inline(always)]
        fn split(self) -> (Self, Self, Self) {
            const SQRT_HALF: $bits = core::$float::consts::FRAC_1_SQRT_2.to_bits();
            let offset = self.to_bits().wrapping_sub(SQRT_HALF);
            // No conversion from integers, which AVX2 lacks for 64 bits: the exponent becomes the low bits of a float.
            let biased = offset.wrapping_add(BIAS << DIGITS) >> DIGITS;
            let integer = $float::from_bits(biased | (Self::SCALE[0].to_bits()));
            let k = integer - (Self::SCALE[0] + BIAS as $float);
            let mantissa = (offset & ((1 << DIGITS) - 1)).wrapping_add(SQRT_HALF);
            let inverse = (2 * BIAS - biased.min(2 * BIAS)) << DIGITS;
            (
                k,
                $float::from_bits(mantissa) - 1.0,
                $float::from_bits(inverse),
            )
        }

        #[inline(always)]
        fn is_even(shifted: Self) -> bool {
            shifted.to_bits() & 1 == 0
        }

        #[inline(always)]
        fn negated_in_upper_half(self, shifted: Self) -> Self {
            let sign = (shifted.to_bits() & 2) << ($bits::BITS - 2);
            $float::from_bits(self.to_bits() ^ sign)
        }

        #[inline(always)]
        fn next(shifted: Self) -> Self {
            $float::from_bits(shifted.to_bits().wrapping_add(1))
        }
    };
}

pub(super) use bits;
