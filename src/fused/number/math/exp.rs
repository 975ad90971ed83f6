use super::{Float, max, min};

/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`: returns `n + ROUND`, whose low bits are `n`, and `r`.
#[inline(always)]
fn reduce<F: Float>(x: F) -> (F, F) {
    let [high, low] = F::EXP_LN_2;
    let shifted = x.mul_add(F::LOG2_E, F::ROUND);
    let n = shifted - F::ROUND;
    let r = n.mul_add(-low, n.mul_add(-high, x));
    (shifted, r)
}

/// The exponential; 0 where it leaves the normal floats.
#[inline(always)]
pub(crate) fn exp<F: Float>(x: F) -> F {
    // Beyond these the result is 0 or infinity whatever the reduction says.
    let [lowest, highest] = F::EXP_RANGE;
    let (shifted, r) = reduce(min(max(x, lowest), highest));
    let two = F::literal(2.0);
    two.mul_add(r + F::exp_tail(r), two) * F::half_power(shifted)
}

#[inline(always)]
pub(crate) fn exp_m1<F: Float>(x: F) -> F {
    // Below the bound the result is -1, above it the 1 is lost.
    let [_, highest] = F::EXP_RANGE;
    let (shifted, r) = reduce(min(max(x, -F::EXP_M1_BOUND), highest));
    // 2^n (1 + q) - 1 = 2^n (q + (1 - 2^-n)), where q = e^r - 1.
    let bounded = min(shifted, F::ROUND + F::EXP_M1_BOUND);
    let offset = F::literal(1.0) - F::inverse_power(bounded);
    // Adding the offset to r first keeps the tail's bits.
    let sum = offset + r;
    let lost = (offset - sum) + r;
    F::literal(2.0) * (sum + (F::exp_tail(r) + lost)) * F::half_power(shifted)
}
