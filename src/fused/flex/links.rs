//! The loop over the links of a chain.

use super::chunk::{Block, Blocks, Chunk, Input, LANES, Target};
use super::stored::{Arithmetic, Memory, slice};
use crate::fused::chain::Chain;
use crate::fused::map::Few;

/// How many blocks go through all links at a time: few enough for what is between two links to stay in the
/// first-level cache.
const STRIDE: usize = 16;

/// Where the numbers of a register are.
#[derive(Clone, Copy)]
enum Place {
    /// In an input, or in the memory of a result.
    Tensor(Blocks),
    /// In memory between two links.
    Between(Blocks),
    /// An input that is spread, which the link that reads it has taken.
    Spread,
}

impl Place {
    /// The blocks from this one on.
    fn from(&self, block: usize) -> Option<Blocks> {
        match *self {
            Self::Tensor(blocks) => Some(blocks.from(block)),
            Self::Between(blocks) => Some(blocks),
            Self::Spread => None,
        }
    }
}

/// What a link reads and where it writes.
struct Wires<E> {
    reads: Few<Input<E>>,
    writes: Few<Target<E>>,
}

/// A result that must not be written before all links have read what is in its memory, or what would be rounded there.
struct Late<E> {
    between: *const E,
    target: Blocks,
}

/// Runs the links of a chain over a few blocks, one after another, and then over the next.
#[expect(
    private_bounds,
    reason = "called for the two types that a kernel runs in"
)]
pub(crate) fn run_links<E: Arithmetic>(chain: &Chain<'_>, chunk: Chunk<'_, E>) {
    let (len, inputs, targets) = chunk.into_parts();
    let mut between: Vec<Block<E>> =
        Vec::with_capacity((chain.registers() - chain.inputs()) * STRIDE);
    let between = between.spare_capacity_mut().as_mut_ptr();
    let places = inputs.iter().map(|input| match input.blocks() {
        Some(blocks) => Place::Tensor(blocks),
        None => Place::Spread,
    });
    let mut places: Vec<Place> = places.collect();
    let mut late = Vec::new();
    let mut wires = Vec::new();
    let mut summed = Vec::new();
    for (index, link) in chain.links().iter().enumerate() {
        let reads = link.reads.iter().map(|register| match places[*register] {
            Place::Spread => {
                core::mem::replace(&mut inputs[*register], Input::new(Blocks::NOWHERE))
            }
            Place::Tensor(blocks) | Place::Between(blocks) => Input::new(blocks),
        });
        let reads = reads.collect();
        let mut writes = Few::new();
        for register in link.writes.clone() {
            let own: *mut Block<E> = between
                .wrapping_add((register - chain.inputs()) * STRIDE)
                .cast();
            let own = Blocks::each(Memory::of_blocks(own.cast_const()));
            let read_later = |place: usize| {
                let later = chain.links()[index + 1..].iter();
                later.flat_map(|link| &link.reads).any(|at| *at == place)
            };
            let result = chain.results().iter().position(|at| *at == register);
            let target = result.map(|result| (result, targets[result].blocks()));
            let (place, target) = match target {
                None => (Place::Between(own), Target::new(own)),
                Some((result, None)) => {
                    summed.push((index, writes.len(), result));
                    let target = core::mem::replace(&mut targets[result], Target::new(own));
                    (Place::Between(own), target)
                }
                Some((_, Some(blocks))) if blocks.are_nowhere() => match read_later(register) {
                    true => (Place::Between(own), Target::new(own)),
                    false => (Place::Between(own), Target::nowhere()),
                },
                Some((_, Some(target))) => {
                    let memory = target.memory;
                    let is_read = |input: &Place| match input {
                        Place::Tensor(blocks) => blocks.memory.start == memory.start,
                        _ => false,
                    };
                    let shared = (0..inputs.len()).any(|at| read_later(at) && is_read(&places[at]));
                    let rounded = memory.float != E::FLOAT && read_later(register);
                    if shared || rounded {
                        let between = own.memory.start.cast_const().cast();
                        late.push(Late { between, target });
                        (Place::Between(own), Target::new(own))
                    } else {
                        (Place::Tensor(target), Target::new(target))
                    }
                }
            };
            places.push(place);
            writes.push(target);
        }
        wires.push(Wires { reads, writes });
    }
    for first in (0..len).step_by(STRIDE) {
        let blocks = STRIDE.min(len - first);
        for (link, wires) in chain.links().iter().zip(&mut wires) {
            let Wires { reads, writes } = wires;
            for (register, input) in link.reads.iter().zip(reads.iter_mut()) {
                if let Some(blocks) = places[*register].from(first) {
                    input.move_to(blocks);
                }
            }
            for (register, target) in link.writes.clone().zip(writes.iter_mut()) {
                if let Place::Tensor(blocks) = places[register] {
                    target.move_to(blocks.from(first));
                }
            }
            // SAFETY: blocks that the chunk was promised, in the same order, or memory of our own, which was
            // written before it is read.
            E::run(link.kernel, unsafe { Chunk::new(blocks, reads, writes) });
        }
        for Late { between, target } in &late {
            // SAFETY: as above; all links have read what was there.
            unsafe {
                E::narrow(slice(*between, blocks * LANES), target.from(first).memory);
            }
        }
    }
    // Blocks that are spread or summed go on in the next chunk.
    for (link, wires) in chain.links().iter().zip(&mut wires) {
        for (register, read) in link.reads.iter().zip(&mut wires.reads) {
            if matches!(places[*register], Place::Spread) {
                core::mem::swap(read, &mut inputs[*register]);
            }
        }
    }
    for (link, write, result) in summed {
        core::mem::swap(&mut wires[link].writes[write], &mut targets[result]);
    }
}
