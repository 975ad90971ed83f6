//! Large buffers are kept when their tensors are dropped, and used again.
//!
//! Memory that is fresh from the system is cleared page by page, each at its first touch, which takes
//! ten times as long as writing to it: more than most formulas. The C library's allocator gives large
//! blocks back when they are freed, so that each step of a training would pay that price anew.

use core::any::Any;
use core::mem::{self, ManuallyDrop, MaybeUninit};
use core::ptr::NonNull;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::tensor::Bytes;
use burn_std::{AccessError, AccessPolicy, AllocationController, AllocationProperty};

/// Bytes from which a buffer is kept. Smaller ones the allocator keeps itself.
const MIN: usize = 128 << 10;

/// Bytes that are kept at most while no tensor uses them.
const MAX: usize = 256 << 20;

static IDLE: Mutex<Idle> = Mutex::new(Idle::new());

/// The buffers that no tensor uses, the one that was dropped last in front.
struct Idle {
    buffers: VecDeque<Buffer>,
    bytes: usize,
}

/// An empty vector of some float type.
struct Buffer {
    numbers: Box<dyn Any + Send>,
    bytes: usize,
}

impl Idle {
    const fn new() -> Self {
        let buffers = VecDeque::new();
        Self { buffers, bytes: 0 }
    }

    fn lock() -> MutexGuard<'static, Self> {
        // What it guards is consistent whenever it can panic.
        IDLE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take<E: 'static>(&mut self, len: usize) -> Option<Vec<E>> {
        let fits = |buffer: &Buffer| {
            let numbers = buffer.numbers.downcast_ref::<Vec<E>>();
            numbers.is_some_and(|numbers| numbers.capacity() == len)
        };
        let index = self.buffers.iter().position(fits)?;
        let buffer = self.buffers.remove(index)?;
        self.bytes -= buffer.bytes;
        buffer.numbers.downcast().ok().map(|numbers| *numbers)
    }

    fn put<E: Send + 'static>(&mut self, mut numbers: Vec<E>) {
        numbers.clear();
        let bytes = numbers.capacity() * size_of::<E>();
        self.bytes += bytes;
        let numbers = Box::new(numbers);
        self.buffers.push_front(Buffer { numbers, bytes });
        while self.bytes > MAX
            && let Some(oldest) = self.buffers.pop_back()
        {
            self.bytes -= oldest.bytes;
        }
    }
}

/// Gives the memory that activations on the Flex backend keep for their next outputs back to the system.
///
/// The outputs of activations take memory that earlier ones no longer need, for memory that is fresh from
/// the system costs more than most formulas. Up to 256 MiB are kept while no tensor uses them, those used
/// last; this frees them.
///
/// With glibc they, and whatever else of the heap is free, leave the resident memory of the process at once. Other
/// allocators may keep freed memory for a while.
pub fn release_memory() {
    *Idle::lock() = Idle::new();
    trim();
}

/// Has glibc give back what it holds: it keeps freed blocks of up to 32 MiB.
#[cfg(all(target_os = "linux", target_env = "gnu", not(miri)))]
fn trim() {
    unsafe extern "C" {
        fn malloc_trim(pad: usize) -> i32;
    }
    // SAFETY: glibc has it, any thread may call it, and it touches free memory alone.
    unsafe { malloc_trim(0) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", not(miri))))]
fn trim() {}

/// An empty vector with room for `len` numbers, in memory that was used before where there is some.
pub(crate) fn buffer<E: Send + 'static>(len: usize) -> Vec<E> {
    let reused = match len * size_of::<E>() {
        MIN.. => Idle::lock().take(len),
        _ => None,
    };
    reused.unwrap_or_else(|| Vec::with_capacity(len))
}

/// Keeps the memory of a vector for the next one.
pub(crate) fn recycle<E: Send + 'static>(numbers: Vec<E>) {
    if numbers.capacity() * size_of::<E>() >= MIN {
        Idle::lock().put(numbers);
    }
}

/// The numbers as the memory of a tensor, to be used again after it.
pub(crate) fn into_bytes<E: bytemuck::Pod + Send + Sync>(numbers: Vec<E>) -> Bytes {
    let len = size_of_val(numbers.as_slice());
    if len < MIN {
        return Bytes::from_elems(numbers);
    }
    // SAFETY: the vector's numbers, which are the first `len` bytes of its memory, are initialized.
    unsafe { Bytes::from_controller(Box::new(Recycled(numbers)), len) }
}

