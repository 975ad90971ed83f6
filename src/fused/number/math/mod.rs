//! Elementary functions free of branches and table look-ups that a compiler cannot vectorise, so that a
//! loop over them runs at the width of the machine's vectors: one algorithm for both float types, whose
//! coefficients are in `single` and `double`.
//!
//! They rely on a fused multiply-add; the kernels run them only where the hardware
//! has one. Worst errors are measured in `tests/accuracy.rs`.

mod double;
mod erf;
mod exp;
mod float;
mod log;
mod root;
mod single;
mod trig;

pub(crate) use erf::erfc;
pub(crate) use exp::{exp, exp_m1};
pub(crate) use float::Float;
pub(crate) use log::{ln, ln_1p};
pub(crate) use root::cbrt;
pub(crate) use single::ERFC;
pub(crate) use trig::{atan, cos, sin};

/// `a` where `condition` holds, else `b`: a select, never a jump.
#[inline(always)]
fn select<F: Float>(condition: bool, a: F, b: F) -> F {
    if condition { a } else { b }
}

/// The polynomial with these coefficients, lowest power first, by Horner's rule.
#[inline(always)]
fn polynomial<F: Float, const N: usize>(x: F, coefficients: [F; N]) -> F {
    let mut sum = coefficients[N - 1];
    for i in (0..N - 1).rev() {
        sum = sum.mul_add(x, coefficients[i]);
    }
    sum
}

/// Largest of two, NaN if the first is NaN: one instruction, unlike `f32::max`.
#[inline(always)]
fn max<F: Float>(a: F, b: F) -> F {
    select(b > a, b, a)
}

/// Smallest of two, NaN if the first is NaN.
#[inline(always)]
fn min<F: Float>(a: F, b: F) -> F {
    select(b < a, b, a)
}
