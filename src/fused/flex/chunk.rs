use core::marker::PhantomData;

use super::computed::Computed;
use super::spread::{Gather, Window};
use crate::fused::pack::Pack;

/// Numbers that are worked on together.
///
/// They are copied to an array of their own first, which shows the compiler that no write changes
/// what is still to be read; and they are few enough for the copy to be registers, not memory.
pub(crate) type Block<E> = [E; LANES];

/// How many numbers a [`Block`] has.
pub(crate) const LANES: usize = 64;

/// Blocks to read and blocks to write: what a loop works on.
pub(crate) struct Chunk<'a, E> {
    len: usize,
    inputs: &'a mut [Input<E>],
    targets: &'a mut [Target<E>],
    memory: PhantomData<&'a mut [E]>,
}

/// Where an input's blocks are.
pub(crate) struct Input<E> {
    start: *const Block<E>,
    /// From one block to the next: 1, or 0 where the same block is read again.
    step: usize,
    /// Where a smaller tensor is spread over the others, and blocks are not one after another.
    window: Option<Box<Window<E>>>,
}

/// Where a result's blocks go.
pub(crate) struct Target<E> {
    start: *mut Block<E>,
    step: usize,
    /// Where they are added up.
    sum: Option<Box<Gather<E>>>,
}

impl<E> Input<E> {
    pub(super) fn each(start: *const Block<E>) -> Self {
        Self {
            start,
            step: 1,
            window: None,
        }
    }

    /// The same block over and over.
    pub(super) fn same(block: *const Block<E>) -> Self {
        Self {
            start: block,
            step: 0,
            window: None,
        }
    }

    pub(super) fn window(window: Window<E>) -> Self {
        Self {
            start: core::ptr::null(),
            step: 0,
            window: Some(Box::new(window)),
        }
    }

    /// No blocks at all.
    pub(super) fn nowhere() -> Self {
        Self::same(core::ptr::null())
    }

    /// The first block, and how far it is to the next; none where they are spread.
    pub(super) fn start(&self) -> Option<(*const Block<E>, usize)> {
        match self.window {
            None => Some((self.start, self.step)),
            Some(_) => None,
        }
    }

    /// Blocks that are elsewhere from now on.
    pub(super) fn move_to(&mut self, start: *const Block<E>) {
        self.start = start;
    }
}

impl<E> Target<E> {
    pub(super) fn each(start: *mut Block<E>) -> Self {
        Self {
            start,
            step: 1,
            sum: None,
        }
    }

    /// For a result that nobody wants.
    pub(super) fn nowhere() -> Self {
        Self {
            start: core::ptr::null_mut(),
            step: 0,
            sum: None,
        }
    }

    pub(super) fn sum(sum: Gather<E>) -> Self {
        Self {
            start: core::ptr::null_mut(),
            step: 0,
            sum: Some(Box::new(sum)),
        }
    }

    /// The first block; none where they are added up, and null where nobody wants them.
    pub(super) fn start(&self) -> Option<*mut Block<E>> {
        match self.sum {
            None => Some(self.start),
            Some(_) => None,
        }
    }

    pub(super) fn move_to(&mut self, start: *mut Block<E>) {
        self.start = start;
    }

    pub(super) fn gather(&mut self) -> Option<&mut Gather<E>> {
        self.sum.as_deref_mut()
    }

    pub(super) fn take_gather(&mut self) -> Option<Box<Gather<E>>> {
        self.sum.take()
    }
}

impl<'a, E: Computed> Chunk<'a, E> {
    /// Blocks of these inputs and targets.
    ///
    /// # Safety
    ///
    /// During 'a each input is readable for `len` blocks and each target that is somewhere writable, by nobody else; a
    /// target may be an input's memory, from the same block on.
    pub(super) unsafe fn new(
        len: usize,
        inputs: &'a mut [Input<E>],
        targets: &'a mut [Target<E>],
    ) -> Self {
        Self {
            len,
            inputs,
            targets,
            memory: PhantomData,
        }
    }

    /// How many blocks there are, inputs and targets.
    pub(super) fn into_parts(self) -> (usize, &'a mut [Input<E>], &'a mut [Target<E>]) {
        (self.len, self.inputs, self.targets)
    }

    /// How many blocks there are. They are read and written in order, each once.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Where the inputs' first blocks are, and how far it is to the next ones.
    #[inline(always)]
    pub(crate) fn sources<P: Pack>(&self) -> P::Of<(*const Block<E>, usize)> {
        assert!(P::LEN == self.inputs.len());
        let mut sources = P::filled((core::ptr::null(), 0));
        for place in 0..P::LEN {
            let input = &self.inputs[place];
            *P::at_mut(&mut sources, place) = (input.start, input.step);
        }
        sources
    }

    /// Where the targets' first blocks are, and how far it is to the next ones; null where nobody wants them.
    #[inline(always)]
    pub(crate) fn targets<P: Pack>(&self) -> P::Of<(*mut Block<E>, usize)> {
        assert!(P::LEN == self.targets.len());
        let mut targets = P::filled((core::ptr::null_mut(), 0));
        for place in 0..P::LEN {
            let target = &self.targets[place];
            *P::at_mut(&mut targets, place) = (target.start, target.step);
        }
        targets
    }

    /// The next block of an input that is spread; of any other, what is given.
    #[inline(always)]
    pub(crate) fn spread(&mut self, place: usize, source: *const Block<E>) -> *const Block<E> {
        match &mut self.inputs[place].window {
            None => source,
            Some(window) => window.advance(),
        }
    }

    /// The sums that the next block of a target is added to; of a target without, what is given.
    #[inline(always)]
    pub(crate) fn summed(&mut self, place: usize, target: *mut Block<E>) -> *mut Block<E> {
        match &mut self.targets[place].sum {
            None => target,
            Some(sum) => sum.advance(),
        }
    }

    /// Whether results of a target are added up.
    #[inline(always)]
    pub(crate) fn sums(&self, place: usize) -> bool {
        self.targets[place].sum.is_some()
    }
}
