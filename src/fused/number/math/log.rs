use super::{Float, select};

/// `ln(2^k (1 + f))`.
///
/// With `s = f / (2 + f)`, `ln(1 + f) = 2 atanh s = f - f^2/2 + s (f^2/2 + R)`, where
/// `R = 2 s^2/3 + 2 s^4/5 + ...` and `s^2 < 0.03`.
#[inline(always)]
fn assemble<F: Float>(k: F, f: F) -> F {
    let [high, low] = F::LOG_LN_2;
    let s = f / (f + F::literal(2.0));
    let s2 = s * s;
    let series = s2 * F::log_series(s2);
    let half_square = F::literal(0.5) * f * f;
    let tail = s.mul_add(half_square + series, k * low);
    k.mul_add(high, f - (half_square - tail))
}

#[inline(always)]
pub(crate) fn ln<F: Float>(x: F) -> F {
    // Subnormals are scaled into the normal range.
    let tiny = x < F::MIN_POSITIVE;
    let [scale, exponent] = F::SCALE;
    let (k, f, _) = select(tiny, x * scale, x).split();
    let exponent = select(tiny, exponent, F::literal(0.0));
    edges(assemble(k - exponent, f), x, x)
}

#[inline(always)]
pub(crate) fn ln_1p<F: Float>(x: F) -> F {
    let one = F::literal(1.0);
    let u = one + x;
    let (k, f, inverse_power) = u.split();
    // What rounding 1 + x lost, times 2^-k, is part of f; for the largest numbers nothing is.
    let lost = x - (u - one);
    edges(assemble(k, lost.mul_add(inverse_power, f)), u, x)
}

/// The logarithm's poles: `-inf` at 0, NaN below, infinity at infinity; `x` itself when it is NaN.
#[inline(always)]
fn edges<F: Float>(result: F, argument: F, x: F) -> F {
    let zero = F::literal(0.0);
    let result = select(argument == zero, -F::INFINITY, result);
    let result = select(argument < zero, F::NAN, result);
    select(argument < F::INFINITY, result, x + argument.abs())
}
