//! The tables of `f32`.

use core::f32::consts::FRAC_PI_2;

use super::float::{Float, bits};
use super::{exp, min, polynomial, select};

/// Bits after the point.
const DIGITS: u32 = f32::MANTISSA_DIGITS - 1;
const BIAS: u32 = f32::MAX_EXP as u32 - 1;

/// `erfcx(a) / t` as a polynomial in `t = 1 / (1 + 0.35 a)`: interpolated in the Chebyshev nodes of
/// `0 <= a <= 10.2`, good to 7e-9.
pub(crate) const ERFC: [f32; 11] = [
    0.197_440_82,
    0.198_066_3,
    0.179_174_36,
    0.198_275_74,
    -0.015_454_761,
    0.455_286_61,
    -0.593_920_22,
    0.761_900_35,
    -0.539_196_1,
    0.182_396_92,
    -0.023_970_067,
];

impl Float for f32 {
    bits!(f32, u32);

    const EXP_LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const LOG_LN_2: [f32; 2] = [0.693_138_1, 9.058_001e-6];
    /// To 75 bits.
    const HALF_PI: [f32; 3] = [FRAC_PI_2, -4.371_139e-8, -1.715_124_5e-15];
    const EXP_RANGE: [f32; 2] = [-87.5, 89.0];
    const EXP_M1_BOUND: f32 = 30.0;
    const CUBE_SCALE: [f32; 2] = [281_474_976_710_656.0, 65_536.0];
    const CUBE_TINY: f32 = 1e-30;
    const CUBE_STEPS: usize = 2;
    const LARGEST_ANGLE: f32 = 131_072.0;
    const ERFC_BOUND: f32 = 10.2;
    const ERFC_NEAR: f32 = 0.2;

    #[inline(always)]
    fn third_of_exponent(self) -> f32 {
        f32::from_bits(self.to_bits() / 3 + 709_921_077)
    }

    /// Minimax: 3e-9 of `e^r`.
    #[inline(always)]
    fn exp_tail(r: f32) -> f32 {
        const SERIES: [f32; 5] = [
            0.499_999_94,
            0.166_665_21,
            0.041_668_39,
            0.008_368_732,
            0.001_381_457,
        ];
        // Pairs first (Estrin): a chain of multiply-adds would wait for each.
        let square = r * r;
        let low = SERIES[1].mul_add(r, SERIES[0]);
        let high = square.mul_add(SERIES[4], SERIES[3].mul_add(r, SERIES[2]));
        square.mul_add(high, low) * square
    }

    #[inline(always)]
    fn log_series(square: f32) -> f32 {
        polynomial(square, [2.0 / 3.0, 2.0 / 5.0, 2.0 / 7.0, 2.0 / 9.0])
    }

    #[inline(always)]
    fn atan_series(square: f32) -> f32 {
        polynomial(
            square,
            [
                -0.333_333_33,
                0.199_995_4,
                -0.142_639_55,
                0.107_437_31,
                -0.064_519_28,
            ],
        )
    }

    /// The Taylor series, whose next term is below 2e-9 at `pi/4`, as that of the cosine.
    #[inline(always)]
    fn sine_series(square: f32) -> f32 {
        polynomial(
            square,
            [-1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362_880.0],
        )
    }

    #[inline(always)]
    fn cosine_series(square: f32) -> f32 {
        polynomial(
            square,
            [1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0, -1.0 / 3_628_800.0],
        )
    }

    /// `2/sqrt(pi) (-1)^k / (k! (2 k + 1))`, short of 4e-9 at 0.2.
    #[inline(always)]
    fn erf_series(square: f32) -> f32 {
        polynomial(
            square,
            [
                core::f32::consts::FRAC_2_SQRT_PI,
                -0.376_126_4,
                0.112_837_92,
                -0.026_866_17,
                0.005_223_977_6,
                -0.000_854_832_7,
            ],
        )
    }

    #[inline(always)]
    fn scaled_erfc(a: f32) -> (f32, f32) {
        let t = (0.35_f32.mul_add(a, 1.0)).recip();
        (t, polynomial(t, ERFC))
    }

