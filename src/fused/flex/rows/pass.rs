//! A map over all rows of some tensors: the one pass over memory, on all threads.

use core::ops::Range;

use burn::backend::{DType, flex::FlexTensor};
use smallvec::smallvec;

use super::layout::{Layout, Way};
use super::stretch::{Lie, Rows};
use crate::fused::flex::chunk::LANES;
use crate::fused::flex::share;
use crate::fused::flex::stored::{
    Arithmetic, Float, Fresh, Memory, numbers, numbers_mut, slice, slice_mut,
};
use crate::fused::map::Few;
use crate::fused::rows::RowKernel;

/// Numbers that a thread takes at a time, about: 64 KiB of `f32`.
const PART: usize = 16_384;

/// Numbers that are widened at a time where rows are shorter: few enough for the first-level cache.
const WIDENED: usize = 4096;

/// Runs a map of the rows along an axis. The result takes the memory of an input that nobody else holds.
///
/// All inputs have one shape and type, and at least one number.
pub(crate) fn run_rows(kernel: &dyn RowKernel, axis: usize, inputs: Few<FlexTensor>) -> FlexTensor {
    match inputs[0].dtype() {
        DType::F64 => run_in::<f64>(kernel, axis, inputs),
        _ => run_in::<f32>(kernel, axis, inputs),
    }
}

/// Where the result goes.
enum Sink {
    /// The memory of an input.
    Over(usize),
    Fresh(Fresh),
}

fn run_in<E: Arithmetic>(
    kernel: &dyn RowKernel,
    axis: usize,
    mut inputs: Few<FlexTensor>,
) -> FlexTensor {
    for input in &mut inputs {
        if input.layout().contiguous_offsets().is_none() {
            *input = input.to_contiguous();
        }
    }
    let (shape, float) = (inputs[0].layout().shape().clone(), Float::of(&inputs[0]));
    let mut sources: Few<_> = inputs.iter().map(numbers).collect();
    // A term takes the place of the first input, and the others are read after it.
    let candidates = if kernel.stores() { 1 } else { inputs.len() };
    let over = (0..candidates)
        .rev()
        .find_map(|index| numbers_mut(&mut inputs[index]).map(|memory| (index, memory)));
    let (sink, target) = match over {
        Some((index, memory)) => {
            // Read through the pointer that it is written through.
            sources[index] = memory;
            (Sink::Over(index), memory)
        }
        None => {
            let mut fresh = Fresh::new(float, shape.num_elements());
            let memory = fresh.memory(float);
            (Sink::Fresh(fresh), memory)
        }
    };
    let layout = Layout::new(&shape, axis);
    let pass = Pass {
        kernel,
        layout,
        rounds: kernel.rounds(layout.len, E::EPSILON),
        sources,
        target,
    };
    let (groups, each) = (layout.groups(), PART.div_ceil(layout.size()));
    let parts = (0..groups.div_ceil(each)).map(|part| part * each..groups.min((part + 1) * each));
    share(parts, |groups| pass.work::<E>(groups));
    match sink {
        Sink::Over(index) => inputs.swap_remove(index),
        // SAFETY: the groups cover the tensor, and each writes every number of its own.
        Sink::Fresh(fresh) => unsafe { fresh.finish(&shape, float) },
    }
}

struct Pass<'a> {
    kernel: &'a dyn RowKernel,
    layout: Layout,
    rounds: usize,
    sources: Few<Memory>,
    target: Memory,
}

