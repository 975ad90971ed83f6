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
            block: [E::zeroed(); LANES],
            filled: usize::MAX,
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
    block: Block<E>,
    /// The index of the number that fills it.
    filled: usize,
}

impl<E: Computed> Window<E> {
    /// This block; on to the next.
    #[inline(never)]
    pub(super) fn advance(&mut self) -> *const Block<E> {
        match &mut self.place {
            Place::One => self.numbers.as_ptr().cast(),
            Place::Tile { at, len } => {
                // A tile has a block more than its length.
                let block = self.numbers[*at..*at + LANES].as_ptr().cast();
                *at += LANES;
                if *at >= *len {
                    *at -= *len;
                }
                block
            }
            Place::Run(run) if run.left >= LANES && run.index == self.filled => {
                run.left -= LANES;
                &self.block
            }
            Place::Run(_) => self.fill(),
        }
    }

    fn fill(&mut self) -> *const Block<E> {
        if let Place::Run(run) = &mut self.place {
            run.settle();
            if run.left >= LANES {
                self.block = [self.numbers[run.index]; LANES];
                self.filled = run.index;
                run.left -= LANES;
            } else {
                self.block = core::array::from_fn(|_| self.numbers[run.step()]);
                self.filled = usize::MAX;
            }
        }
        &self.block
    }
}

/// Sums over where a smaller tensor was spread, while the blocks come one after another.
pub(crate) struct Gather<E> {
    place: Place,
    /// A tile's sums, with a block more than its length.
    tile: Vec<E>,
    /// The sums of runs.
    totals: Vec<f64>,
    /// What was added to the run's sum, or the only one, since the last carry.
    block: Block<E>,
    blocks: usize,
    /// Whether the block goes over the end of a run.
    across: bool,
}

/// How many blocks are added up in `f32` before the sum is carried to an `f64`.
const CARRY: usize = 64;

impl<E: Computed> Gather<E> {
    pub(super) fn new(spread: Spread, start: usize) -> Self {
        let (tile, totals) = match spread {
            Spread::One => (0, 1),
            Spread::Tiles { .. } => (spread.room() + LANES, 0),
            Spread::Runs { count, .. } => (0, count),
        };
        Self {
            place: Place::new(spread, start),
            tile: vec![E::zeroed(); tile],
            totals: vec![0.0; totals],
            block: [E::zeroed(); LANES],
            blocks: 0,
            across: false,
        }
    }

    /// The sums that this block is to be added to; on to the next.
    #[inline(never)]
    pub(super) fn advance(&mut self) -> *mut Block<E> {
        if let Place::Tile { at, len } = &mut self.place {
            // A tile has a block more than its length.
            let block = self.tile[*at..*at + LANES].as_mut_ptr().cast();
            *at += LANES;
            if *at >= *len {
                *at -= *len;
            }
            return block;
        }
        if self.blocks == CARRY || self.across {
            self.carry();
        }
        if matches!(&self.place, Place::Run(run) if run.left < LANES) {
            self.carry();
        }
        if let Place::Run(run) = &mut self.place {
            run.settle();
            if run.left >= LANES {
                run.left -= LANES;
            } else {
                self.across = true;
            }
        }
        self.blocks += 1;
        &mut self.block
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
                    self.tile[*at] = self.tile[*at].plus(*number);
                    *at = (*at + 1) % *len;
                }
                Place::Run(run) => self.totals[run.step()] += number.to_f64(),
            }
        }
    }

    /// Adds what was added up since the last time to the sums.
    fn carry(&mut self) {
        if self.blocks == 0 {
            return;
        }
        let block = core::mem::replace(&mut self.block, [E::zeroed(); LANES]);
        self.blocks = 0;
        if core::mem::take(&mut self.across) {
            return self.distribute(&block);
        }
        let index = match &self.place {
            Place::Run(run) => run.index,
            _ => 0,
        };
        self.totals[index] += block.iter().map(|number| number.to_f64()).sum::<f64>();
    }

    /// Adds the sums to those of the numbers of the smaller tensor.
    pub(super) fn fold(mut self, spread: Spread, sums: &mut [f64]) {
        self.carry();
        for (sum, total) in sums.iter_mut().zip(&self.totals) {
            *sum += total;
        }
        if let Spread::Tiles { count, inner } = spread {
            for (index, number) in self.tile.iter().enumerate() {
                sums[index / inner % count] += number.to_f64();
            }
        }
    }
}
