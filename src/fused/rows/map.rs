#![cfg_attr(
    not(feature = "flex"),
    allow(dead_code, reason = "the kernels of the Flex backend ask for it")
)]

#[cfg(feature = "flex")]
use crate::fused::flex::{Across, Along, Rows, vectorize};
use crate::fused::map::packed;
use crate::fused::number::{Number, Symbol, Trace};
use crate::fused::pack::Pack;

/// Rows to a row: all that the engine runs along an axis.
pub(crate) trait RowMap: Clone + Send + Sync {
    type In: Pack;
    type Known: Pack;
    /// Whether the largest number of a row is looked for.
    const CENTERED: bool;

    /// The number whose largest one is looked for.
    fn ranked<N: Number>(&self, x: <Self::In as Pack>::Of<N>) -> N;

    fn shift<N: Number>(&self, max: N) -> N;

    /// What takes the place of the first input.
    fn term<N: Number>(&self, x: <Self::In as Pack>::Of<N>, shift: N) -> N;

    fn start<N: Number>(&self) -> <Self::Known as Pack>::Of<N>;

    fn rounds(&self, len: usize, epsilon: f64) -> usize;

    fn sums<N: Number>(
        &self,
        x: <Self::In as Pack>::Of<N>,
        known: <Self::Known as Pack>::Of<N>,
    ) -> <Self::Known as Pack>::Of<N>;

    fn next<N: Number>(
        &self,
        shift: N,
        known: <Self::Known as Pack>::Of<N>,
        sums: <Self::Known as Pack>::Of<N>,
    ) -> <Self::Known as Pack>::Of<N>;

    fn value<N: Number>(
        &self,
        x: <Self::In as Pack>::Of<N>,
        known: <Self::Known as Pack>::Of<N>,
    ) -> N;
}

/// A map of rows behind a pointer, so that what runs it is compiled once for all maps.
pub(crate) trait RowKernel: Send + Sync {
    #[cfg(feature = "flex")]
    fn run_f32(&self, rows: Rows<'_, f32>);
    #[cfg(feature = "flex")]
    fn run_f64(&self, rows: Rows<'_, f64>);
    /// Whether terms are written where the first input is read.
    fn stores(&self) -> bool;
    /// Whether anything depends on a sine or a cosine.
    fn is_periodic(&self) -> bool;
    fn rounds(&self, len: usize, epsilon: f64) -> usize;
    /// The result as a recorded number.
    fn record<'g>(&self, inputs: &[Symbol<'g>], len: usize, rounds: usize) -> Symbol<'g>;
}

impl<M: RowMap> RowKernel for M {
    #[cfg(feature = "flex")]
    fn run_f32(&self, rows: Rows<'_, f32>) {
        if rows.are_along() {
            vectorize(Along { map: self, rows });
        } else {
            vectorize(Across { map: self, rows });
        }
    }

    #[cfg(feature = "flex")]
    fn run_f64(&self, rows: Rows<'_, f64>) {
        if rows.are_along() {
            vectorize(Along { map: self, rows });
        } else {
            vectorize(Across { map: self, rows });
        }
    }

    fn stores(&self) -> bool {
        stores(self)
    }

    fn is_periodic(&self) -> bool {
        let input = M::In::filled(Trace::INPUT);
        let shift = self.shift(self.ranked(input));
        let term = M::In::filled(self.term(input, shift));
        let known = self.next(shift, self.start(), self.sums(term, self.start()));
        self.value(term, known).periodic
    }

    fn rounds(&self, len: usize, epsilon: f64) -> usize {
        RowMap::rounds(self, len, epsilon)
    }

    fn record<'g>(&self, inputs: &[Symbol<'g>], len: usize, rounds: usize) -> Symbol<'g> {
        let mut x = packed::<M::In, _>(inputs, Symbol::literal(0.0));
        let shift = if M::CENTERED {
            self.shift(self.ranked(x).largest())
        } else {
            Symbol::literal(0.0)
        };
        *M::In::at_mut(&mut x, 0) = self.term(x, shift);
        let mut known = self.start();
        for _ in 0..rounds {
            let mut sums = self.sums(x, known);
            for index in 0..M::Known::LEN {
                let sum = M::Known::at_mut(&mut sums, index);
                *sum = sum.sum(len);
            }
            known = self.next(shift, known, sums);
        }
        self.value(x, known)
    }
}

/// Whether a term is anything else than the first input, so that it is worth keeping.
#[inline(always)]
pub(crate) fn stores<M: RowMap>(map: &M) -> bool {
    let input = M::In::filled(Trace::INPUT);
    !map.term(input, Trace::literal(1.0)).input
}
