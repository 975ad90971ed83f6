use super::{Float, exp, min, select};

/// The complementary error function, `1 - erf x`, with its relative precision kept in the tail.
#[inline(always)]
pub(crate) fn erfc<F: Float>(x: F) -> F {
    // Beyond it the result is 0; the bound keeps infinity out of the products.
    let a = min(x.abs(), F::ERFC_BOUND);
    let (first, second) = F::scaled_erfc(a);
    let square = a * a;
    let lost = a.mul_add(a, -square);
    let tail = exp(-square);
    let tail = tail.mul_add(-lost, tail) * first * second;
    let far = select(x < F::literal(0.0), F::literal(2.0) - tail, tail);
    // Near 0 the product above is good to 3 ulp and more, and the series of erf to half of one.
    let near = F::literal(1.0) - x * F::erf_series(min(square, F::ERFC_NEAR));
    select(square < F::ERFC_NEAR, near, far)
}