impl Pass<'_> {
    /// Runs over some groups of rows.
    fn work<E: Arithmetic>(&self, groups: Range<usize>) {
        let wide = self.target.float == E::FLOAT;
        match self.layout.way {
            Way::Along if wide => {
                let lie = Lie::Along {
                    count: groups.len(),
                };
                self.run_in_place::<E>(lie, groups.start * self.layout.len);
            }
            Way::Along => self.widened::<E>(groups),
            Way::Across => {
                let mut copies = Copies::<E>::new(0, 0, self.sources.len());
                for group in groups {
                    let (start, lanes) = self.layout.side_by_side(group);
                    if wide && lanes == LANES {
                        let stride = self.layout.inner;
                        self.run_in_place::<E>(Lie::Across { stride }, start);
                    } else {
                        self.side_by_side(start, lanes, &mut copies);
                    }
                }
            }
            Way::CopiedAlong | Way::CopiedAcross => self.turned::<E>(groups),
        }
    }

    /// Runs over rows where they are.
    fn run_in_place<E: Arithmetic>(&self, lie: Lie, start: usize) {
        let at = |source: &Memory| source.from(start).start.cast::<E>().cast_const();
        let inputs: Few<_> = self.sources.iter().map(at).collect();
        let target = self.target.from(start).start.cast();
        // SAFETY: the rows are within the tensors, and nobody else works on them.
        let rows = unsafe { Rows::new(lie, self.layout.len, self.rounds, &inputs, target) };
        E::run_rows(self.kernel, rows);
    }

    /// Runs over rows that are copied because they are stored in another type.
    fn widened<E: Arithmetic>(&self, groups: Range<usize>) {
        let len = self.layout.len;
        let count = (WIDENED / len).clamp(1, groups.len());
        let mut copies = Copies::<E>::new(0, count * len, self.sources.len());
        for first in groups.clone().step_by(count) {
            let count = count.min(groups.end - first);
            let (start, size) = (first * len, count * len);
            for (source, copy) in self.sources.iter().zip(&mut copies.turned) {
                // SAFETY: the rows are within the tensor.
                unsafe { E::widen(source.from(start), &mut copy[..size]) };
            }
            self.run(Lie::Along { count }, &mut copies);
            let results = &copies.turned[0][..size];
            // SAFETY: as above, and nobody else works on them.
            unsafe { E::narrow(results, self.target.from(start)) };
        }
    }

    /// Runs over rows that are copied to lie along or across.
    fn turned<E: Arithmetic>(&self, groups: Range<usize>) {
        let layout = &self.layout;
        let (size, lie) = match layout.way {
            Way::CopiedAcross => (layout.len * LANES, Lie::Across { stride: LANES }),
            _ => (
                layout.size(),
                Lie::Along {
                    count: layout.inner,
                },
            ),
        };
        let mut copies = Copies::<E>::new(layout.size(), size, self.sources.len());
        let wide = self.target.float == E::FLOAT;
        for group in groups {
            let range = layout.numbers(group);
            let (start, len) = (range.start, range.len());
            for (source, turned) in self.sources.iter().zip(&mut copies.turned) {
                // SAFETY: the group is within the tensor, and nobody writes to it meanwhile.
                unsafe {
                    if wide {
                        layout.turn(slice::<E>(source.from(start).start.cast(), len), turned);
                    } else {
                        E::widen(source.from(start), &mut copies.stretch[..len]);
                        layout.turn(&copies.stretch[..len], turned);
                    }
                }
            }
            self.run(lie, &mut copies);
            let results = &copies.turned[0];
            // SAFETY: as above, and nobody else works on it.
            unsafe {
                if wide {
                    layout.turn_back(
                        results,
                        slice_mut::<E>(self.target.from(start).start.cast(), len),
                    );
                } else {
                    layout.turn_back(results, &mut copies.stretch[..len]);
                    E::narrow(&copies.stretch[..len], self.target.from(start));
                }
            }
        }
    }

    /// Runs over rows side by side that are copied because they are stored in another type, or do not fill all
    /// lanes.
    fn side_by_side<E: Arithmetic>(&self, start: usize, lanes: usize, copies: &mut Copies<E>) {
        let (len, inner) = (self.layout.len, self.layout.inner);
        copies.resize(len * LANES);
        for (source, copy) in self.sources.iter().zip(&mut copies.turned) {
            for (place, block) in copy.chunks_exact_mut(LANES).enumerate() {
                let numbers = source.from(start + place * inner);
                // SAFETY: the rows are within the tensor.
                unsafe { E::widen(numbers, &mut block[..lanes]) };
            }
        }
        self.run(Lie::Across { stride: LANES }, copies);
        for (place, block) in copies.turned[0].chunks_exact(LANES).enumerate() {
            let numbers = self.target.from(start + place * inner);
            // SAFETY: as above, and nobody else works on them.
            unsafe { E::narrow(&block[..lanes], numbers) };
        }
    }

    /// Runs over copies of rows; the results are where the first input was.
    fn run<E: Arithmetic>(&self, lie: Lie, copies: &mut Copies<E>) {
        let target = copies.turned[0].as_mut_ptr();
        let others = copies.turned[1..].iter().map(|copy| copy.as_ptr());
        let inputs: Few<_> = core::iter::once(target.cast_const())
            .chain(others)
            .collect();
        // SAFETY: the copies are memory of our own, as large as the rows.
        let rows = unsafe { Rows::new(lie, self.layout.len, self.rounds, &inputs, target) };
        E::run_rows(self.kernel, rows);
    }
}

/// Memory for rows in the type that they are computed in.
struct Copies<E> {
    /// Numbers as they lie in a tensor.
    stretch: Vec<E>,
    /// The rows of each input as a loop wants them.
    turned: Few<Vec<E>>,
}

impl<E: Arithmetic> Copies<E> {
    fn new(stretch: usize, turned: usize, inputs: usize) -> Self {
        Self {
            stretch: vec![E::zeroed(); stretch],
            turned: smallvec![vec![E::zeroed(); turned]; inputs],
        }
    }

    fn resize(&mut self, turned: usize) {
        for copy in &mut self.turned {
            copy.resize(turned, E::zeroed());
        }
    }
}
