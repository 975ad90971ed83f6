#![cfg_attr(
    not(feature = "flex"),
    allow(dead_code, reason = "the kernels of the Flex backend ask for it")
)]

#[cfg(feature = "flex")]
use super::flex::{Chunk, Loop, vectorize};
use serde::{Deserialize, Serialize};

use super::number::{Number, Symbol, Trace};
use super::pack::Pack;

/// Numbers to numbers: all that the engine runs over the elements of tensors.
pub(crate) trait Map: Clone + Send + Sync {
    type In: Pack;
    type Out: Pack;
    /// Whether inputs can be smaller than the results, and results be summed.
    const SPREADS: bool = false;
    /// Whether there is anything to [`prepare`](Self::prepare), with whichever settings.
    const PREPARES: bool = false;

    fn map<N: Number>(&self, x: <Self::In as Pack>::Of<N>) -> <Self::Out as Pack>::Of<N>;

    /// Whether the inputs are changed before, with these settings.
    #[inline(always)]
    fn prepares(&self) -> bool {
        false
    }

    /// The inputs that the map gets to see: a step of its own, so that what is seldom there costs its loop
    /// nothing.
    #[inline(always)]
    fn prepare<N: Number>(&self, x: <Self::In as Pack>::Of<N>) -> <Self::In as Pack>::Of<N> {
        x
    }
}

/// As many things as a map has inputs or results: few, and not worth an allocation.
pub(crate) type Few<T> = smallvec::SmallVec<[T; 6]>;

/// Where the results of a map go.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) enum Output {
    /// A tensor like the input of this index. Where that one is smaller than the others, and was spread
    /// over them, it is the sum over where it went.
    Like(usize),
    /// The same, rounded up or down by chance to the type of that input, in proportion to how near both are, so that
    /// what is lost on the way is right on average. The noise follows from the seed and from where a number is.
    Stochastic { like: usize, seed: u32 },
    /// A tensor as large, in the type that the arithmetic is done in.
    Wide(usize),
    /// Nowhere.
    Dropped,
}

impl Output {
    /// The input that it goes by: the one that it is like, or the one that says in which type it is.
    #[cfg(feature = "remote")]
    pub(super) fn input(self) -> Option<usize> {
        match self {
            Self::Wide(input) => Some(input),
            _ => self.like(),
        }
    }

    /// The same by another input.
    #[cfg(feature = "remote")]
    pub(super) fn by(self, input: usize) -> Self {
        match self {
            Self::Like(_) => Self::Like(input),
            Self::Stochastic { seed, .. } => Self::Stochastic { like: input, seed },
            Self::Wide(_) => Self::Wide(input),
            Self::Dropped => Self::Dropped,
        }
    }

    /// The input that the result is like.
    pub(crate) fn like(self) -> Option<usize> {
        match self {
            Self::Like(like) | Self::Stochastic { like, .. } => Some(like),
            Self::Wide(_) | Self::Dropped => None,
        }
    }
}

/// A map behind a pointer, so that what runs it is compiled once for all maps.
pub(crate) trait Kernel: Send + Sync {
    /// Runs over blocks of numbers.
    #[cfg(feature = "flex")]
    fn run_f32(&self, chunk: Chunk<'_, f32>);
    #[cfg(feature = "flex")]
    fn run_f64(&self, chunk: Chunk<'_, f64>);
    /// The results as recorded numbers. Inputs past the end are 0.
    fn record<'g>(&self, inputs: &[Symbol<'g>]) -> Vec<Symbol<'g>>;
}

impl<M: Map> Kernel for M {
    #[cfg(feature = "flex")]
    fn run_f32(&self, chunk: Chunk<'_, f32>) {
        vectorize(Loop { map: self, chunk });
    }

    #[cfg(feature = "flex")]
    fn run_f64(&self, chunk: Chunk<'_, f64>) {
        vectorize(Loop { map: self, chunk });
    }

    fn record<'g>(&self, inputs: &[Symbol<'g>]) -> Vec<Symbol<'g>> {
        let mut x = packed::<M::In, _>(inputs, Symbol::literal(0.0));
        if self.prepares() {
            x = self.prepare(x);
        }
        let outputs = self.map(x);
        (0..M::Out::LEN)
            .map(|index| *M::Out::at(&outputs, index))
            .collect()
    }
}

/// The numbers as a pack, and `rest` where there are fewer.
#[inline(always)]
pub(super) fn packed<P: Pack, N: Copy>(numbers: &[N], rest: N) -> P::Of<N> {
    let mut pack = P::filled(rest);
    for (index, number) in numbers.iter().take(P::LEN).enumerate() {
        *P::at_mut(&mut pack, index) = *number;
    }
    pack
}

/// Whether any result depends on a sine or a cosine.
#[inline(always)]
pub(super) fn is_periodic<M: Map>(map: &M) -> bool {
    let outputs = map.map(M::In::filled(Trace::INPUT));
    let mut periodic = false;
    for index in 0..M::Out::LEN {
        periodic |= M::Out::at(&outputs, index).periodic;
    }
    periodic
}
