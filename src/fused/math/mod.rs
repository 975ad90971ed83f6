//! Elementary functions in `f32`, free of branches and table look-ups that a compiler cannot
//! vectorise, so that a loop over them runs at the width of the machine's vectors.
//!
//! They rely on a fused multiply-add; [`kernel`](super::kernel) runs them only where the hardware
//! has one. Worst errors are measured over every float in `tests/accuracy.rs`.

mod erf;
mod exp;
mod log;
mod trig;

pub(crate) use erf::{ERFC, erfc};
pub(crate) use exp::{exp, exp_m1};
pub(crate) use log::{ln, ln_1p};
pub(crate) use trig::{atan, cos, sin};

/// `a` and then `b` where `condition` fails: a select, never a jump.
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

/// The hyperbolic tangent: with `m = e^(2|x|) - 1` it is `m / (m + 2)`, and `1 - 2 / (m + 2)`,
/// which loses nothing where the result is large.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let m = exp_m1(2.0 * a);
    let large = a > 0.5;
    let quotient = select(large, 2.0, m) / (m + 2.0);
    select(large, 1.0 - quotient, quotient).copysign(x)
}
