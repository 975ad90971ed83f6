//! The CPU's side of a formula: one pass over memory, vectorised and multi-threaded.

use core::fmt::Debug;
use core::mem::MaybeUninit;

use half::slice::HalfFloatSliceExt;
use rayon::prelude::*;

use super::{Double, Pointwise, Single, Symbol};

/// Elements that are worked on while they are in the first-level cache.
const BLOCK: usize = 1024;

/// Elements from which a second thread pays: below, waking it costs more than it saves.
const PARALLEL: usize = 16 * BLOCK;

/// A formula behind a pointer, so that backends and autodiff are compiled once for all formulas.
pub(crate) trait Kernel: Debug + Send + Sync {
    /// Replaces each `x` by `f(x)`.
    fn value_f32(&self, x: &mut [f32]);
    fn value_f64(&self, x: &mut [f64]);
    /// Multiplies each gradient by the slope at what the backward pass kept.
    fn slope_f32(&self, grad: &mut [f32], kept: &[f32]);
    fn slope_f64(&self, grad: &mut [f64], kept: &[f64]);
    /// Whether the backward pass keeps the output rather than the input.
    fn keeps_output(&self) -> bool;
    fn record_value<'g>(&self, x: Symbol<'g>) -> Symbol<'g>;
    fn record_slope<'g>(&self, kept: Symbol<'g>) -> Symbol<'g>;
}

/// The slope from what the backward pass kept.
#[inline(always)]
fn slope_at<F: Pointwise, N: super::Number>(formula: &F, kept: N) -> N {
    match formula.slope_from_output(kept) {
        Some(slope) => slope,
        None => formula.slope(kept),
    }
}

impl<F: Pointwise> Kernel for F {
    fn value_f32(&self, x: &mut [f32]) {
        pulp::Arch::new().dispatch(Value(self, x));
    }

    fn value_f64(&self, x: &mut [f64]) {
        for x in x {
            *x = self.value(Double(*x)).0;
        }
    }

    fn slope_f32(&self, grad: &mut [f32], kept: &[f32]) {
        pulp::Arch::new().dispatch(Slope(self, grad, kept));
    }

    fn slope_f64(&self, grad: &mut [f64], kept: &[f64]) {
        for (grad, kept) in grad.iter_mut().zip(kept) {
            *grad *= slope_at(self, Double(*kept)).0;
        }
    }

    fn keeps_output(&self) -> bool {
        self.slope_from_output(Double(0.0)).is_some()
    }

    fn record_value<'g>(&self, x: Symbol<'g>) -> Symbol<'g> {
        self.value(x)
    }

    fn record_slope<'g>(&self, kept: Symbol<'g>) -> Symbol<'g> {
        slope_at(self, kept)
    }
}

/// The loops are types of their own because a closure cannot be `inline(always)`, and code that is
/// not inlined is not compiled for the instruction set that was detected.
struct Value<'a, F>(&'a F, &'a mut [f32]);

impl<F: Pointwise> pulp::NullaryFnOnce for Value<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for x in self.1 {
            *x = self.0.value(Single(*x)).0;
        }
    }
}

struct Slope<'a, F>(&'a F, &'a mut [f32], &'a [f32]);

impl<F: Pointwise> pulp::NullaryFnOnce for Slope<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (grad, kept) in self.1.iter_mut().zip(self.2) {
            *grad *= slope_at(self.0, Single(*kept)).0;
        }
    }
}

/// A float type that tensors store.
pub(crate) trait Stored: Copy + Send + Sync + bytemuck::Pod {
    fn value(kernel: &dyn Kernel, x: &mut [Self]);
    fn slope(kernel: &dyn Kernel, grad: &mut [Self], kept: &[Self]);
}

impl Stored for f32 {
    fn value(kernel: &dyn Kernel, x: &mut [Self]) {
        kernel.value_f32(x);
    }

    fn slope(kernel: &dyn Kernel, grad: &mut [Self], kept: &[Self]) {
        kernel.slope_f32(grad, kept);
    }
}

impl Stored for f64 {
    fn value(kernel: &dyn Kernel, x: &mut [Self]) {
        kernel.value_f64(x);
    }

    fn slope(kernel: &dyn Kernel, grad: &mut [Self], kept: &[Self]) {
        kernel.slope_f64(grad, kept);
    }
}

