//! The loop of a map over rows that lie side by side: a row a lane.

use super::stretch::Rows;
use crate::fused::flex::chunk::{Block, LANES};
use crate::fused::flex::computed::Computed;
use crate::fused::flex::loops::{lane_of, set_lane};
use crate::fused::flex::vectorize::{Task, Vectors};
use crate::fused::number::Number;
use crate::fused::pack::Pack;
use crate::fused::rows::{RowMap, stores};

/// A type of its own, as every loop here: see [`Loop`](crate::fused::flex::Loop).
pub(crate) struct Across<'a, M, E> {
    pub(crate) map: &'a M,
    pub(crate) rows: Rows<'a, E>,
}

type Of<P, T> = <P as Pack>::Of<T>;

/// How many numbers of a row are added up before their sum is added to that of the row.
const STRETCH: usize = 32;

impl<M: RowMap, E: Computed> Task for Across<'_, M, E> {
    #[inline(always)]
    fn run<V: Vectors>(self) {
        // A copy of our own, which no write to a tensor can change: read once, not for each number.
        let map = self.map.clone();
        let mut lanes = Lanes::<M, E> {
            sources: self.rows.sources::<M::In>(),
            target: self.rows.target(),
            stride: self.rows.stride(),
            len: self.rows.len(),
        };
        lanes.run(&map, self.rows.rounds());
    }
}

/// As many rows as there are lanes.
struct Lanes<M: RowMap, E: Computed> {
    sources: Of<M::In, *const E>,
    target: *mut E,
    stride: usize,
    len: usize,
}

impl<M: RowMap, E: Computed> Lanes<M, E> {
    #[inline(always)]
    fn run(&mut self, map: &M, rounds: usize) {
        let zero = E::Number::literal(0.0);
        let mut shift = [E::from_number(zero); LANES];
        if M::CENTERED {
            shift = self.max(map);
            for lane in &mut shift {
                *lane = E::from_number(map.shift(lane.number()));
            }
        }
        let mut known = M::Known::filled([E::zeroed(); LANES]);
        for lane in 0..LANES {
            set_lane::<M::Known, E>(&mut known, lane, &map.start());
        }
        self.terms(map, &shift, &mut known);
        for _ in 1..rounds {
            let before = known;
            let sums = self.sums(map, &known);
            next(map, &shift, &mut known, &sums);
            if same::<M::Known, E>(&before, &known) {
                break;
            }
        }
        self.values(map, &known);
    }

    /// The numbers at a place of all rows, of each input.
    #[inline(always)]
    fn block(&self, place: usize) -> Of<M::In, Block<E>> {
        let mut x = M::In::filled([E::zeroed(); LANES]);
        for input in 0..M::In::LEN {
            let source = M::In::at(&self.sources, input).wrapping_add(place * self.stride);
            // SAFETY: numbers of the rows. A block is aligned as a number is.
            *M::In::at_mut(&mut x, input) = unsafe { source.cast::<Block<E>>().read() };
        }
        x
    }

    #[inline(always)]
    fn write(&self, place: usize, numbers: Block<E>) {
        let target = self.target.wrapping_add(place * self.stride);
        // SAFETY: numbers of the rows, which were read.
        unsafe { target.cast::<Block<E>>().write(numbers) };
    }

    #[inline(always)]
    fn max(&self, map: &M) -> Block<E> {
        let lowest = E::Number::literal(f64::NEG_INFINITY);
        let mut maxima = [E::from_number(lowest); LANES];
        for place in 0..self.len {
            let x = self.block(place);
            for (lane, max) in maxima.iter_mut().enumerate() {
                let ranked = map.ranked(lane_of::<M::In, E>(&x, lane));
                *max = E::from_number(max.number().max(ranked));
            }
        }
        maxima
    }

