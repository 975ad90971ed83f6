//! The loop of a map over rows whose numbers lie one after another.

use super::stretch::Rows;
use crate::fused::flex::chunk::{Block, LANES};
use crate::fused::flex::computed::Computed;
use crate::fused::flex::loops::lane_of;
use crate::fused::flex::vectorize::{Task, Vectors};
use crate::fused::number::Number;
use crate::fused::pack::Pack;
use crate::fused::rows::{RowMap, stores};

/// A type of its own, as every loop here: see [`Loop`](crate::fused::flex::Loop).
pub(crate) struct Along<'a, M, E> {
    pub(crate) map: &'a M,
    pub(crate) rows: Rows<'a, E>,
}

type Of<P, T> = <P as Pack>::Of<T>;

/// How many blocks are added up before their sum is added to that of the row: with a sum of sums, rounding grows
/// with the root of a row's length.
const STRETCH: usize = 16;

impl<M: RowMap, E: Computed> Task for Along<'_, M, E> {
    #[inline(always)]
    fn run<V: Vectors>(self) {
        // A copy of our own, which no write to a tensor can change: read once, not for each number.
        let map = self.map.clone();
        let (len, first) = (self.rows.len(), self.rows.sources::<M::In>());
        for index in 0..self.rows.count() {
            let mut sources = first;
            for input in 0..M::In::LEN {
                let source = M::In::at_mut(&mut sources, input);
                *source = source.wrapping_add(index * len);
            }
            let mut row = Row::<M, E> {
                sources,
                target: self.rows.target().wrapping_add(index * len),
                last: M::In::filled([E::zeroed(); LANES]),
                whole: len / LANES,
                rest: len % LANES,
            };
            row.run(&map, self.rows.rounds());
        }
    }
}

/// One row, in blocks.
struct Row<M: RowMap, E: Computed> {
    sources: Of<M::In, *const E>,
    target: *mut E,
    /// The last block of each input, which is not whole; zeros past the end.
    last: Of<M::In, Block<E>>,
    whole: usize,
    rest: usize,
}

impl<M: RowMap, E: Computed> Row<M, E> {
    #[inline(always)]
    fn run(&mut self, map: &M, rounds: usize) {
        let shift = if M::CENTERED {
            map.shift(self.max(map))
        } else {
            E::Number::literal(0.0)
        };
        let mut known = map.start();
        let sums = self.terms(map, shift, known);
        known = map.next(shift, known, sums);
        for _ in 1..rounds {
            let before = known;
            let sums = self.sums(map, known);
            known = map.next(shift, known, sums);
            if same::<M::Known, E>(&before, &known) {
                break;
            }
        }
        self.values(map, known);
    }

    /// A whole block of each input.
    #[inline(always)]
    fn block(&self, index: usize) -> Of<M::In, Block<E>> {
        let mut x = M::In::filled([E::zeroed(); LANES]);
        for input in 0..M::In::LEN {
            let source = M::In::at(&self.sources, input).wrapping_add(index * LANES);
            // SAFETY: numbers of the row. A block is aligned as a number is.
            *M::In::at_mut(&mut x, input) = unsafe { source.cast::<Block<E>>().read() };
        }
        x
    }

    /// Copies the last block of each input, once the way to it is in the cache.
    #[inline(always)]
    fn load_last(&mut self) {
        for input in 0..M::In::LEN {
            let source = M::In::at(&self.sources, input).wrapping_add(self.whole * LANES);
            let last = M::In::at_mut(&mut self.last, input).as_mut_ptr();
            // SAFETY: the rest of the row.
            unsafe { core::ptr::copy_nonoverlapping(source, last, self.rest) };
        }
    }

    /// Writes a whole block of the row, whose numbers were read.
    #[inline(always)]
    fn write(&self, index: usize, numbers: Block<E>) {
        let target = self.target.wrapping_add(index * LANES);
        // SAFETY: numbers of the row. A block is aligned as a number is.
        unsafe { target.cast::<Block<E>>().write(numbers) };
    }

    #[inline(always)]
    fn max(&mut self, map: &M) -> E::Number {
        let lowest = E::Number::literal(f64::NEG_INFINITY);
        let mut maxima = [E::from_number(lowest); LANES];
        for index in 0..self.whole {
            raise(map, &self.block(index), LANES, &mut maxima);
        }
        if self.rest > 0 {
            self.load_last();
            raise(map, &self.last, self.rest, &mut maxima);
        }
        let mut half = LANES / 2;
        while half > 0 {
            for lane in 0..half {
                let other = maxima[lane + half].number();
                maxima[lane] = E::from_number(maxima[lane].number().max(other));
            }
            half /= 2;
        }
        maxima[0].number()
    }

    /// Works out the terms, keeps them, and adds them up.
    #[inline(always)]
    fn terms(
        &mut self,
        map: &M,
        shift: E::Number,
        known: Of<M::Known, E::Number>,
    ) -> Of<M::Known, E::Number> {
        let stores = stores(map);
        let mut sums = Sums::<M, E>::new();
        for index in 0..self.whole {
            let mut x = self.block(index);
            if stores {
                let terms = terms_of::<M, E>(map, &x, shift);
                *M::In::at_mut(&mut x, 0) = terms;
                self.write(index, terms);
            }
            sums.add(map, &x, known, LANES);
            if index % STRETCH == STRETCH - 1 {
                sums.settle();
            }
        }
        if self.rest > 0 {
            if !M::CENTERED {
                self.load_last();
            }
            if stores {
                *M::In::at_mut(&mut self.last, 0) = terms_of::<M, E>(map, &self.last, shift);
            }
            sums.add(map, &self.last, known, self.rest);
        }
        if stores {
            *M::In::at_mut(&mut self.sources, 0) = self.target;
        }
        sums.finish()
    }

