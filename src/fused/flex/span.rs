use core::marker::PhantomData;
use core::mem::MaybeUninit;

/// Numbers that are worked on together.
///
/// They are copied to an array of their own first, which shows the compiler that no write changes
/// what is still to be read; and they are few enough for the copy to be registers, not memory.
pub(crate) type Block<E> = [E; LANES];

/// A block that may not have been written yet.
pub(crate) type Uninit<E> = [MaybeUninit<E>; LANES];

/// How many numbers a [`Block`] has.
pub(crate) const LANES: usize = 64;

/// Blocks to read, and room for as many results: the same memory, or fresh.
pub(crate) struct Span<'a, E> {
    source: *const Block<E>,
    target: *mut Block<E>,
    len: usize,
    memory: PhantomData<(&'a [E], &'a mut [E])>,
}

impl<'a, E: Copy> Span<'a, E> {
    /// Results replace what they come from.
    pub(crate) fn in_place(blocks: &'a mut [Block<E>]) -> Self {
        let target = blocks.as_mut_ptr();
        Self {
            source: target,
            target,
            len: blocks.len(),
            memory: PhantomData,
        }
    }

    /// Results go to memory that may not have been written yet.
    pub(crate) fn fresh(source: &'a [Block<E>], target: &'a mut [Uninit<E>]) -> Self {
        assert_eq!(source.len(), target.len());
        Self {
            source: source.as_ptr(),
            target: target.as_mut_ptr().cast(),
            len: source.len(),
            memory: PhantomData,
        }
    }

    /// What there is to read.
    #[inline(always)]
    pub(crate) fn read(&self) -> &[Block<E>] {
        // SAFETY: `source` is readable for `len` blocks during 'a: both constructors took it from a
        // slice. Only the methods below write to it, and they borrow `self` exclusively.
        unsafe { core::slice::from_raw_parts(self.source, self.len) }
    }

    /// Writes the result of the block of this index.
    #[inline(always)]
    pub(crate) fn write(&mut self, index: usize, result: Block<E>) {
        assert!(index < self.len);
        // SAFETY: `target` is writable for `len` blocks during 'a, and nobody else has it: both
        // constructors took it from an exclusive slice.
        unsafe { self.target.add(index).write(result) };
    }
}
