//! A formula over all numbers of a tensor: one pass, multi-threaded.

use core::ops::Range;

use half::slice::HalfFloatSliceExt;

use super::memory;
use super::share;
use super::span::{Block, LANES, Span};
use crate::fused::kernel::Kernel;

/// Blocks that a thread takes at a time: 64 KiB of `f32`.
const CHUNK: usize = 256;

/// What a pass does with the numbers it reads.
#[derive(Clone, Copy)]
pub(crate) enum Pass<'a, T> {
    /// `f(x)`.
    Value,
    /// Each gradient times the slope at what the backward pass kept, and 0 where that is 0.
    Slope { kept: &'a [T] },
}

impl<'a, E> Pass<'a, Block<E>> {
    /// The pass over these blocks alone.
    fn over(self, blocks: Range<usize>) -> Self {
        match self {
            Self::Value => Self::Value,
            Self::Slope { kept } => Self::Slope {
                kept: &kept[blocks],
            },
        }
    }
}

/// A float type that tensors store.
pub(crate) trait Stored: bytemuck::Pod + Send + Sync {
    /// Runs a pass over blocks.
    fn run(kernel: &dyn Kernel, pass: Pass<'_, Block<Self>>, chunk: Span<'_, Self>);
}

impl Stored for f32 {
    fn run(kernel: &dyn Kernel, pass: Pass<'_, Block<f32>>, chunk: Span<'_, f32>) {
        match pass {
            Pass::Value => kernel.value_f32(chunk),
            Pass::Slope { kept } => kernel.slope_f32(chunk, kept),
        }
    }
}

impl Stored for f64 {
    fn run(kernel: &dyn Kernel, pass: Pass<'_, Block<f64>>, chunk: Span<'_, f64>) {
        match pass {
            Pass::Value => kernel.value_f64(chunk),
            Pass::Slope { kept } => kernel.slope_f64(chunk, kept),
        }
    }
}

/// Half precision is storage only: some blocks at a time are widened, worked on and rounded once.
macro_rules! stored_half {
    ($($half:ty),*) => {
        $(
            impl Stored for $half {
                fn run(kernel: &dyn Kernel, pass: Pass<'_, Block<Self>>, mut chunk: Span<'_, Self>) {
                    let (mut wide, mut wide_kept) = ([[0.0; LANES]; WIDENED], [[0.0; LANES]; WIDENED]);
                    let blocks = chunk.read().len();
                    for start in (0..blocks).step_by(WIDENED) {
                        let range = start..blocks.min(start + WIDENED);
                        let wide = &mut wide[..range.len()];
                        let narrow = chunk.read()[range.clone()].as_flattened();
                        narrow.convert_to_f32_slice(wide.as_flattened_mut());
                        match pass.over(range) {
                            Pass::Value => kernel.value_f32(Span::in_place(wide)),
                            Pass::Slope { kept } => {
                                let wide_kept = &mut wide_kept[..kept.len()];
                                kept.as_flattened().convert_to_f32_slice(wide_kept.as_flattened_mut());
                                kernel.slope_f32(Span::in_place(wide), wide_kept);
                            }
                        }
                        for (index, wide) in wide.iter().enumerate() {
                            let mut narrow = [Self::ZERO; LANES];
                            narrow.convert_from_f32_slice(wide);
                            chunk.write(start + index, narrow);
                        }
                    }
                }
            }
        )*
    };
}

/// How many blocks of half precision are widened at a time: few enough for the first-level cache.
const WIDENED: usize = 16;

stored_half!(half::f16, half::bf16);

/// Runs a pass in place.
pub(crate) fn in_place<E: Stored>(kernel: &dyn Kernel, pass: Pass<'_, E>, x: &mut [E]) {
    let (pass, last_pass) = split(pass);
    let (blocks, last) = x.as_chunks_mut();
    share(blocks.chunks_mut(CHUNK).enumerate(), |(index, blocks)| {
        let pass = pass.over(index * CHUNK..index * CHUNK + blocks.len());
        E::run(kernel, pass, Span::in_place(blocks));
    });
    last.copy_from_slice(&run_last(kernel, last_pass, last)[..last.len()]);
}

/// Runs a pass from `source` into a fresh buffer.
pub(crate) fn fresh<E: Stored>(kernel: &dyn Kernel, pass: Pass<'_, E>, source: &[E]) -> Vec<E> {
    let (pass, last_pass) = split(pass);
    let (blocks, last) = source.as_chunks();
    let mut buffer = memory::buffer(source.len());
    let (targets, _) = buffer.spare_capacity_mut().as_chunks_mut();
    let targets = &mut targets[..blocks.len()];
    let chunks = blocks.chunks(CHUNK).zip(targets.chunks_mut(CHUNK));
    share(chunks.enumerate(), |(index, (blocks, targets))| {
        let pass = pass.over(index * CHUNK..index * CHUNK + blocks.len());
        E::run(kernel, pass, Span::fresh(blocks, targets));
    });
    // SAFETY: the chunks cover all whole blocks, and a pass writes each block of its span.
    unsafe { buffer.set_len(blocks.as_flattened().len()) };
    buffer.extend_from_slice(&run_last(kernel, last_pass, last)[..last.len()]);
    buffer
}

/// The pass over whole blocks, and over the numbers after the last of them.
fn split<E>(pass: Pass<'_, E>) -> (Pass<'_, Block<E>>, Pass<'_, E>) {
    match pass {
        Pass::Value => (Pass::Value, Pass::Value),
        Pass::Slope { kept } => {
            let (blocks, last) = kept.as_chunks();
            (Pass::Slope { kept: blocks }, Pass::Slope { kept: last })
        }
    }
}

/// Runs a pass over less than a block; what lies past the numbers is to be dropped.
fn run_last<E: Stored>(kernel: &dyn Kernel, pass: Pass<'_, E>, numbers: &[E]) -> Block<E> {
    let padded = |numbers: &[E]| {
        let mut block = [E::zeroed(); LANES];
        block[..numbers.len()].copy_from_slice(numbers);
        [block]
    };
    let mut block = padded(numbers);
    let span = Span::in_place(&mut block);
    match pass {
        _ if numbers.is_empty() => {}
        Pass::Value => E::run(kernel, Pass::Value, span),
        Pass::Slope { kept } => {
            let kept = &padded(kept);
            E::run(kernel, Pass::Slope { kept }, span);
        }
    }
    block[0]
}