/// Half precision is storage only: a block at a time is widened, worked on and rounded once.
macro_rules! stored_half {
    ($($half:ty),*) => {
        $(
            impl Stored for $half {
                fn value(kernel: &dyn Kernel, x: &mut [Self]) {
                    let mut wide = [0.0; BLOCK];
                    let wide = &mut wide[..x.len()];
                    x.convert_to_f32_slice(wide);
                    kernel.value_f32(wide);
                    x.convert_from_f32_slice(wide);
                }

                fn slope(kernel: &dyn Kernel, grad: &mut [Self], kept: &[Self]) {
                    let (mut wide, mut wide_kept) = ([0.0; BLOCK], [0.0; BLOCK]);
                    let (wide, wide_kept) = (&mut wide[..grad.len()], &mut wide_kept[..grad.len()]);
                    grad.convert_to_f32_slice(wide);
                    kept.convert_to_f32_slice(wide_kept);
                    kernel.slope_f32(wide, wide_kept);
                    grad.convert_from_f32_slice(wide);
                }
            }
        )*
    };
}

stored_half!(half::f16, half::bf16);

/// Whether this machine has the fused multiply-add that the vector functions rest on. Without one
/// each costs a library call, and composed tensor operations are faster.
pub(crate) fn is_supported() -> bool {
    cfg!(target_arch = "aarch64") || !matches!(pulp::Arch::new(), pulp::Arch::Scalar)
}

/// `f(x)` in place.
pub(crate) fn value_in_place<E: Stored>(kernel: &dyn Kernel, x: &mut [E]) {
    in_blocks(x, |block| E::value(kernel, block));
}

/// `f(x)` into a fresh buffer.
pub(crate) fn value<E: Stored>(kernel: &dyn Kernel, x: &[E]) -> Vec<E> {
    copied(x, |block, _| E::value(kernel, block))
}

/// `grad * f'` in place.
pub(crate) fn slope_in_place<E: Stored>(kernel: &dyn Kernel, grad: &mut [E], kept: &[E]) {
    let pass = |(grad, kept): (&mut [E], &[E])| E::slope(kernel, grad, kept);
    if grad.len() < PARALLEL {
        grad.chunks_mut(BLOCK)
            .zip(kept.chunks(BLOCK))
            .for_each(pass);
    } else {
        grad.par_chunks_mut(BLOCK)
            .zip(kept.par_chunks(BLOCK))
            .with_min_len(8)
            .for_each(pass);
    }
}

/// `grad * f'` into a fresh buffer.
pub(crate) fn slope<E: Stored>(kernel: &dyn Kernel, grad: &[E], kept: &[E]) -> Vec<E> {
    copied(grad, |block, start| {
        E::slope(kernel, block, &kept[start..start + block.len()])
    })
}

fn in_blocks<E: Stored>(x: &mut [E], pass: impl Fn(&mut [E]) + Send + Sync) {
    if x.len() < PARALLEL {
        x.chunks_mut(BLOCK).for_each(pass);
    } else {
        x.par_chunks_mut(BLOCK).with_min_len(8).for_each(pass);
    }
}

/// A copy of `source`, each block passed on while it is in the cache, with its position.
fn copied<E: Stored>(source: &[E], pass: impl Fn(&mut [E], usize) + Sync) -> Vec<E> {
    let mut buffer = Vec::with_capacity(source.len());
    let fresh = &mut buffer.spare_capacity_mut()[..source.len()];
    let fill = |(index, (fresh, source)): (usize, (&mut [MaybeUninit<E>], &[E]))| {
        pass(fresh.write_copy_of_slice(source), index * BLOCK);
    };
    if source.len() < PARALLEL {
        let blocks = fresh.chunks_mut(BLOCK).zip(source.chunks(BLOCK));
        blocks.enumerate().for_each(fill);
    } else {
        let blocks = fresh.par_chunks_mut(BLOCK).zip(source.par_chunks(BLOCK));
        blocks.enumerate().with_min_len(8).for_each(fill);
    }
    // SAFETY: the blocks cover the first `source.len()` elements, and `fill` wrote each of them.
    unsafe { buffer.set_len(source.len()) };
    buffer
}