    #[inline(always)]
    fn tanh(self) -> f32 {
        tanh(self)
    }

    #[inline(always)]
    fn erf(self) -> f32 {
        erf(self)
    }

    #[inline(always)]
    fn normal_cdf(self) -> f32 {
        normal_cdf(self)
    }
}

/// The hyperbolic tangent: `1 - 2 e / (e + 1)` with `e = e^(-2|x|)`, and below 1, where that cancels, a
/// polynomial. Its derivative has the same exponential, which the compiler then works out once for both.
#[inline(always)]
fn tanh(x: f32) -> f32 {
    // (tanh x / x - 1) / x^2 in x^2, interpolated in the Chebyshev nodes of 0 <= x <= 1; 2e-8.
    const SERIES: [f32; 8] = [
        -0.333_333_34,
        0.133_333_11,
        -0.053_963_415,
        0.021_829_55,
        -0.008_697_848,
        0.003_206_803_4,
        -0.000_923_500_85,
        0.000_142_793_19,
    ];
    let a = x.abs();
    let e = exp(a * -2.0);
    let sum = e + 1.0;
    // What rounding the sum lost, to first order.
    let lost = e - (sum - 1.0);
    let far = 1.0 - 2.0 * e.mul_add(-lost, e) / sum;
    let square = a * a;
    let near = (a * square).mul_add(polynomial(square, SERIES), a);
    select(a < 1.0, near, far).copysign(x)
}

/// The error function: by its odd polynomial up to 1, minimax, 1e-9; beyond by a [`tail`].
#[inline(always)]
fn erf(x: f32) -> f32 {
    const SERIES: [f32; 7] = [
        core::f32::consts::FRAC_2_SQRT_PI,
        -0.376_126_26,
        0.112_835_85,
        -0.026_853_812,
        0.005_188_327_7,
        -0.000_801_019_4,
        7.853_861_4e-5,
    ];
    // Beyond 9 the result is 1, and the power in the tail leaves the normal floats.
    let a = min(x.abs(), 9.0);
    let square = a * a;
    let far = 1.0 - 2.0 * tail(square, -core::f32::consts::LOG2_E, a / (a + 3.535_534));
    select(a < 1.0, x * polynomial(square, SERIES), far.copysign(x))
}

/// The distribution function of the standard normal: within 1e-7 everywhere, for half the work of
/// [`erfc`](super::erfc), which is precise in the tail too.
#[inline(always)]
fn normal_cdf(x: f32) -> f32 {
    // Beyond 13 the result is 0 or 1, and the power in the tail leaves the normal floats.
    let a = min(x.abs(), 13.0);
    let tail = tail(a * a, -0.5 * core::f32::consts::LOG2_E, a / (a + 5.0));
    select(x > 0.0, 1.0 - tail, tail)
}

/// `1 - Phi(a) = P(s) e^(-a^2 / 2)` for `a >= 0`, where `s = a / (a + 5)` and the exponential is
/// `2^(square rate)`, with as few multiplications as 1e-7 of 1 allows.
///
/// `P` is the minimax polynomial for `a <= 6` where errors count in proportion to the exponential, 2e-9
/// of 1; its terms hardly cancel where the exponential is large. A power of 2 is reduced in one step; the
/// polynomial for its fraction is minimax too, 9e-8 of the power, and exact at `a = 0`.
#[inline(always)]
fn tail(square: f32, rate: f32, s: f32) -> f32 {
    const P: [f32; 7] = [
        0.5,
        -1.994_711_7,
        4.255_316_3,
        -6.118_106,
        5.960_309_5,
        -3.662_058_3,
        1.097_1,
    ];
    const POWER: [f32; 6] = [
        1.0,
        // Close to ln 2, which is not the best one here.
        2.0 * 0.346_573_5,
        0.240_222_42,
        0.055_507_34,
        0.009_671_513,
        0.001_326_472_7,
    ];
    let shifted = square.mul_add(rate, f32::ROUND);
    let fraction = square.mul_add(rate, f32::ROUND - shifted);
    let power = polynomial(fraction, POWER).to_bits();
    f32::from_bits(power.wrapping_add(shifted.to_bits() << 23)) * polynomial(s, P)
}
