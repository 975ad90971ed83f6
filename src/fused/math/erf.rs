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
