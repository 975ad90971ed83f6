//! The loop of a map over blocks of numbers, compiled for the machine's vectors.

use super::chunk::{Block, Blocks, Chunk, LANES};
use super::computed::Computed;
use super::stored::Memory;
use super::vectorize::{Task, Vectors};
use crate::fused::map::{Map, is_periodic};
use crate::fused::number::{Double, Number};
use crate::fused::pack::Pack;

/// The loop over a chunk.
pub(crate) struct Loop<'a, M, E> {
    pub(crate) map: &'a M,
    pub(crate) chunk: Chunk<'a, E>,
}

type Of<P, T> = <P as Pack>::Of<T>;

impl<M: Map, E: Computed> Task for Loop<'_, M, E> {
    #[inline(always)]
    fn run<V: Vectors>(self) {
        if E::NARROWS && self.chunk.is_narrow() {
            return self.blocks::<V, true, true>();
        }
        // Constant, so that maps without have no such loop.
        if M::PREPARES && self.map.prepares() {
            return self.blocks::<V, true, false>();
        }
        self.blocks::<V, false, false>();
    }
}

impl<M: Map, E: Computed> Loop<'_, M, E> {
    /// One loop for maps that prepare their inputs and one for those that do not: an input that the result does not
    /// depend on is not read then. And one for numbers of which some are stored in fewer bits: they are converted in
    /// registers.
    #[inline(always)]
    fn blocks<V: Vectors, const PREPARES: bool, const NARROW: bool>(mut self) {
        // A copy of our own, which no write to a tensor can change: read once, not for each number.
        let map = self.map.clone();
        let (periodic, prepares) = (is_periodic(&map), map.prepares());
        let mut sources = self.chunk.sources::<M::In>();
        let mut targets = self.chunk.targets::<M::Out>();
        for _ in 0..self.chunk.len() {
            let mut here = sources;
            if M::SPREADS {
                let mut place = 0;
                M::In::each(&mut here, &sources, &mut |here, source| {
                    *here = self.chunk.spread(place, *source);
                    place += 1;
                });
            }
            let mut x = M::In::filled([E::zeroed(); LANES]);
            if NARROW {
                for place in 0..M::In::LEN {
                    let memory = M::In::at(&here, place).memory;
                    // SAFETY: one of the blocks that the chunk was promised, or a window's own.
                    unsafe { E::widen_block::<V>(memory, M::In::at_mut(&mut x, place)) };
                }
            } else {
                M::In::each(&mut x, &here, &mut |block, here| {
                    // SAFETY: as above.
                    *block = unsafe { here.memory.start.cast::<Block<E>>().read() };
                });
            }
            M::In::each(&mut sources, &here, &mut |source, here| {
                *source = here.from(1);
            });
            if M::PREPARES && PREPARES && prepares {
                for lane in 0..LANES {
                    let numbers = map.prepare(lane_of::<M::In, E>(&x, lane));
                    set_lane::<M::In, E>(&mut x, lane, &numbers);
                }
            }
            let mut y = M::Out::filled([E::zeroed(); LANES]);
            for lane in 0..LANES {
                let results = map.map(lane_of::<M::In, E>(&x, lane));
                set_lane::<M::Out, E>(&mut y, lane, &results);
            }
            if periodic {
                restore(self.map, &x, &mut y);
            }
            if NARROW {
                for place in 0..M::Out::LEN {
                    let target = self.target(place, M::Out::at_mut(&mut targets, place));
                    let y = M::Out::at_mut(&mut y, place);
                    self.add(place, target, y);
                    if !target.start.is_null() {
                        // SAFETY: one of the blocks that the chunk was promised, or a sum's own. All inputs' blocks of
                        // this place were read.
                        unsafe { E::narrow_block::<V>(y, target) };
                    }
                }
            } else {
                let mut place = 0;
                M::Out::each(&mut targets, &y, &mut |targets, y| {
                    let target = self.target(place, targets);
                    let mut y = *y;
                    self.add(place, target, &mut y);
                    // A result that nobody wants is not written: more than half of a cheap loop's time are its writes.
                    if !target.start.is_null() {
                        // SAFETY: as above.
                        unsafe { target.start.cast::<Block<E>>().write(y) };
                    }
                    place += 1;
                });
            }
        }
    }

    /// Where the next block of a result goes; on to the one after it.
    #[inline(always)]
    fn target(&mut self, place: usize, targets: &mut Blocks) -> Memory {
        if M::SPREADS && self.chunk.sums(place) {
            *targets = self.chunk.summed(place, *targets);
        }
        let target = targets.memory;
        *targets = targets.from(1);
        target
    }

    /// Adds what has been added up of a result so far.
    #[inline(always)]
    fn add(&self, place: usize, sums: Memory, y: &mut Block<E>) {
        if M::SPREADS && self.chunk.sums(place) {
            // SAFETY: a sum's own block, initialized.
            let sums = unsafe { sums.start.cast::<Block<E>>().read() };
            for lane in 0..LANES {
                y[lane] = y[lane].plus(sums[lane]);
            }
        }
    }
}

/// The numbers of one lane.
#[inline(always)]
pub(super) fn lane_of<P: Pack, E: Computed>(x: &Of<P, Block<E>>, lane: usize) -> Of<P, E::Number> {
    let mut numbers = P::filled(E::Number::literal(0.0));
    P::each(&mut numbers, x, &mut |number, block| {
        *number = block[lane].number();
    });
    numbers
}

/// Puts numbers in a lane.
#[inline(always)]
pub(super) fn set_lane<P: Pack, E: Computed>(
    x: &mut Of<P, Block<E>>,
    lane: usize,
    numbers: &Of<P, E::Number>,
) {
    P::each(x, numbers, &mut |block, number| {
        block[lane] = E::from_number(*number);
    });
}

/// Works out anew what sines and cosines of large numbers have lost, one by one.
#[inline(always)]
fn restore<M: Map, E: Computed>(map: &M, x: &Of<M::In, Block<E>>, y: &mut Of<M::Out, Block<E>>) {
    let mut lost = false;
    for output in 0..M::Out::LEN {
        for result in M::Out::at(y, output) {
            lost |= result.is_nan();
        }
    }
    if lost {
        // Copies, so that the numbers themselves are registers: nobody is shown where they are.
        let (x, mut restored) = (*x, *y);
        restore_lost::<M, E>(map, &x, &mut restored);
        *y = restored;
    }
}

#[cold]
#[inline(never)]
fn restore_lost<M: Map, E: Computed>(
    map: &M,
    x: &Of<M::In, Block<E>>,
    y: &mut Of<M::Out, Block<E>>,
) {
    for lane in 0..LANES {
        let mut numbers = M::In::filled(Double(0.0));
        let mut given = true;
        for input in 0..M::In::LEN {
            let number = M::In::at(x, input)[lane];
            given &= !number.is_nan();
            *M::In::at_mut(&mut numbers, input) = Double(number.to_f64());
        }
        if !given {
            continue;
        }
        let results = map.map(numbers);
        for output in 0..M::Out::LEN {
            let result = &mut M::Out::at_mut(y, output)[lane];
            if result.is_nan() {
                *result = E::from_f64(M::Out::at(&results, output).0);
            }
        }
    }
}
