use super::{max, min};

/// ln 2 in two parts: the first has few enough bits that a product with the exponent is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Adding 1.5 * 2^23 leaves the nearest integer in the low bits of a float.
pub(super) const ROUND: f32 = 12_582_912.0;

/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`: returns `n + ROUND`, whose low bits are `n`, and `r`.
#[inline(always)]
fn reduce(x: f32) -> (f32, f32) {
    let shifted = x.mul_add(core::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LN_2_LOW, n.mul_add(-LN_2_HIGH, x));
    (shifted, r)
}

/// `2^(n - 1)` for `n` in -126..=128, from `n + ROUND`; 0 for -126.
///
/// Half of what is wanted, so that the power is a float although `n` may be 128.
#[inline(always)]
fn half_power(shifted: f32) -> f32 {
    f32::from_bits((shifted.to_bits() << 23).wrapping_add(126 << 23))
}

/// `2^-n` for `n` in -126..=126, from `n + ROUND`.
#[inline(always)]
fn inverse_power(shifted: f32) -> f32 {
    f32::from_bits((127_u32 << 23).wrapping_sub(shifted.to_bits() << 23))
}

/// `e^r - 1 - r` for `|r| <= ln 2 / 2`, minimax: 3e-9 of `e^r`.
#[inline(always)]
fn tail(r: f32) -> f32 {
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

/// The exponential; 0 below -87, where it leaves the normal floats.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Beyond these the result is 0 or infinity whatever the reduction says.
    let (shifted, r) = reduce(min(max(x, -87.5), 89.0));
    2.0_f32.mul_add(r + tail(r), 2.0) * half_power(shifted)
}

#[inline(always)]
pub(crate) fn exp_m1(x: f32) -> f32 {
    // Below -30 the result is -1, above 30 the 1 is lost.
    let (shifted, r) = reduce(min(max(x, -30.0), 89.0));
    // 2^n (1 + q) - 1 = 2^n (q + (1 - 2^-n)), where q = e^r - 1.
    let offset = 1.0 - inverse_power(min(shifted, ROUND + 30.0));
    // Adding the offset to r first keeps the tail's bits.
    let sum = offset + r;
    let lost = (offset - sum) + r;
    2.0 * (sum + (tail(r) + lost)) * half_power(shifted)
}