    #[inline(always)]
    fn sums(&self, map: &M, known: Of<M::Known, E::Number>) -> Of<M::Known, E::Number> {
        let mut sums = Sums::<M, E>::new();
        for index in 0..self.whole {
            sums.add(map, &self.block(index), known, LANES);
            if index % STRETCH == STRETCH - 1 {
                sums.settle();
            }
        }
        if self.rest > 0 {
            sums.add(map, &self.last, known, self.rest);
        }
        sums.finish()
    }

    #[inline(always)]
    fn values(&self, map: &M, known: Of<M::Known, E::Number>) {
        for index in 0..self.whole {
            self.write(index, values_of::<M, E>(map, &self.block(index), known));
        }
        if self.rest > 0 {
            let y = values_of::<M, E>(map, &self.last, known);
            let target = self.target.wrapping_add(self.whole * LANES);
            // SAFETY: the rest of the row.
            unsafe { core::ptr::copy_nonoverlapping(y.as_ptr(), target, self.rest) };
        }
    }
}

/// Raises the maxima of all lanes to the first `lanes` numbers of a block.
#[inline(always)]
fn raise<M: RowMap, E: Computed>(
    map: &M,
    x: &Of<M::In, Block<E>>,
    lanes: usize,
    maxima: &mut Block<E>,
) {
    for (lane, max) in maxima.iter_mut().enumerate() {
        if lane < lanes {
            let ranked = map.ranked(lane_of::<M::In, E>(x, lane));
            *max = E::from_number(max.number().max(ranked));
        }
    }
}

#[inline(always)]
fn terms_of<M: RowMap, E: Computed>(
    map: &M,
    x: &Of<M::In, Block<E>>,
    shift: E::Number,
) -> Block<E> {
    let mut terms = [E::zeroed(); LANES];
    for (lane, term) in terms.iter_mut().enumerate() {
        *term = E::from_number(map.term(lane_of::<M::In, E>(x, lane), shift));
    }
    terms
}

#[inline(always)]
fn values_of<M: RowMap, E: Computed>(
    map: &M,
    x: &Of<M::In, Block<E>>,
    known: Of<M::Known, E::Number>,
) -> Block<E> {
    let mut values = [E::zeroed(); LANES];
    for (lane, value) in values.iter_mut().enumerate() {
        *value = E::from_number(map.value(lane_of::<M::In, E>(x, lane), known));
    }
    values
}

/// Sums over a row, a lane each until its end.
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

    /// Adds what the first `lanes` numbers of a block give.
    #[inline(always)]
    fn add(
        &mut self,
        map: &M,
        x: &Of<M::In, Block<E>>,
        known: Of<M::Known, E::Number>,
        lanes: usize,
    ) {
        let mut given = M::Known::filled([E::zeroed(); LANES]);
        for lane in 0..LANES {
            let sums = map.sums(lane_of::<M::In, E>(x, lane), known);
            for sum in 0..M::Known::LEN {
                M::Known::at_mut(&mut given, sum)[lane] = E::from_number(*M::Known::at(&sums, sum));
            }
        }
        for sum in 0..M::Known::LEN {
            let given = M::Known::at_mut(&mut given, sum);
            for place in &mut given[lanes..] {
                *place = E::zeroed();
            }
            plus(M::Known::at_mut(&mut self.stretch, sum), given);
        }
    }

    /// Adds the sum of a stretch to that of the row.
    #[inline(always)]
    fn settle(&mut self) {
        for sum in 0..M::Known::LEN {
            let stretch = M::Known::at_mut(&mut self.stretch, sum);
            plus(M::Known::at_mut(&mut self.all, sum), stretch);
            *stretch = [E::zeroed(); LANES];
        }
    }

    #[inline(always)]
    fn finish(mut self) -> Of<M::Known, E::Number> {
        self.settle();
        let mut sums = M::Known::filled(E::Number::literal(0.0));
        for sum in 0..M::Known::LEN {
            let lanes = M::Known::at_mut(&mut self.all, sum);
            let mut half = LANES / 2;
            while half > 0 {
                for lane in 0..half {
                    lanes[lane] = lanes[lane].plus(lanes[lane + half]);
                }
                half /= 2;
            }
            *M::Known::at_mut(&mut sums, sum) = lanes[0].number();
        }
        sums
    }
}

#[inline(always)]
fn plus<E: Computed>(sums: &mut Block<E>, given: &Block<E>) {
    for lane in 0..LANES {
        sums[lane] = sums[lane].plus(given[lane]);
    }
}

/// Whether nothing changed; NaN is the same as NaN.
#[inline(always)]
fn same<P: Pack, E: Computed>(a: &Of<P, E::Number>, b: &Of<P, E::Number>) -> bool {
    let mut same = true;
    for index in 0..P::LEN {
        let (a, b) = (
            E::from_number(*P::at(a, index)),
            E::from_number(*P::at(b, index)),
        );
        same &= a.is_same(b);
    }
    same
}
