//! A smaller tensor over a larger one: the blocks that it is read as, and the sums that it is written as.

use std::sync::Arc;

use burn::tensor::Shape;

use super::chunk::{Block, LANES};
use super::computed::Computed;

/// Where the numbers of a smaller tensor go in a larger one, whose numbers lie one after another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Spread {
    /// One number, everywhere.
    One,
    /// Each number `inner` times, and after the last the first again: channels and few places each.
    Tiles { count: usize, inner: usize },
    /// The same, with many places each.
    Runs { count: usize, inner: usize },
}

/// From how many times a number is repeated it is a run. A tile repeats it in memory.
const RUN: usize = 256;

/// How long a tile is at least. Sums over shorter ones would wait for each other, and add up more numbers
/// in `f32`.
const TILE: usize = 1024;

impl Spread {
    /// `None` where the axes that the smaller one has do not lie next to each other.
    pub(super) fn new(small: &Shape, full: &Shape) -> Option<Self> {
        let axes = 0..full.num_dims();
        let own = |axis: &usize| small[*axis] != 1;
        let Some(first) = axes.clone().find(own) else {
            return Some(Self::One);
        };
        let last = axes.clone().rfind(own).unwrap_or(first);
        if (first..=last).any(|axis| small[axis] != full[axis]) {
            return None;
        }
        let count = (first..=last).map(|axis| full[axis]).product();
        let inner = (last + 1..full.num_dims()).map(|axis| full[axis]).product();
        Some(match inner >= RUN {
            true => Self::Runs { count, inner },
            false => Self::Tiles { count, inner },
        })
    }

    /// How many numbers come before the pattern repeats; the tile is as long, or a multiple.
    fn tile(count: usize, inner: usize) -> usize {
        let period = count * inner;
        period * TILE.div_ceil(period.max(1))
    }

    /// How many numbers a sum needs memory for.
    pub(super) fn room(self) -> usize {
        match self {
            Self::One => LANES,
            Self::Tiles { count, inner } => Self::tile(count, inner),
            Self::Runs { count, .. } => count,
        }
    }
}

/// The numbers of a smaller tensor, laid out to be read in blocks.
pub(super) struct Pattern<E> {
    spread: Spread,
    numbers: Arc<[E]>,
}

impl<E: Computed> Pattern<E> {
    pub(super) fn spread(&self) -> Spread {
        self.spread
    }

    pub(super) fn new(spread: Spread, numbers: &[E]) -> Self {
        let numbers: Vec<E> = match spread {
            Spread::One => vec![numbers[0]; LANES],
            Spread::Tiles { count, inner } => {
                let len = Spread::tile(count, inner) + LANES;
                let repeated = numbers
                    .iter()
                    .flat_map(|number| core::iter::repeat_n(*number, inner));
                repeated.cycle().take(len).collect()
            }
            Spread::Runs { .. } => numbers.to_vec(),
        };
        Self {
            spread,
            numbers: numbers.into(),
        }
    }

    /// The blocks from this number of the larger tensor on.
    pub(super) fn window(&self, start: usize) -> Window<E> {
        Window {
            place: Place::new(self.spread, start),
            numbers: self.numbers.clone(),
            block: None,
            ready: Ready::NONE,
        }
    }
}

/// Where a block is in the pattern.
enum Place {
    One,
    /// `at` of `len` numbers of the tile.
    Tile {
        at: usize,
        len: usize,
    },
    Run(Run),
}

/// In a run of equal numbers.
struct Run {
    count: usize,
    inner: usize,
    /// The number that is repeated.
    index: usize,
    /// How many times still.
    left: usize,
}

/// The next blocks, which need no more than counting.
#[derive(Clone, Copy)]
struct Ready {
    /// Where the next one is.
    at: usize,
    /// From one to the next: [`LANES`], or 0 where it is the same one.
    step: usize,
    blocks: usize,
}

impl Ready {
    const NONE: Self = Self {
        at: 0,
        step: 0,
        blocks: 0,
    };

    /// The next block; on to the one after it.
    #[inline(always)]
    fn next(&mut self) -> core::ops::Range<usize> {
        let at = self.at;
        self.at += self.step;
        self.blocks -= 1;
        at..at + LANES
    }
}

impl Place {
    fn new(spread: Spread, start: usize) -> Self {
        match spread {
            Spread::One => Self::One,
            Spread::Tiles { count, inner } => {
                let len = Spread::tile(count, inner);
                Self::Tile {
                    at: start % len,
                    len,
                }
            }
            Spread::Runs { count, inner } => Self::Run(Run {
                count,
                inner,
                index: start / inner % count,
                left: inner - start % inner,
            }),
        }
    }

    /// Goes over the next blocks, `most` at most, as long as they are one after another in a tile, or lie within a run.
    /// None where the next one goes over the end of a run.
    fn ready(&mut self, most: usize) -> Ready {
        match self {
            Self::One => Ready {
                at: 0,
                step: 0,
                blocks: most,
            },
            Self::Tile { at, len } => {
                // A tile has a block more than its length.
                let ready = Ready {
                    at: *at,
                    step: LANES,
                    blocks: (*len - *at).div_ceil(LANES),
                };
                *at = *at + ready.blocks * LANES - *len;
                ready
            }
            Self::Run(run) => {
                run.settle();
                let blocks = most.min(run.left / LANES);
                run.left -= blocks * LANES;
                Ready {
                    at: 0,
                    step: 0,
                    blocks,
                }
            }
        }
    }

