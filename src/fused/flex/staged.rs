//! Blocks in few bits on their way through a kernel: converted in memory that stays in the first-level cache. No kernel
//! sees codes.

use super::chunk::{Block, Blocks, Chunk, Input, LANES, Target};
use super::stored::{Arithmetic, Float, Memory, slice, slice_mut};
use crate::fused::map::{Few, Kernel};

/// How many blocks are converted at a time: enough for the calls not to count, and few enough for all to stay in the
/// first-level cache.
const STRIDE: usize = 8;

/// A block in memory. Aligned: what is written across two lines of the cache takes long to be read again.
#[repr(align(64))]
#[derive(Clone, Copy)]
struct Room<E>(Block<E>);

/// Where blocks are, and where they are converted.
#[derive(Clone, Copy)]
struct Stage {
    stored: Blocks,
    room: Option<Memory>,
}

/// Whether the conversion is too long for the kernel's loop.
fn is_long(memory: Memory) -> bool {
    match memory.float {
        Float::Codes => true,
        Float::BF16 => memory.noise().is_some(),
        _ => false,
    }
}

/// Runs a kernel over blocks. Those that take long to convert it gets to see as numbers of the type that it computes in.
///
/// # Safety
///
/// As [`Chunk::new`].
pub(super) unsafe fn run<E: Arithmetic>(
    kernel: &dyn Kernel,
    len: usize,
    inputs: &mut [Input<E>],
    targets: &mut [Target<E>],
) {
    let read = inputs.iter().filter_map(Input::blocks);
    let written = targets.iter().filter_map(Target::blocks);
    let long: Few<*mut u8> = read
        .chain(written)
        .filter(|blocks| is_long(blocks.memory))
        .map(|blocks| blocks.memory.start)
        .collect();
    if long.is_empty() {
        // SAFETY: the caller's promise.
        return E::run(kernel, unsafe { Chunk::new(len, inputs, targets) });
    }
    // One for each place in memory: a result that takes an input's does so here too.
    let mut rooms = vec![Room([E::zeroed(); LANES]); long.len() * STRIDE];
    let rooms: *mut Room<E> = rooms.as_mut_ptr();
    let stage = |stored: Blocks| {
        let place = long.iter().position(|start| *start == stored.memory.start);
        let room = place.map(|place| rooms.wrapping_add(place * STRIDE).cast_const().cast());
        Stage {
            stored,
            room: room.map(Memory::of_blocks::<E>),
        }
    };
    let reads: Few<_> = inputs.iter().map(|it| it.blocks().map(stage)).collect();
    let writes: Few<_> = targets.iter().map(|it| it.blocks().map(stage)).collect();
    for first in (0..len).step_by(STRIDE) {
        let blocks = STRIDE.min(len - first);
        for (input, stage) in inputs.iter_mut().zip(&reads) {
            let Some(Stage { stored, room }) = *stage else {
                continue;
            };
            let stored = stored.from(first);
            input.move_to(match room {
                None => stored,
                Some(room) => {
                    // SAFETY: blocks that the caller has promised, and a room for as many, which nobody else has now.
                    unsafe {
                        let wide = slice_mut(room.start.cast(), blocks * LANES);
                        E::widen(stored.memory, wide);
                    }
                    Blocks::each(room)
                }
            });
        }
        for (target, stage) in targets.iter_mut().zip(&writes) {
            if let Some(Stage { stored, room }) = *stage {
                target.move_to(room.map_or_else(|| stored.from(first), Blocks::each));
            }
        }
        // SAFETY: blocks that the caller has promised, in the same order, or rooms; where a target is an input's memory,
        // both have the same room.
        E::run(kernel, unsafe { Chunk::new(blocks, inputs, targets) });
        for Stage { stored, room } in writes.iter().flatten() {
            if let Some(room) = room {
                // SAFETY: as above; the kernel has written the room.
                unsafe {
                    let wide = slice(room.start.cast_const().cast(), blocks * LANES);
                    E::narrow(wide, stored.from(first).memory);
                }
            }
        }
    }
}
