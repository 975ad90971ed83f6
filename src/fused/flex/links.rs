//! The loop over the links of a chain.

use super::chunk::{Block, Chunk, Input, Target};
use super::stored::Arithmetic;
use crate::fused::chain::Chain;
use crate::fused::map::Few;

/// How many blocks go through all links at a time: few enough for what is between two links to stay in the
/// first-level cache.
const STRIDE: usize = 16;

/// Where the numbers of a register are.
#[derive(Clone, Copy)]
enum Place<E> {
    /// In an input, or in the memory of a result.
    Tensor(*const Block<E>, usize),
    /// In memory between two links.
    Between(*mut Block<E>),
    /// An input that is spread, which the link that reads it has taken.
    Spread,
}

impl<E> Place<E> {
    /// The blocks from this one on.
    fn at(&self, block: usize) -> Option<*const Block<E>> {
        match *self {
            Self::Tensor(start, step) => Some(start.wrapping_add(block * step)),
            Self::Between(start) => Some(start),
            Self::Spread => None,
        }
    }
}

/// What a link reads and where it writes.
struct Wires<E> {
    reads: Few<Input<E>>,
    writes: Few<Target<E>>,
}

/// A result that must not be written before all links have read what is in its memory.
struct Late<E> {
    between: *const Block<E>,
    target: *mut Block<E>,
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
    let mut places: Vec<Place<E>> = inputs
        .iter()
        .map(|input| match input.start() {
            Some((start, step)) => Place::Tensor(start, step),
            None => Place::Spread,
        })
        .collect();
    let mut late = Vec::new();
    let mut wires = Vec::new();
    let mut summed = Vec::new();
    for (index, link) in chain.links().iter().enumerate() {
        let reads = link.reads.iter().map(|register| match places[*register] {
            Place::Spread => core::mem::replace(&mut inputs[*register], Input::nowhere()),
            Place::Tensor(start, 0) => Input::same(start),
            Place::Tensor(start, _) => Input::each(start),
            Place::Between(start) => Input::each(start),
        });
        let reads = reads.collect();
        let mut writes = Few::new();
        for register in link.writes.clone() {
            let own: *mut Block<E> = between
                .wrapping_add((register - chain.inputs()) * STRIDE)
                .cast();
            let read_later = |place: usize| {
                let later = chain.links()[index + 1..].iter();
                later.flat_map(|link| &link.reads).any(|at| *at == place)
            };
            let result = chain.results().iter().position(|at| *at == register);
            let (place, target) = match result.map(|result| (result, targets[result].start())) {
                None => (Place::Between(own), Target::each(own)),
                Some((result, None)) => {
                    summed.push((index, writes.len(), result));
                    let target = core::mem::replace(&mut targets[result], Target::each(own));
                    (Place::Between(own), target)
                }
                Some((_, Some(start))) if start.is_null() => match read_later(register) {
                    true => (Place::Between(own), Target::each(own)),
                    false => (Place::Between(own), Target::nowhere()),
                },
                Some((_, Some(start))) => {
                    let shared = (0..inputs.len()).any(|input| {
                        read_later(input) && places[input].at(0) == Some(start.cast_const())
                    });
                    if shared {
                        late.push(Late {
                            between: own,
                            target: start,
                        });
                        (Place::Between(own), Target::each(own))
                    } else {
                        (Place::Tensor(start, 1), Target::each(start))
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
                if let Some(start) = places[*register].at(first) {
                    input.move_to(start);
                }
            }
            for (register, target) in link.writes.clone().zip(writes.iter_mut()) {
                if let Place::Tensor(start, step) = places[register] {
                    target.move_to(start.wrapping_add(first * step).cast_mut());
                }
            }
            // SAFETY: blocks that the chunk was promised, in the same order, or memory of our own, which was
            // written before it is read.
            E::run(link.kernel, unsafe { Chunk::new(blocks, reads, writes) });
        }
        for Late { between, target } in &late {
            // SAFETY: as above; all links have read what was there.
            unsafe {
                target
                    .wrapping_add(first)
                    .copy_from_nonoverlapping(*between, blocks)
            };
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