    /// Goes back over blocks that were ready and are not used.
    fn give_back(&mut self, ready: Ready) {
        match self {
            Self::One => {}
            Self::Tile { at, len } => *at = (*at + *len - ready.blocks * LANES % *len) % *len,
            Self::Run(run) => run.left += ready.blocks * LANES,
        }
    }
}

impl Run {
    /// Goes to the next run where this one is over.
    fn settle(&mut self) {
        if self.left == 0 {
            self.index = (self.index + 1) % self.count;
            self.left = self.inner;
        }
    }

    /// The number that is repeated at this place; on to the next.
    fn step(&mut self) -> usize {
        self.settle();
        self.left -= 1;
        self.index
    }
}

/// The blocks of a smaller tensor that is spread over a larger one, one after another.
pub(crate) struct Window<E> {
    place: Place,
    numbers: Arc<[E]>,
    /// The block of a run.
    block: Option<Block<E>>,
    ready: Ready,
}

impl<E: Computed> Window<E> {
    /// This block; on to the next.
    #[inline(always)]
    pub(super) fn advance(&mut self) -> *const Block<E> {
        if self.ready.blocks == 0 {
            self.refill();
        }
        let next = self.ready.next();
        match &self.block {
            None => self.numbers[next].as_ptr().cast(),
            Some(block) => block,
        }
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self) {
        self.ready = self.place.ready(usize::MAX);
        if let Place::Run(run) = &mut self.place {
            if self.ready.blocks > 0 {
                self.block = Some([self.numbers[run.index]; LANES]);
            } else {
                self.block = Some(core::array::from_fn(|_| self.numbers[run.step()]));
                self.ready.blocks = 1;
            }
        }
    }
}

/// Sums over where a smaller tensor was spread, while the blocks come one after another.
pub(crate) struct Gather<E> {
    place: Place,
    /// A tile's sums, with a block more than its length; of a run, or the only number, what was added since the last
    /// carry.
    memory: Vec<E>,
    /// The sums of runs.
    totals: Vec<f64>,
    ready: Ready,
    /// Whether the block goes over the end of a run.
    across: bool,
}

/// How many blocks are added up in `f32` before the sum is carried to an `f64`.
const CARRY: usize = 64;

impl<E: Computed> Gather<E> {
    pub(super) fn new(spread: Spread, start: usize) -> Self {
        let (memory, totals) = match spread {
            Spread::One => (LANES, 1),
            Spread::Tiles { .. } => (spread.room() + LANES, 0),
            Spread::Runs { count, .. } => (LANES, count),
        };
        Self {
            place: Place::new(spread, start),
            memory: vec![E::zeroed(); memory],
            totals: vec![0.0; totals],
            ready: Ready::NONE,
            across: false,
        }
    }

    /// The sums that this block is to be added to; on to the next.
    #[inline(always)]
    pub(super) fn advance(&mut self) -> *mut Block<E> {
        if self.ready.blocks == 0 {
            self.refill();
        }
        let next = self.ready.next();
        self.memory[next].as_mut_ptr().cast()
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self) {
        self.carry();
        self.ready = self.place.ready(CARRY);
        if self.ready.blocks == 0 {
            self.across = true;
            self.ready.blocks = 1;
        }
    }

    /// Adds the first numbers of a block, one by one.
    pub(super) fn add_some(&mut self, block: &Block<E>, len: usize) {
        self.carry();
        self.distribute(&block[..len]);
    }

    fn distribute(&mut self, numbers: &[E]) {
        for number in numbers {
            match &mut self.place {
                Place::One => self.totals[0] += number.to_f64(),
                Place::Tile { at, len } => {
                    self.memory[*at] = self.memory[*at].plus(*number);
                    *at = (*at + 1) % *len;
                }
                Place::Run(run) => self.totals[run.step()] += number.to_f64(),
            }
        }
    }

    /// Adds what was added up since the last time to the sums.
    fn carry(&mut self) {
        let ready = core::mem::replace(&mut self.ready, Ready::NONE);
        let across = core::mem::take(&mut self.across);
        if across && ready.blocks > 0 {
            // Nothing was added to it.
            return;
        }
        if !across {
            self.place.give_back(ready);
        }
        let index = match &self.place {
            Place::Tile { .. } => return,
            Place::One => 0,
            Place::Run(run) => run.index,
        };
        let block: Block<E> = core::array::from_fn(|lane| self.memory[lane]);
        self.memory.fill(E::zeroed());
        if across {
            return self.distribute(&block);
        }
        self.totals[index] += block.iter().map(|number| number.to_f64()).sum::<f64>();
    }

    /// Adds the sums to those of the numbers of the smaller tensor.
    pub(super) fn fold(mut self, spread: Spread, sums: &mut [f64]) {
        self.carry();
        for (sum, total) in sums.iter_mut().zip(&self.totals) {
            *sum += total;
        }
        if let Spread::Tiles { count, inner } = spread {
            for (index, number) in self.memory.iter().enumerate() {
                sums[index / inner % count] += number.to_f64();
            }
        }
    }
}
