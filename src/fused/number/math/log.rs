use super::{polynomial, select};

const LN_2_HIGH: f32 = 0.693_138_1;
const LN_2_LOW: f32 = 9.058_001e-6;

/// `u = 2^k (1 + f)` with `1 + f` in `[sqrt 1/2, sqrt 2)`: returns `(k, f)`.
#[inline(always)]
fn split(u: f32) -> (i32, f32) {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let offset = u.to_bits().wrapping_sub(SQRT_HALF);
    let k = (offset as i32) >> 23;
    let mantissa = f32::from_bits((offset & 0x007f_ffff).wrapping_add(SQRT_HALF));
    (k, mantissa - 1.0)
}

/// `ln(2^k (1 + f))`.
///
/// With `s = f / (2 + f)`, `ln(1 + f) = 2 atanh s = f - f^2/2 + s (f^2/2 + R)`, where
/// `R = 2 s^2/3 + 2 s^4/5 + ...` and `s^2 < 0.03`.
#[inline(always)]
fn assemble(k: f32, f: f32) -> f32 {
    let s = f / (f + 2.0);
    let s2 = s * s;
    let series = s2 * polynomial(s2, [2.0 / 3.0, 2.0 / 5.0, 2.0 / 7.0, 2.0 / 9.0]);
    let half_square = 0.5 * f * f;
    let tail = s.mul_add(half_square + series, k * LN_2_LOW);
    k.mul_add(LN_2_HIGH, f - (half_square - tail))
}

#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    // Subnormals are scaled into the normal range.
    let tiny = x < f32::MIN_POSITIVE;
    let (k, f) = split(select(tiny, x * 8_388_608.0, x));
    let result = assemble(k as f32 - select(tiny, 23.0, 0.0), f);
    edges(result, x, x)
}

#[inline(always)]
pub(crate) fn ln_1p(x: f32) -> f32 {
    let u = 1.0 + x;
    let (k, f) = split(u);
    // What rounding 1 + x lost, times 2^-k, is part of f; where k is 128 nothing is.
    let lost = x - (u - 1.0);
    let inverse_power = f32::from_bits(((127 - k.min(127)) as u32) << 23);
    edges(assemble(k as f32, lost.mul_add(inverse_power, f)), u, x)
}

/// The logarithm's poles: `-inf` at 0, NaN below, infinity at infinity; `x` itself when it is NaN.
#[inline(always)]
fn edges(result: f32, argument: f32, x: f32) -> f32 {
    let result = select(argument == 0.0, f32::NEG_INFINITY, result);
    let result = select(argument < 0.0, f32::NAN, result);
    select(argument < f32::INFINITY, result, x + argument.abs())
}