/// The memory of a tensor, used again when it is dropped.
struct Recycled<E: Send + 'static>(Vec<E>);

impl<E: Send> Drop for Recycled<E> {
    fn drop(&mut self) {
        // Nothing is left of what `try_detach` gave away.
        recycle(mem::take(&mut self.0));
    }
}

impl<E: bytemuck::Pod + Send> AllocationController for Recycled<E> {
    fn alloc_align(&self) -> usize {
        align_of::<E>()
    }

    fn property(&self) -> AllocationProperty {
        AllocationProperty::Native
    }

    unsafe fn memory_mut(
        &mut self,
        _policy: AccessPolicy,
    ) -> Result<&mut [MaybeUninit<u8>], AccessError> {
        let (start, bytes) = (self.0.as_mut_ptr(), self.0.capacity() * size_of::<E>());
        // SAFETY: the vector owns these bytes, whose alignment is that of numbers or less.
        Ok(unsafe { core::slice::from_raw_parts_mut(start.cast(), bytes) })
    }

    fn memory(&self, _policy: AccessPolicy) -> Result<&[MaybeUninit<u8>], AccessError> {
        let (start, bytes) = (self.0.as_ptr(), self.0.capacity() * size_of::<E>());
        // SAFETY: as above.
        Ok(unsafe { core::slice::from_raw_parts(start.cast(), bytes) })
    }

    fn try_detach(&mut self) -> Option<NonNull<u8>> {
        // A vector's memory is the global allocator's.
        let mut numbers = ManuallyDrop::new(mem::take(&mut self.0));
        NonNull::new(numbers.as_mut_ptr().cast())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEN: usize = 54_321;

    #[test]
    fn memory_is_used_again_for_the_same_length_and_type() {
        let mut idle = Idle::new();
        let numbers = vec![1.0f32; LEN];
        let address = numbers.as_ptr();
        idle.put(numbers);
        assert!(idle.take::<f32>(LEN - 1).is_none());
        assert!(idle.take::<u32>(LEN).is_none());
        assert!(idle.take::<f64>(LEN / 2).is_none());
        let again = idle.take::<f32>(LEN).expect("what was put there");
        assert_eq!(again.as_ptr(), address);
        assert!(again.is_empty() && again.capacity() == LEN);
        assert!(idle.take::<f32>(LEN).is_none() && idle.bytes == 0);
    }

    #[test]
    fn the_bound_costs_the_oldest() {
        let mut idle = Idle::new();
        for len in [MAX / 4, MAX / 2, MAX / 4 + 1] {
            idle.put(Vec::<u8>::with_capacity(len));
            assert!(idle.bytes <= MAX);
        }
        assert!(idle.take::<u8>(MAX / 4).is_none());
        assert!(idle.take::<u8>(MAX / 2).is_some());
        assert!(idle.take::<u8>(MAX / 4 + 1).is_some());
        // More than is ever kept.
        idle.put(Vec::<u8>::with_capacity(MAX + 1));
        assert!(idle.buffers.is_empty() && idle.bytes == 0);
    }

    /// The one test of what all tensors of a process share, with a length of its own: another such test
    /// could take or release meanwhile what this one expects to be there.
    #[test]
    fn a_dropped_tensor_s_memory_is_used_again_until_it_is_released() {
        const LEN: usize = 65_432;
        let bytes = into_bytes(vec![1.0f32; LEN]);
        let address = bytes.as_ptr();
        drop(bytes);
        let again = buffer::<f32>(LEN);
        assert_eq!(again.as_ptr().cast(), address);
        drop(into_bytes(again));
        drop(into_bytes(vec![1.0f32; LEN]));
        release_memory();
        assert!(Idle::lock().take::<f32>(LEN).is_none());
    }

    #[test]
    fn a_tensor_s_memory_becomes_a_vector_without_a_copy() {
        let bytes = into_bytes(vec![2.0f64; LEN]);
        let address = bytes.as_ptr();
        let numbers = bytes.try_into_vec::<f64>().expect("the same type");
        assert_eq!(numbers.as_ptr().cast(), address);
        assert_eq!(numbers, vec![2.0; LEN]);
    }

    #[test]
    fn a_clone_has_memory_of_its_own() {
        let mut bytes = into_bytes(vec![1.0f32; LEN]);
        let clone = bytes.clone();
        bytes.fill(0);
        assert!(
            bytemuck::cast_slice::<u8, f32>(&clone)
                .iter()
                .all(|x| *x == 1.0)
        );
    }
}
