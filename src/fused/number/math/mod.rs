//! Elementary functions in `f32`, free of branches and table look-ups that a compiler cannot
//! vectorise, so that a loop over them runs at the width of the machine's vectors.
//!
//! They rely on a fused multiply-add; the kernels run them only where the hardware
//! has one. Worst errors are measured in `tests/accuracy.rs`.

mod erf;
mod exp;
mod log;
mod root;
mod trig;

pub(crate) use erf::{ERFC, erf, erfc, normal_cdf};
pub(crate) use exp::{exp, exp_m1};
pub(crate) use log::{ln, ln_1p};
pub(crate) use root::cbrt;
pub(crate) use trig::{atan, cos, sin};

/// `a` where `condition` holds, else `b`: a select, never a jump.
#[inline(always)]
fn select(condition: bool, a: f32, b: f32) -> f32 {
    if condition { a } else { b }
}

/// The polynomial with these coefficients, lowest power first, by Horner's rule.
#[inline(always)]
fn polynomial<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    let mut sum = coefficients[N - 1];
    for i in (0..N - 1).rev() {
        sum = sum.mul_add(x, coefficients[i]);
    }
    sum
}

/// Largest of two, NaN if the first is NaN: one instruction, unlike `f32::max`.
#[inline(always)]
pub(crate) fn max(a: f32, b: f32) -> f32 {
    select(b > a, b, a)
}

/// Smallest of two, NaN if the first is NaN.
#[inline(always)]
pub(crate) fn min(a: f32, b: f32) -> f32 {
    select(b < a, b, a)
}

/// The hyperbolic tangent: `1 - 2 e / (e + 1)` with `e = e^(-2|x|)`, and below 1, where that cancels, a
/// polynomial. Its derivative has the same exponential, which the compiler then works out once for both.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    // (tanh x / x - 1) / x^2 in x^2, interpolated in the Chebyshev nodes of 0 <= x <= 1; 2e-8.
    const SERIES: [f32; 8] = [
        -0.333_333_34,
        0.133_333_11,
        -0.053_963_415,
        0.021_829_55,
        -0.008_697_848,
        0.003_206_803_4,
        -0.000_923_500_85,
        0.000_142_793_19,
    ];
    let a = x.abs();
    let e = exp(a * -2.0);
    let sum = e + 1.0;
    // What rounding the sum lost, to first order.
    let lost = e - (sum - 1.0);
    let far = 1.0 - 2.0 * e.mul_add(-lost, e) / sum;
    let square = a * a;
    let near = (a * square).mul_add(polynomial(square, SERIES), a);
    select(a < 1.0, near, far).copysign(x)
}