    /// Works out the terms, keeps them, and adds them up.
    #[inline(always)]
    fn terms(&mut self, map: &M, shift: &Block<E>, known: &mut Of<M::Known, Block<E>>) {
        let stores = stores(map);
        let mut sums = Sums::<M, E>::new();
        for place in 0..self.len {
            let mut x = self.block(place);
            if stores {
                let mut terms = [E::zeroed(); LANES];
                for lane in 0..LANES {
                    let term = map.term(lane_of::<M::In, E>(&x, lane), shift[lane].number());
                    terms[lane] = E::from_number(term);
                }
                *M::In::at_mut(&mut x, 0) = terms;
                self.write(place, terms);
            }
            sums.add(map, &x, known);
            if place % STRETCH == STRETCH - 1 {
                sums.settle();
            }
        }
        if stores {
            *M::In::at_mut(&mut self.sources, 0) = self.target;
        }
        sums.settle();
        next(map, shift, known, &sums.all);
    }

    #[inline(always)]
    fn sums(&self, map: &M, known: &Of<M::Known, Block<E>>) -> Of<M::Known, Block<E>> {
        let mut sums = Sums::<M, E>::new();
        for place in 0..self.len {
            sums.add(map, &self.block(place), known);
            if place % STRETCH == STRETCH - 1 {
                sums.settle();
            }
        }
        sums.settle();
        sums.all
    }

    #[inline(always)]
    fn values(&self, map: &M, known: &Of<M::Known, Block<E>>) {
        for place in 0..self.len {
            let x = self.block(place);
            let mut y = [E::zeroed(); LANES];
            for (lane, y) in y.iter_mut().enumerate() {
                let known = lane_of::<M::Known, E>(known, lane);
                *y = E::from_number(map.value(lane_of::<M::In, E>(&x, lane), known));
            }
            self.write(place, y);
        }
    }
}

/// Sums over rows, a row a lane.
struct Sums<M: RowMap, E: Computed> {
    all: Of<M::Known, Block<E>>,
    stretch: Of<M::Known, Block<E>>,
}

impl<M: RowMap, E: Computed> Sums<M, E> {
    #[inline(always)]
    fn new() -> Self {
        let zeros = M::Known::filled([E::zeroed(); LANES]);
        Self {
            all: zeros,
            stretch: zeros,
        }
    }

    #[inline(always)]
    fn add(&mut self, map: &M, x: &Of<M::In, Block<E>>, known: &Of<M::Known, Block<E>>) {
        for lane in 0..LANES {
            let known = lane_of::<M::Known, E>(known, lane);
            let given = map.sums(lane_of::<M::In, E>(x, lane), known);
            for sum in 0..M::Known::LEN {
                let sums = &mut M::Known::at_mut(&mut self.stretch, sum)[lane];
                *sums = sums.plus(E::from_number(*M::Known::at(&given, sum)));
            }
        }
    }

    /// Adds the sum of a stretch to that of the row.
    #[inline(always)]
    fn settle(&mut self) {
        for sum in 0..M::Known::LEN {
            let stretch = M::Known::at_mut(&mut self.stretch, sum);
            let all = M::Known::at_mut(&mut self.all, sum);
            for lane in 0..LANES {
                all[lane] = all[lane].plus(stretch[lane]);
            }
            *stretch = [E::zeroed(); LANES];
        }
    }
}

#[inline(always)]
fn next<M: RowMap, E: Computed>(
    map: &M,
    shift: &Block<E>,
    known: &mut Of<M::Known, Block<E>>,
    sums: &Of<M::Known, Block<E>>,
) {
    for (lane, shift) in shift.iter().enumerate() {
        let (before, sums) = (
            lane_of::<M::Known, E>(known, lane),
            lane_of::<M::Known, E>(sums, lane),
        );
        let after = map.next(shift.number(), before, sums);
        set_lane::<M::Known, E>(known, lane, &after);
    }
}

/// Whether nothing changed in any lane; NaN is the same as NaN.
#[inline(always)]
fn same<P: Pack, E: Computed>(a: &Of<P, Block<E>>, b: &Of<P, Block<E>>) -> bool {
    let mut same = true;
    for index in 0..P::LEN {
        for lane in 0..LANES {
            same &= P::at(a, index)[lane].is_same(P::at(b, index)[lane]);
        }
    }
    same
}
