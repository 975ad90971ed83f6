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

/// The quadrant and the remainder of `x` modulo pi/2, for every finite float; the remainder in two
/// parts, a float and what rounding lost.
///
/// `x` is an integer mantissa times a power of two; [`POWERS`] holds that power modulo 2 pi in 106
/// bits, so the product is a small number with the sine and cosine of `x`.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32, f32) {
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const PI_2_HIGH: f64 = core::f64::consts::FRAC_PI_2;
    const PI_2_LOW: f64 = 6.123_233_995_736_766e-17;
    let bits = x.to_bits();
    let exponent = ((bits >> 23) & 0xff) as usize;
    let mantissa = ((bits & 0x007f_ffff) | 0x0080_0000) as i32 as f64;
    let high = mantissa * POWERS.high[exponent];
    let low = mantissa.mul_add(POWERS.high[exponent], -high) + mantissa * POWERS.low[exponent];
    let shifted = high.mul_add(core::f64::consts::FRAC_2_PI, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-PI_2_LOW, n.mul_add(-PI_2_HIGH, high) + low);
    let sign = bits & 0x8000_0000;
    let quadrant = shifted.to_bits() as i32;
    let lost = (r - f64::from(r as f32)) as f32;
    let r = r as f32;
    // The reduction is that of |x|: sin is odd, and so is its quadrant.
    (
        select_i32(sign != 0, quadrant.wrapping_neg(), quadrant),
        f32::from_bits(r.to_bits() ^ sign),
        f32::from_bits(lost.to_bits() ^ sign),
    )
}

#[inline(always)]
fn select_i32(condition: bool, a: i32, b: i32) -> i32 {
    if condition { a } else { b }
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
    let cosine = 1.0
        + r2.mul_add(
            polynomial(
                r2,
                [
                    -0.5,
                    1.0 / 24.0,
                    -1.0 / 720.0,
                    1.0 / 40_320.0,
                    -1.0 / 3_628_800.0,
                ],
            ),
            -r * lost,
        );
    let value = select(quadrant & 1 == 0, sine, cosine);
    f32::from_bits(value.to_bits() ^ (((quadrant & 2) as u32) << 30))
}

/// NaN when `x` is not finite, and 0 otherwise.
#[inline(always)]
fn poison(x: f32) -> f32 {
    x * 0.0
}

#[inline(always)]
pub(crate) fn sin(x: f32) -> f32 {
    let (quadrant, r, lost) = reduce(x);
    // Below 2^-12 the sine is x to the last bit; subnormals have no hidden bit to reduce with.
    select(x.abs() < 2.44e-4, x, quadrant_value(quadrant, r, lost)) + poison(x)
}

#[inline(always)]
pub(crate) fn cos(x: f32) -> f32 {
    let (quadrant, r, lost) = reduce(x);
    select(
        x.abs() < 2.44e-4,
        1.0,
        quadrant_value(quadrant.wrapping_add(1), r, lost),
    ) + poison(x)
}

/// For each biased exponent of a float, the weight of its last mantissa bit modulo 2 pi.
struct Powers {
    high: [f64; 256],
    low: [f64; 256],
}

static POWERS: Powers = powers();

/// 2 pi in fixed point: 3 integer bits, 253 fractional bits, most significant word first.
const TWO_PI: [u64; 4] = [
    0xc90f_daa2_2168_c234,
    0xc4c6_628b_80dc_1cd1,
    0x2902_4e08_8a67_cc74,
    0x020b_bea6_3b13_9b22,
];

/// Doubles 1 modulo 2 pi over and over, in 256-bit fixed point.
const fn powers() -> Powers {
    let mut table = Powers {
        high: [0.0; 256],
        low: [0.0; 256],
    };
    // The last mantissa bit of exponent 150 weighs 1; smaller ones are exact powers of two.
    let mut exponent = 150;
    let mut weight = 1.0;
    while exponent > 0 {
        table.high[exponent] = weight;
        weight *= 0.5;
        exponent -= 1;
    }
    let mut power = [1 << 61, 0, 0, 0];
    exponent = 151;
    while exponent < 255 {
        power = double_modulo(power);
        // 2^-61 and 2^-125 are the weights of the two words; 53 bits go to the high part.
        let head = power[0] & !0x7ff;
        let tail = ((power[0] & 0x7ff) << 53) | (power[1] >> 11);
        table.high[exponent] = head as f64 / (1_u64 << 61) as f64;
        table.low[exponent] = tail as f64 / (1_u64 << 61) as f64 / (1_u64 << 53) as f64;
        exponent += 1;
    }
    table
}

/// `2 x` modulo 2 pi, for `x < 2 pi`.
const fn double_modulo(x: [u64; 4]) -> [u64; 4] {
    // 2 x may need a 257th bit.
    let carry = x[0] >> 63;
    let doubled = [
        x[0] << 1 | x[1] >> 63,
        x[1] << 1 | x[2] >> 63,
        x[2] << 1 | x[3] >> 63,
        x[3] << 1,
    ];
    let mut difference = [0; 4];
    let mut borrow = false;
    let mut i = 4;
    while i > 0 {
        i -= 1;
        let (a, first) = doubled[i].overflowing_sub(TWO_PI[i]);
        let (b, second) = a.overflowing_sub(borrow as u64);
        difference[i] = b;
        borrow = first || second;
    }
    if carry == 1 || !borrow {
        difference
    } else {
        doubled
    }
}
