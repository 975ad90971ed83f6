use super::{exp, min, polynomial, select};

/// `erfcx(a) / t` as a polynomial in `t = 1 / (1 + 0.35 a)`: interpolated in the Chebyshev nodes of
/// `0 <= a <= 10.2`, good to 7e-9.
pub(crate) const ERFC: [f32; 11] = [
    0.1974408177,
    0.1980662998,
    0.1791743605,
    0.1982757395,
    -0.0154547606,
    0.4552866137,
    -0.593920223,
    0.7619003545,
    -0.539196060,
    0.1823969259,
    -0.0239700667,
];

/// The complementary error function, `1 - erf x`, with its relative precision kept in the tail.
///
/// For `a >= 0` it is `t P(t) e^(-a^2)`, where `t = 1 / (1 + 0.35 a)` and `P` is [`ERFC`].
#[inline(always)]
pub(crate) fn erfc(x: f32) -> f32 {
    // Beyond 10.2 the result is 0 in f32; the bound keeps infinity out of the products.
    let a = min(x.abs(), 10.2);
    let t = (0.35_f32.mul_add(a, 1.0)).recip();
    let square = a * a;
    let lost = a.mul_add(a, -square);
    let tail = exp(-square);
    let tail = tail.mul_add(-lost, tail) * t * polynomial(t, ERFC);
    select(x < 0.0, 2.0 - tail, tail)
}
