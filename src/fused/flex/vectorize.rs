//! Code compiled for the vector instructions of the machine that it runs on.

use pulp::NullaryFnOnce;

/// Whether this machine has the wide vectors and the fused multiply-add that the kernels rest on.
/// Without the latter each vector function costs a library call, and composed tensor operations
/// are faster.
pub(crate) fn is_supported() -> bool {
    #[cfg(target_arch = "x86_64")]
    let supported = pulp::x86::V3::try_new().is_some();
    #[cfg(not(target_arch = "x86_64"))]
    let supported = cfg!(target_arch = "aarch64");
    supported
}

/// Runs a loop over numbers where [`is_supported`]. All that it calls must be `inline(always)`, for
/// code that is not inlined is not compiled for these instructions.
pub(crate) fn vectorize<P: NullaryFnOnce<Output = ()>>(pass: P) {
    #[cfg(target_arch = "x86_64")]
    match pulp::x86::V3::try_new() {
        Some(instructions) => instructions.vectorize(pass),
        None => unreachable!("tensor operations serve a machine without AVX2"),
    }
    #[cfg(not(target_arch = "x86_64"))]
    pass.call();
}

/// The same with AVX-512 where the machine and this build have it: half the time for the vector
/// functions in `f32`. Those in `f64` are the standard library's, one number at a time, and gain nothing from it.
pub(crate) fn vectorize_widest<P: NullaryFnOnce<Output = ()>>(pass: P) {
    #[cfg(all(target_arch = "x86_64", feature = "x86-v4"))]
    if let Some(instructions) = pulp::x86::V4::try_new() {
        return instructions.vectorize(pass);
    }
    vectorize(pass);
}
