use core::marker::PhantomData;

use super::computed::Computed;
use super::spread::{Gather, Window};
use super::stored::Memory;
#[cfg(feature = "remote")]
use crate::fused::map::Few;
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

/// Blocks one after another, in some type.
#[derive(Clone, Copy)]
pub(crate) struct Blocks {
    pub(super) memory: Memory,
    /// Bytes from one to the next, 0 where it is the same one.
    stride: usize,
}

impl Blocks {
    pub(super) const NOWHERE: Self = Self::same(Memory::NOWHERE);

    pub(super) fn each(memory: Memory) -> Self {
        let stride = memory.bytes(LANES);
        Self { memory, stride }
    }

    /// The same block over and over.
    #[inline(always)]
    pub(super) const fn same(memory: Memory) -> Self {
        Self { memory, stride: 0 }
    }

    /// Whether nobody wants them.
    #[inline(always)]
    pub(super) fn are_nowhere(&self) -> bool {
        self.memory.start.is_null()
    }

    /// The blocks from this one on.
    #[inline(always)]
    pub(super) fn from(mut self, block: usize) -> Self {
        self.memory = self.memory.past(block * self.stride, block * LANES);
        self
    }
}

/// Where an input's blocks are.
pub(crate) struct Input<E> {
    blocks: Blocks,
    /// Where a smaller tensor is spread over the others, and blocks are not one after another.
    window: Option<Box<Window<E>>>,
}

/// Where a result's blocks go.
pub(crate) struct Target<E> {
    blocks: Blocks,
    /// Where they are added up.
    sum: Option<Box<Gather<E>>>,
}

impl<E: Computed> Input<E> {
    pub(super) fn new(blocks: Blocks) -> Self {
        Self {
            blocks,
            window: None,
        }
    }

    pub(super) fn window(window: Window<E>) -> Self {
        Self {
            blocks: Blocks::same(Memory::of_blocks::<E>(core::ptr::null())),
            window: Some(Box::new(window)),
        }
    }

    /// Where the blocks are; none where they are spread.
    pub(super) fn blocks(&self) -> Option<Blocks> {
        self.window.is_none().then_some(self.blocks)
    }

    /// Blocks that are elsewhere from now on.
    pub(super) fn move_to(&mut self, blocks: Blocks) {
        self.blocks = blocks;
    }
}

impl<E: Computed> Target<E> {
    pub(super) fn new(blocks: Blocks) -> Self {
        Self { blocks, sum: None }
    }

    /// For a result that nobody wants.
    pub(super) fn nowhere() -> Self {
        Self::new(Blocks::same(Memory::of_blocks::<E>(core::ptr::null())))
    }

    pub(super) fn sum(sum: Gather<E>) -> Self {
        Self {
            sum: Some(Box::new(sum)),
            ..Self::nowhere()
        }
    }

    /// Where the blocks go; none where they are added up.
    pub(super) fn blocks(&self) -> Option<Blocks> {
        self.sum.is_none().then_some(self.blocks)
    }

    pub(super) fn move_to(&mut self, blocks: Blocks) {
        self.blocks = blocks;
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

    /// Whether some of the numbers are stored in a type of fewer bits.
    #[inline(always)]
    pub(super) fn is_narrow(&self) -> bool {
        let inputs = self.inputs.iter().map(|input| input.blocks);
        let targets = self.targets.iter().map(|target| target.blocks);
        inputs
            .chain(targets)
            .any(|blocks| blocks.memory.float != E::FLOAT)
    }

    /// Where the inputs' blocks are.
    #[inline(always)]
    pub(super) fn sources<P: Pack>(&self) -> P::Of<Blocks> {
        assert!(P::LEN == self.inputs.len());
        let mut sources = P::filled(Blocks::NOWHERE);
        for place in 0..P::LEN {
            *P::at_mut(&mut sources, place) = self.inputs[place].blocks;
        }
        sources
    }

    /// Where the targets' blocks are.
    #[inline(always)]
    pub(super) fn targets<P: Pack>(&self) -> P::Of<Blocks> {
        assert!(P::LEN == self.targets.len());
        let mut targets = P::filled(Blocks::NOWHERE);
        for place in 0..P::LEN {
            *P::at_mut(&mut targets, place) = self.targets[place].blocks;
        }
        targets
    }

    /// Where the inputs' blocks are, however many inputs there are.
    #[cfg(feature = "remote")]
    pub(super) fn all_sources(&self) -> Few<Blocks> {
        self.inputs.iter().map(|input| input.blocks).collect()
    }

    /// Where the targets' blocks are, as well.
    #[cfg(feature = "remote")]
    pub(super) fn all_targets(&self) -> Few<Blocks> {
        self.targets.iter().map(|target| target.blocks).collect()
    }

    /// The next block of an input that is spread; of any other, what is given.
    #[inline(always)]
    pub(super) fn spread(&mut self, place: usize, source: Blocks) -> Blocks {
        match &mut self.inputs[place].window {
            None => source,
            Some(window) => Blocks::same(Memory::of_blocks(window.advance())),
        }
    }

    /// The sums that the next block of a target is added to; of a target without, what is given.
    #[inline(always)]
    pub(super) fn summed(&mut self, place: usize, target: Blocks) -> Blocks {
        match &mut self.targets[place].sum {
            None => target,
            Some(sum) => Blocks::same(Memory::of_blocks(sum.advance())),
        }
    }

    /// Whether results of a target are added up.
    #[inline(always)]
    pub(super) fn sums(&self, place: usize) -> bool {
        self.targets[place].sum.is_some()
    }
}
