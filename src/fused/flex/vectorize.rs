//! Code compiled for the vector instructions of the machine that it runs on.

/// A loop over numbers. All that it calls must be `inline(always)`, for code that is not inlined is not compiled for
/// these instructions; which is also why it is a type of its own: a closure cannot be.
pub(crate) trait Task {
    fn run<V: Vectors>(self);
}

/// What a task is compiled for.
pub(crate) trait Vectors {
    #[cfg_attr(
        not(feature = "x86-v4"),
        allow(dead_code, reason = "there are none in this build")
    )]
    const AVX512: bool;
}

/// Vectors of at least 128 bits.
pub(crate) struct Narrower;

impl Vectors for Narrower {
    const AVX512: bool = false;
}

/// Whether this machine has the wide vectors and the fused multiply-add that the kernels rest on.
/// Without the latter each vector function costs a library call, and composed tensor operations
/// are faster.
pub(crate) fn is_supported() -> bool {
    #[cfg(target_arch = "x86_64")]
    let supported = x86::level() != x86::Level::Neither;
    #[cfg(not(target_arch = "x86_64"))]
    let supported = cfg!(target_arch = "aarch64");
    supported
}

/// Runs a loop over numbers where [`is_supported`], with AVX-512 where the machine and this build have it: half the
/// time for the vector functions.
pub(crate) fn vectorize<T: Task>(task: T) {
    #[cfg(target_arch = "x86_64")]
    match x86::level() {
        // SAFETY: the machine has these instructions.
        #[cfg(feature = "x86-v4")]
        x86::Level::Avx512 => unsafe { x86::with_avx512(task) },
        // SAFETY: as above.
        x86::Level::Avx2 => unsafe { x86::with_avx2(task) },
        x86::Level::Neither => unreachable!("tensor operations serve a machine without AVX2"),
    }
    #[cfg(not(target_arch = "x86_64"))]
    task.run::<Narrower>();
}

#[cfg(target_arch = "x86_64")]
pub(super) mod x86 {
    use std::sync::LazyLock;

    #[cfg(feature = "x86-v4")]
    use super::Vectors;
    use super::{Narrower, Task};

    #[cfg(feature = "x86-v4")]
    struct Avx512;

    #[cfg(feature = "x86-v4")]
    impl Vectors for Avx512 {
        const AVX512: bool = true;
    }

    #[derive(Clone, Copy, PartialEq)]
    pub(crate) enum Level {
        #[cfg(feature = "x86-v4")]
        Avx512,
        Avx2,
        Neither,
    }

    macro_rules! has {
        ($($feature:tt),*) => { $(is_x86_feature_detected!($feature))&&* };
    }

    static LEVEL: LazyLock<Level> = LazyLock::new(|| {
        if !has!("avx2", "fma", "f16c", "bmi1", "bmi2", "lzcnt", "popcnt") {
            return Level::Neither;
        }
        #[cfg(feature = "x86-v4")]
        if has!("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl") {
            return Level::Avx512;
        }
        Level::Avx2
    });

    pub(crate) fn level() -> Level {
        *LEVEL
    }

    /// # Safety
    ///
    /// The machine has these instructions.
    #[cfg(feature = "x86-v4")]
    #[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
    #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
    pub(super) unsafe fn with_avx512<T: Task>(task: T) {
        task.run::<Avx512>();
    }

    /// # Safety
    ///
    /// The machine has these instructions.
    #[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) unsafe fn with_avx2<T: Task>(task: T) {
        task.run::<Narrower>();
    }
}
