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

/// Beyond this too little is left of `x` modulo pi/2.
const LARGEST: f32 = 131_072.0;

/// The quadrant and the remainder of `x` modulo pi/2, for `x` up to [`LARGEST`]; the remainder in two
/// parts, a float and what rounding lost.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32, f32) {
    /// Adding 1.5 * 2^23 leaves the nearest integer in the low bits of a float.
    const ROUND: f32 = 12_582_912.0;
    /// pi/2 = `FRAC_PI_2 + MIDDLE + LOW`, to 75 bits.
    const MIDDLE: f32 = -4.371_139e-8;
    const LOW: f32 = -1.715_124_5e-15;
    let shifted = x.mul_add(core::f32::consts::FRAC_2_PI, ROUND);
    let n = shifted - ROUND;
    // Exact: a multiple of FRAC_PI_2's last bit, and below 1.
    let high = n.mul_add(-FRAC_PI_2, x);
    let middle = n * MIDDLE;
    let middle_lost = n.mul_add(MIDDLE, -middle);
    let r = high - middle;
    // What rounding this difference lost, whichever of the two is larger.
    let taken = high - r;
    let lost = (high - (r + taken)) + (taken - middle);
    (
        shifted.to_bits() as i32,
        r,
        lost - n.mul_add(LOW, middle_lost),
    )
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
