use super::exp::ROUND;
use super::{exp, min, polynomial, select};

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

/// `erf(x) / x` as a polynomial in `x^2`: `2/sqrt(pi) (-1)^k / (k! (2 k + 1))`, short of 4e-9 at 0.2.
const SERIES: [f32; 6] = [
    core::f32::consts::FRAC_2_SQRT_PI,
    -0.376_126_4,
    0.112_837_92,
    -0.026_866_17,
    0.005_223_977_6,
    -0.000_854_832_7,
];

/// The complementary error function, `1 - erf x`, with its relative precision kept in the tail.
///
/// For `a >= 0` it is `t P(t) e^(-a^2)`, where `t = 1 / (1 + 0.35 a)` and `P` is [`ERFC`].
#[inline(always)]
pub(crate) fn erfc(x: f32) -> f32 {
    // Beyond 10.2 the result is 0 in f32; the bound keeps infinity out of the products.
    let a = min(x.abs(), 10.2);
    let t = (0.35_f32.mul_add(a, 1.0)).recip();
    let square = a * a;
    let lost = a.mul_add(a, -square);
    let tail = exp(-square);
    let tail = tail.mul_add(-lost, tail) * t * polynomial(t, ERFC);
    let far = select(x < 0.0, 2.0 - tail, tail);
    // Near 0 the product above is good to 3 ulp, and the Taylor series of erf to half of one.
    let near = min(square, 0.2);
    select(square < 0.2, 1.0 - x * polynomial(near, SERIES), far)
}

/// The error function: by its odd polynomial up to 1, minimax, 1e-9; beyond by a [`tail`].
#[inline(always)]
pub(crate) fn erf(x: f32) -> f32 {
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
/// [`erfc`], which is precise in the tail too.
#[inline(always)]
pub(crate) fn normal_cdf(x: f32) -> f32 {
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
    let shifted = square.mul_add(rate, ROUND);
    let fraction = square.mul_add(rate, ROUND - shifted);
    let power = polynomial(fraction, POWER).to_bits();
    f32::from_bits(power.wrapping_add(shifted.to_bits() << 23)) * polynomial(s, P)
}
