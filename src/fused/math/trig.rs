use core::f32::consts::{FRAC_PI_2, FRAC_PI_4};

use super::{polynomial, select};

#[inline(always)]
pub(crate) fn atan(x: f32) -> f32 {
    const TAN_PI_8: f32 = 0.414_213_57;
    const TAN_3_PI_8: f32 = 2.414_213_7;
    let a = x.abs();
    let (middle, large) = (a > TAN_PI_8, a > TAN_3_PI_8);
    // atan a = pi/4 + atan((a - 1)/(a + 1)) = pi/2 - atan(1/a): one division serves all three.
    let numerator = select(large, -1.0, select(middle, a - 1.0, a));
    let denominator = select(large, a, select(middle, a + 1.0, 1.0));
    let base = select(large, FRAC_PI_2, select(middle, FRAC_PI_4, 0.0));
    // What the base loses as an f32.
    let base_low = select(large, -4.371_139e-8, select(middle, -2.185_569_4e-8, 0.0));
    let z = numerator / denominator;
    let z2 = z * z;
    let tail = z
        * z2
        * polynomial(
            z2,
            [
                -0.333_333_33,
                0.199_995_4,
                -0.142_639_55,
                0.107_437_31,
                -0.064_519_28,
            ],
        );
    (base + (z + (tail + base_low))).copysign(x)
}

/// Beyond this `f64` does not hold enough of `x` modulo pi/2.
const LARGEST: f32 = 1_125_899_906_842_624.0;

/// The quadrant and the remainder of `x` modulo pi/2, for `x` up to [`LARGEST`]; the remainder in two
/// parts, a float and what rounding lost.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32, f32) {
    /// Adding 1.5 * 2^52 leaves the nearest integer in the low bits of a double.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const PI_2_HIGH: f64 = core::f64::consts::FRAC_PI_2;
    const PI_2_LOW: f64 = 6.123_233_995_736_766e-17;
    let x = f64::from(x);
    let shifted = x.mul_add(core::f64::consts::FRAC_2_PI, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-PI_2_LOW, n.mul_add(-PI_2_HIGH, x));
    let lost = (r - f64::from(r as f32)) as f32;
    (shifted.to_bits() as i32, r as f32, lost)
}

/// The sine (even quadrants) or cosine (odd ones) of `r + lost`, negated in the upper two.
#[inline(always)]
fn quadrant_value(quadrant: i32, r: f32, lost: f32) -> f32 {
    let r2 = r * r;
    // The Taylor series, whose next terms are below 2e-9 at pi/4.
    let sine = r
        + (r * r2).mul_add(
            polynomial(
                r2,
                [-1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362_880.0],
            ),
            lost,
        );
    // 1 - r^2 / 2 and what rounding that lost, for its error is most of the result's.
    let half = -0.5 * r2;
    let near = 1.0 + half;
    let near_lost = r
        .mul_add(r, -r2)
        .mul_add(-0.5, (1.0 - near) + half - r * lost);
    let series = polynomial(
        r2,
        [1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0, -1.0 / 3_628_800.0],
    );
    let cosine = near + (r2 * r2).mul_add(series, near_lost);
    let value = select(quadrant & 1 == 0, sine, cosine);
    f32::from_bits(value.to_bits() ^ (((quadrant & 2) as u32) << 30))
}

/// The sine; NaN beyond [`LARGEST`], where the formula is worked out in `f64`.
#[inline(always)]
pub(crate) fn sin(x: f32) -> f32 {
    let (quadrant, r, lost) = reduce(x);
    within(x, quadrant_value(quadrant, r, lost))
}

/// The cosine; NaN beyond [`LARGEST`], where the formula is worked out in `f64`.
#[inline(always)]
pub(crate) fn cos(x: f32) -> f32 {
    let (quadrant, r, lost) = reduce(x);
    within(x, quadrant_value(quadrant.wrapping_add(1), r, lost))
}

#[inline(always)]
fn within(x: f32, value: f32) -> f32 {
    select(x.abs() <= LARGEST, value, f32::NAN)
}
