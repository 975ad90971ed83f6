//! A map over all numbers of some tensors: the one pass over memory, in blocks, on all threads.

use core::ops::Range;

use burn::backend::flex::FlexTensor;
use burn::tensor::Shape;
use smallvec::SmallVec;

use super::chunk::{Block, Blocks, Chunk, Input, LANES, Target};
use super::share;
use super::spread::{Gather, Pattern, Spread};
use super::staged;
use super::stored::{Arithmetic, Float, Fresh, Memory, numbers, numbers_mut, tensor_of};
use crate::fused::map::{Few, Kernel, Output};

/// Numbers that a thread takes at a time: 64 KiB of `f32`.
const CHUNK: usize = 256 * LANES;

/// Parts that a tensor is divided into, at most, where there are sums: each part has sums of its own, so that
/// they do not depend on the number of threads.
const PARTS: usize = 64;

/// A result.
pub(crate) enum Made {
    Nothing,
    /// It is in the memory of the input of this index.
    Over(usize),
    /// In a box, for the others are small, and a step makes none.
    New(Box<FlexTensor>),
}

/// An input, which may be absent: it is 0 then.
pub(crate) type Given<'a> = Option<&'a mut FlexTensor>;

/// Runs a map. Results take the memory of inputs that nobody else holds.
///
/// The first input is as large as the results; others may be smaller, and are spread. `None` where one of them has
/// axes that do not lie next to each other, and nothing was done.
pub(crate) fn run(
    kernel: &dyn Kernel,
    inputs: &mut [Given<'_>],
    outputs: &[Output],
) -> Option<Few<Made>> {
    match float(inputs, 0) {
        Float::F64 => run_in::<f64>(kernel, inputs, outputs),
        _ => run_in::<f32>(kernel, inputs, outputs),
    }
}

/// An input, ready to be read in blocks.
enum Source<E> {
    Absent,
    Each(Memory),
    Spread(Box<Pattern<E>>),
}

/// A result.
enum Sink {
    Dropped,
    /// The memory of an input.
    Over(usize, Memory),
    Fresh(Box<Fresh>, Memory),
    Sum {
        spread: Spread,
        like: usize,
    },
}

impl Sink {
    /// The same, rounded to by chance.
    fn stochastic(self, seed: u32) -> Self {
        match self {
            Self::Over(input, memory) => Self::Over(input, memory.stochastic(seed)),
            Self::Fresh(fresh, memory) => Self::Fresh(fresh, memory.stochastic(seed)),
            other => other,
        }
    }

    fn is_over(&self, input: usize) -> bool {
        matches!(self, Self::Over(index, _) if *index == input)
    }
}

fn run_in<E: Arithmetic>(
    kernel: &dyn Kernel,
    inputs: &mut [Given<'_>],
    outputs: &[Output],
) -> Option<Few<Made>> {
    let shape = tensor(inputs, 0).layout().shape().clone();
    let mut pass = Pass {
        len: shape.num_elements(),
        sources: Few::new(),
        sinks: Few::new(),
    };
    for input in inputs.iter_mut() {
        pass.sources.push(match input {
            None => Source::Absent,
            Some(input) => source(input, &shape)?,
        });
    }
    for output in outputs {
        let sink = match *output {
            Output::Dropped => Sink::Dropped,
            Output::Wide(_) => fresh(E::FLOAT, pass.len),
            Output::Like(like) | Output::Stochastic { like, .. } => match &pass.sources[like] {
                Source::Spread(pattern) => Sink::Sum {
                    spread: pattern.spread(),
                    like,
                },
                _ => over(inputs, &pass, like)
                    .unwrap_or_else(|| fresh(float(inputs, like), pass.len)),
            },
        };
        let sink = match *output {
            Output::Stochastic { seed, .. } => sink.stochastic(seed),
            _ => sink,
        };
        pass.sinks.push(sink);
    }
    for sink in &pass.sinks {
        if let Sink::Over(input, memory) = sink {
            // Read through the pointer that it is written through.
            pass.sources[*input] = Source::Each(*memory);
        }
    }
    let mut sums = pass.run(kernel);
    let mut made = Few::new();
    for sink in pass.sinks {
        made.push(match sink {
            Sink::Dropped => Made::Nothing,
            Sink::Over(input, _) => Made::Over(input),
            // SAFETY: the parts cover the tensor, and each writes every number of its own.
            Sink::Fresh(fresh, memory) => {
                Made::New(Box::new(unsafe { fresh.finish(&shape, memory.float) }))
            }
            Sink::Sum { spread, like } => {
                let like = tensor(inputs, like);
                let small = like.layout().shape().clone();
                let mut total = vec![0.0; small.num_elements()];
                for part in &mut sums {
                    let gather: Box<Gather<E>> = part.remove(0);
                    gather.fold(spread, &mut total);
                }
                Made::New(Box::new(tensor_of(&total, small, Float::of(like))))
            }
        });
    }
    Some(made)
}

struct Pass<E> {
    len: usize,
    sources: Few<Source<E>>,
    sinks: Few<Sink>,
}

impl<E: Arithmetic> Pass<E> {
    /// Runs over all numbers; the sums of each part, in the order of the parts, whoever worked on them.
    fn run(&self, kernel: &dyn Kernel) -> Vec<Few<Box<Gather<E>>>> {
        let parts = self.parts();
        if !self
            .sinks
            .iter()
            .any(|sink| matches!(sink, Sink::Sum { .. }))
        {
            share(parts, |range| {
                self.work(kernel, range);
            });
            return Vec::new();
        }
        let mut summed: Vec<_> = parts.map(|range| (range, Few::new())).collect();
        share(summed.iter_mut(), |(range, sums)| {
            *sums = self.work(kernel, range.clone());
        });
        summed.into_iter().map(|(_, sums)| sums).collect()
    }

    /// The ranges of numbers that threads take.
    fn parts(&self) -> impl ExactSizeIterator<Item = Range<usize>> + use<E> {
        let len = self.len;
        let room = |sink: &Sink| match sink {
            Sink::Sum { spread, .. } => Some(spread.room()),
            _ => None,
        };
        let size = match self.sinks.iter().filter_map(room).max() {
            None => CHUNK,
            // Sums that are as large as what is summed would be most of the work.
            Some(room) => {
                let parts = (len / (8 * room.max(1))).clamp(1, PARTS);
                len.div_ceil(parts).next_multiple_of(LANES).max(CHUNK)
            }
        };
        (0..len.div_ceil(size)).map(move |part| part * size..len.min((part + 1) * size))
    }

    /// Runs over a range of numbers.
    fn work(&self, kernel: &dyn Kernel, range: Range<usize>) -> Few<Box<Gather<E>>> {
        let (mut inputs, mut targets) = (Few::new(), Few::new());
        for source in &self.sources {
            inputs.push(match source {
                Source::Absent => Input::new(Blocks::same(Memory::of_blocks(E::ZEROS))),
                Source::Each(memory) => Input::new(Blocks::each(memory.from(range.start))),
                Source::Spread(pattern) => Input::window(pattern.window(range.start)),
            });
        }
        for sink in &self.sinks {
            targets.push(match sink {
                Sink::Dropped => Target::nowhere(),
                Sink::Over(_, memory) | Sink::Fresh(_, memory) => {
                    Target::new(Blocks::each(memory.from(range.start)))
                }
                Sink::Sum { spread, .. } => Target::sum(Gather::new(*spread, range.start)),
            });
        }
        let whole = range.len() / LANES;
        if whole > 0 {
            // SAFETY: the range is within the tensors, and nobody else works on it.
            unsafe { staged::run(kernel, whole, &mut inputs, &mut targets) };
        }
        let last = range.start + whole * LANES..range.end;
        if !last.is_empty() {
            self.last(kernel, last, &mut inputs, &mut targets);
        }
        targets.iter_mut().filter_map(Target::take_gather).collect()
    }

    /// Runs over the last numbers, which do not fill a block: in blocks of their own.
    fn last(
        &self,
        kernel: &dyn Kernel,
        range: Range<usize>,
        inputs: &mut [Input<E>],
        targets: &mut [Target<E>],
    ) {
        let (start, len) = (range.start, range.len());
        // A result that takes an input's memory does so here too.
        let of_sink = |index: usize| match self.sinks[index] {
            Sink::Over(input, _) => input,
            _ => self.sources.len() + index,
        };
        let mut rooms = Rooms::new(self.sources.len() + self.sinks.len());
        for (index, source) in self.sources.iter().enumerate() {
            if let Source::Each(memory) = source {
                let from = memory.from(start);
                let room = match from.float {
                    Float::Codes => {
                        // SAFETY: the tensor has a whole block from here on.
                        unsafe { E::widen(from, &mut rooms.0[index]) };
                        rooms.wide(index)
                    }
                    _ => {
                        let room = rooms.at(index, from);
                        let bytes = from.bytes(len);
                        // SAFETY: the range is within the tensor, and a room as large as a block of any type.
                        unsafe { from.start.copy_to_nonoverlapping(room.start, bytes) };
                        room
                    }
                };
                inputs[index].move_to(Blocks::each(room));
            }
        }
        let mut set_aside = Vec::new();
        for (index, sink) in self.sinks.iter().enumerate() {
            let place = of_sink(index);
            match sink {
                Sink::Dropped => {}
                // The scale of a block of codes must not follow from what lies past the end.
                Sink::Over(_, memory) | Sink::Fresh(_, memory) if memory.float == Float::Codes => {
                    targets[index].move_to(Blocks::each(rooms.wide(place)));
                }
                Sink::Over(_, memory) | Sink::Fresh(_, memory) => {
                    let room = rooms.at(place, memory.from(start));
                    targets[index].move_to(Blocks::each(room));
                }
                // What lies past the end must not be added.
                Sink::Sum { .. } => {
                    let room = Target::new(Blocks::each(rooms.wide(place)));
                    set_aside.push((index, core::mem::replace(&mut targets[index], room)));
                }
            }
        }
        // SAFETY: the rooms are memory of our own.
        E::run(kernel, unsafe { Chunk::new(1, inputs, targets) });
        for (index, sink) in self.sinks.iter().enumerate() {
            if let Sink::Over(_, memory) | Sink::Fresh(_, memory) = sink {
                let to = memory.from(start);
                if memory.float == Float::Codes {
                    let block = &mut rooms.0[of_sink(index)];
                    block[len..].fill(E::zeroed());
                    // SAFETY: the tensor has a whole block from here on, and nobody else works on it.
                    unsafe { E::narrow(block, to) };
                    continue;
                }
                let room = rooms.at(of_sink(index), *memory);
                // SAFETY: the range is within the tensor, and nobody else works on it.
                unsafe { room.start.copy_to_nonoverlapping(to.start, to.bytes(len)) };
            }
        }
        for (index, sum) in set_aside {
            targets[index] = sum;
            if let Some(gather) = targets[index].gather() {
                gather.add_some(&rooms.0[of_sink(index)], len);
            }
        }
    }
}

/// Memory for a block of each input and each result, zero where it is not written.
struct Rooms<E>(SmallVec<[Block<E>; 12]>);

impl<E: Arithmetic> Rooms<E> {
    fn new(len: usize) -> Self {
        let mut rooms = SmallVec::<[Block<E>; 12]>::with_capacity(len);
        // SAFETY: room for as many, and zeros are numbers.
        unsafe {
            rooms.as_mut_ptr().write_bytes(0, len);
            rooms.set_len(len);
        }
        Self(rooms)
    }

    /// A room for numbers of the type that is computed in.
    fn wide(&mut self, place: usize) -> Memory {
        Memory::of_blocks(&raw mut self.0[place])
    }

    /// A room for numbers that are stored as those of `memory` are.
    fn at(&mut self, place: usize, memory: Memory) -> Memory {
        memory.at(self.0[place].as_mut_ptr().cast())
    }
}

/// An input, put in row-major order. `None` where it is smaller than the results and cannot be spread over them.
fn source<E: Arithmetic>(input: &mut FlexTensor, full: &Shape) -> Option<Source<E>> {
    if !input.is_contiguous() {
        *input = input.to_contiguous();
    }
    let small = input.layout().shape();
    if Float::of(input).fits(small, full) {
        return Some(Source::Each(numbers(input)));
    }
    let spread = Spread::new(small, full)?;
    Some(Source::Spread(Box::new(pattern(input, spread))))
}

/// The memory of an input for a result like the input of index `like`: its own, or another's, and no other result's.
fn over<E>(inputs: &mut [Given<'_>], pass: &Pass<E>, like: usize) -> Option<Sink> {
    let wanted = float(inputs, like);
    let others = (0..inputs.len()).rev().filter(|index| *index != like);
    for index in core::iter::once(like).chain(others) {
        if let Source::Each(memory) = &pass.sources[index]
            && memory.float == wanted
            && !pass.sinks.iter().any(|sink| sink.is_over(index))
            && let Some(input) = &mut inputs[index]
            && let Some(memory) = numbers_mut(input)
        {
            return Some(Sink::Over(index, memory));
        }
    }
    None
}

fn fresh(float: Float, len: usize) -> Sink {
    let mut fresh = Box::new(Fresh::new(float, len));
    let memory = fresh.memory(float);
    Sink::Fresh(fresh, memory)
}

/// The numbers of a smaller tensor, laid out to be read in blocks.
fn pattern<E: Arithmetic>(input: &FlexTensor, spread: Spread) -> Pattern<E> {
    let mut wide = vec![E::zeroed(); input.layout().shape().num_elements()];
    let memory = numbers(input);
    // SAFETY: the tensor has as many numbers.
    unsafe { E::widen(memory, &mut wide) };
    Pattern::new(spread, &wide)
}

fn tensor<'a>(inputs: &'a [Given<'_>], index: usize) -> &'a FlexTensor {
    match &inputs[index] {
        Some(input) => input,
        None => unreachable!("no result is like an absent input"),
    }
}

fn float(inputs: &[Given<'_>], index: usize) -> Float {
    Float::of(tensor(inputs, index))
}
