use core::marker::PhantomData;

use crate::fused::flex::chunk::LANES;
use crate::fused::pack::Pack;

/// Rows that a loop works on.
pub(crate) struct Rows<'a, E> {
    lie: Lie,
    len: usize,
    rounds: usize,
    inputs: &'a [*const E],
    target: *mut E,
    memory: PhantomData<&'a mut [E]>,
}

/// How the numbers of rows lie in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Lie {
    /// Those of a row one after another, and so do `count` rows.
    Along { count: usize },
    /// The first numbers of [`LANES`] rows one after another, `stride` further the second ones.
    Across { stride: usize },
}

impl<'a, E> Rows<'a, E> {
    /// Rows of `len` numbers.
    ///
    /// # Safety
    ///
    /// During 'a all numbers of these rows are readable in each input and writable in the target, by nobody else;
    /// the target may be an input's memory, and where terms are stored only the first one's.
    pub(super) unsafe fn new(
        lie: Lie,
        len: usize,
        rounds: usize,
        inputs: &'a [*const E],
        target: *mut E,
    ) -> Self {
        Self {
            lie,
            len,
            rounds,
            inputs,
            target,
            memory: PhantomData,
        }
    }

    /// Whether a row's numbers lie one after another.
    pub(crate) fn are_along(&self) -> bool {
        matches!(self.lie, Lie::Along { .. })
    }

    /// How many rows there are.
    #[inline(always)]
    pub(super) fn count(&self) -> usize {
        match self.lie {
            Lie::Along { count } => count,
            Lie::Across { .. } => LANES,
        }
    }

    /// How far it is from a number to the next one of its row.
    #[inline(always)]
    pub(super) fn stride(&self) -> usize {
        match self.lie {
            Lie::Along { .. } => 1,
            Lie::Across { stride } => stride,
        }
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    pub(super) fn rounds(&self) -> usize {
        self.rounds
    }

    /// Where each input of a map starts.
    #[inline(always)]
    pub(super) fn sources<P: Pack>(&self) -> P::Of<*const E> {
        assert!(self.inputs.len() == P::LEN);
        let mut sources = P::filled(core::ptr::null());
        for (index, input) in self.inputs.iter().enumerate() {
            *P::at_mut(&mut sources, index) = *input;
        }
        sources
    }

    #[inline(always)]
    pub(super) fn target(&self) -> *mut E {
        self.target
    }
}
