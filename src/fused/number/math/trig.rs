use super::{Float, select};

#[inline(always)]
pub(crate) fn atan<F: Float>(x: F) -> F {
    const TAN_PI_8: f64 = 0.414_213_562_373_095_03;
    const TAN_3_PI_8: f64 = 2.414_213_562_373_095;
    let (zero, one) = (F::literal(0.0), F::literal(1.0));
    let a = x.abs();
    let middle = a > F::literal(TAN_PI_8);
    let large = a > F::literal(TAN_3_PI_8);
    // atan a = pi/4 + atan((a - 1)/(a + 1)) = pi/2 - atan(1/a): one division serves all three.
    let numerator = select(large, -one, select(middle, a - one, a));
    let denominator = select(large, a, select(middle, a + one, one));
    let [half, half_low, _] = F::HALF_PI;
    let to_quarter = F::literal(0.5);
    let base = select(large, half, select(middle, half * to_quarter, zero));
    // What the base loses as a float.
    let base_low = select(large, half_low, select(middle, half_low * to_quarter, zero));
    let z = numerator / denominator;
    let z2 = z * z;
    let tail = z * z2 * F::atan_series(z2);
    (base + (z + (tail + base_low))).copysign(x)
}

/// The quadrant and the remainder of `x` modulo pi/2, for `x` up to [`Float::LARGEST_ANGLE`]: the quadrant in the low
/// bits, the remainder in two parts, a float and what rounding lost.
#[inline(always)]
fn reduce<F: Float>(x: F) -> (F, F, F) {
    // pi/2 = high + middle + low.
    let [pi_high, pi_middle, pi_low] = F::HALF_PI;
    let shifted = x.mul_add(F::FRAC_2_PI, F::ROUND);
    let n = shifted - F::ROUND;
    // Exact: a multiple of the last bit of pi/2, and below 1.
    let high = n.mul_add(-pi_high, x);
    let middle = n * -pi_middle;
    let middle_lost = n.mul_add(-pi_middle, -middle);
    let r = high + middle;
    // What rounding this sum lost, whichever of the two is larger.
    let taken = r - high;
    let lost = (high - (r - taken)) + (middle - taken);
    (shifted, r, lost + n.mul_add(-pi_low, middle_lost))
}

/// The sine (even quadrants) or cosine (odd ones) of `r + lost`, negated in the upper two.
#[inline(always)]
fn quadrant_value<F: Float>(quadrant: F, r: F, lost: F) -> F {
    let half = F::literal(0.5);
    let one = F::literal(1.0);
    let r2 = r * r;
    let sine = r + (r * r2).mul_add(F::sine_series(r2), lost);
    // 1 - r^2 / 2 and what rounding that lost, for its error is most of the result's.
    let half_square = -half * r2;
    let near = one + half_square;
    let near_lost = r
        .mul_add(r, -r2)
        .mul_add(-half, (one - near) + half_square - r * lost);
    let cosine = near + (r2 * r2).mul_add(F::cosine_series(r2), near_lost);
    let value = select(F::is_even(quadrant), sine, cosine);
    value.negated_in_upper_half(quadrant)
}

/// The sine; NaN beyond [`Float::LARGEST_ANGLE`], where the standard library works the formula out.
#[inline(always)]
pub(crate) fn sin<F: Float>(x: F) -> F {
    let (quadrant, r, lost) = reduce(x);
    within(x, quadrant_value(quadrant, r, lost))
}

/// The cosine; NaN beyond [`Float::LARGEST_ANGLE`], where the standard library works the formula out.
#[inline(always)]
pub(crate) fn cos<F: Float>(x: F) -> F {
    let (quadrant, r, lost) = reduce(x);
    within(x, quadrant_value(F::next(quadrant), r, lost))
}

#[inline(always)]
fn within<F: Float>(x: F, value: F) -> F {
    select(x.abs() <= F::LARGEST_ANGLE, value, F::NAN)
}
