use super::{max, min, polynomial};

/// ln 2 in two parts: the first has few enough bits that a product with the exponent is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Adding 1.5 * 2^23 leaves the nearest integer in the low bits of a float.
const ROUND: f32 = 12_582_912.0;

/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`: returns `(n, r)`.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32) {
    let shifted = x.mul_add(core::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LN_2_LOW, n.mul_add(-LN_2_HIGH, x));
    (
        (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32),
        r,
    )
}

/// `2^n` for `n` in -126..=127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23) as u32)
}

/// `x * 2^n` for `n` in -252..=254, rounded once where the result is subnormal.
#[inline(always)]
fn scale(x: f32, n: i32) -> f32 {
    let half = n >> 1;
    x * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// `(e^r - 1) / r`: the Taylor series, short of 6e-9 at `ln 2 / 2`.
const SERIES: [f32; 7] = [
    1.0,
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5040.0,
];

#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Beyond these the result is 0 or infinity whatever the reduction says.
    let (n, r) = reduce(min(max(x, -104.0), 89.0));
    scale(r.mul_add(polynomial(r, SERIES), 1.0), n)
}

#[inline(always)]
pub(crate) fn exp_m1(x: f32) -> f32 {
    let (n, r) = reduce(min(max(x, -30.0), 89.0));
    // 2^n (1 + q) - 1 = 2^n (q + (1 - 2^-n)), where q = e^r - 1 and 2^-n is lost above n = 30.
    let r_tail = r
        * r
        * polynomial(
            r,
            [
                1.0 / 2.0,
                1.0 / 6.0,
                1.0 / 24.0,
                1.0 / 120.0,
                1.0 / 720.0,
                1.0 / 5040.0,
            ],
        );
    let offset = 1.0 - power_of_two(-n.min(30));
    // Adding the offset to r first keeps the tail's bits.
    scale((offset + r) + (r_tail + ((offset - (offset + r)) + r)), n)
}
