use burn::backend::DType;
use burn::backend::flex::{FlexTensor, Layout};
use burn::tensor::{Shape, bf16, f16};
use half::slice::HalfFloatSliceExt;

use super::chunk::Chunk;
use super::computed::Computed;
use super::memory;
use super::rows::Rows;
use crate::fused::map::Kernel;
use crate::fused::rows::RowKernel;

/// The memory of a tensor's numbers, in the type that they are stored in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    pub(super) start: *mut u8,
    pub(super) dtype: DType,
}

// SAFETY: it is the memory of a tensor that one pass has; threads work on ranges of their own.
unsafe impl Send for Memory {}
unsafe impl Sync for Memory {}

impl Memory {
    /// The memory from the number of this index on.
    pub(super) fn at(self, index: usize) -> *mut u8 {
        // SAFETY: callers stay within the tensor, its end included.
        unsafe { self.start.add(index * self.dtype.size()) }
    }
}

/// Runs `$body` with `$float` as the type of a tensor's numbers.
macro_rules! by_type {
    ($dtype:expr, $float:ident => $body:expr) => {
        match $dtype {
            DType::F64 => {
                type $float = f64;
                $body
            }
            DType::F32 => {
                type $float = f32;
                $body
            }
            DType::F16 => {
                type $float = f16;
                $body
            }
            DType::BF16 => {
                type $float = bf16;
                $body
            }
            other => unreachable!("not a float type: {other:?}"),
        }
    };
}

/// The numbers of a tensor in row-major order.
pub(super) fn numbers(tensor: &FlexTensor) -> Memory {
    let dtype = tensor.dtype();
    let start = by_type!(dtype, F => {
        tensor.as_slice::<F>().expect("row-major").as_ptr().cast_mut().cast()
    });
    Memory { start, dtype }
}

/// The same, to be written to: only where nobody else has them.
pub(super) fn numbers_mut(tensor: &mut FlexTensor) -> Option<Memory> {
    let dtype = tensor.dtype();
    let (start, end) = tensor.layout().contiguous_offsets()?;
    let start = by_type!(dtype, F => {
        tensor.try_storage_mut::<F>()?[start..end].as_mut_ptr().cast()
    });
    Some(Memory { start, dtype })
}

/// Memory for the numbers of a new tensor, not yet written.
pub(super) enum Fresh {
    F64(Vec<f64>),
    F32(Vec<f32>),
    F16(Vec<f16>),
    BF16(Vec<bf16>),
}

macro_rules! each_fresh {
    ($fresh:expr, $numbers:ident => $body:expr) => {
        match $fresh {
            Fresh::F64($numbers) => $body,
            Fresh::F32($numbers) => $body,
            Fresh::F16($numbers) => $body,
            Fresh::BF16($numbers) => $body,
        }
    };
}

impl Fresh {
    pub(super) fn new(dtype: DType, len: usize) -> Self {
        match dtype {
            DType::F64 => Self::F64(memory::buffer(len)),
            DType::F32 => Self::F32(memory::buffer(len)),
            DType::F16 => Self::F16(memory::buffer(len)),
            DType::BF16 => Self::BF16(memory::buffer(len)),
            other => unreachable!("not a float type: {other:?}"),
        }
    }

    pub(super) fn memory(&mut self, dtype: DType) -> Memory {
        let start = each_fresh!(self, numbers => numbers.as_mut_ptr().cast());
        Memory { start, dtype }
    }

    /// The tensor.
    ///
    /// # Safety
    ///
    /// All of its numbers were written.
    pub(super) unsafe fn finish(self, shape: Shape, dtype: DType) -> FlexTensor {
        let bytes = each_fresh!(self, numbers => {
            let mut numbers = numbers;
            debug_assert!(numbers.capacity() >= shape.num_elements());
            // SAFETY: the capacity is as large, and the caller wrote them all.
            unsafe { numbers.set_len(shape.num_elements()) };
            memory::into_bytes(numbers)
        });
        FlexTensor::new(bytes, Layout::contiguous(shape), dtype)
    }
}

/// A tensor of these numbers.
pub(super) fn tensor_of(numbers: &[f64], shape: Shape, dtype: DType) -> FlexTensor {
    let bytes = by_type!(dtype, F => {
        memory::into_bytes(numbers.iter().map(|number| narrow::<F>(*number)).collect::<Vec<F>>())
    });
    FlexTensor::new(bytes, Layout::contiguous(shape), dtype)
}

fn narrow<F: burn::tensor::Element>(number: f64) -> F {
    F::from_elem(number)
}

/// A type that a pass computes in, and what it can read and write besides itself.
pub(super) trait Arithmetic: Computed {
    const DTYPE: DType;
    const EPSILON: f64;

    /// Reads numbers that are stored in some type.
    ///
    /// # Safety
    ///
    /// `source` is readable for as many numbers as `wide` has.
    unsafe fn widen(dtype: DType, source: *const u8, wide: &mut [Self]);

    /// Writes numbers in some type.
    ///
    /// # Safety
    ///
    /// `target` is writable for as many numbers as `wide` has.
    unsafe fn narrow(dtype: DType, wide: &[Self], target: *mut u8);

    fn run(kernel: &dyn Kernel, chunk: Chunk<'_, Self>);

    fn run_rows(kernel: &dyn RowKernel, rows: Rows<'_, Self>);
}

impl Arithmetic for f32 {
    const DTYPE: DType = DType::F32;
    const EPSILON: f64 = f32::EPSILON as f64;

    unsafe fn widen(dtype: DType, source: *const u8, wide: &mut [f32]) {
        let len = wide.len();
        // SAFETY: the caller's promise; tensors are aligned for their type.
        unsafe {
            match dtype {
                DType::F32 => wide.copy_from_slice(slice(source.cast(), len)),
                DType::F16 => slice::<f16>(source.cast(), len).convert_to_f32_slice(wide),
                DType::BF16 => slice::<bf16>(source.cast(), len).convert_to_f32_slice(wide),
                other => unreachable!("not computed in f32: {other:?}"),
            }
        }
    }

    unsafe fn narrow(dtype: DType, wide: &[f32], target: *mut u8) {
        let len = wide.len();
        // SAFETY: as above.
        unsafe {
            match dtype {
                DType::F32 => slice_mut(target.cast(), len).copy_from_slice(wide),
                DType::F16 => slice_mut::<f16>(target.cast(), len).convert_from_f32_slice(wide),
                DType::BF16 => slice_mut::<bf16>(target.cast(), len).convert_from_f32_slice(wide),
                other => unreachable!("not computed in f32: {other:?}"),
            }
        }
    }

    fn run(kernel: &dyn Kernel, chunk: Chunk<'_, f32>) {
        kernel.run_f32(chunk);
    }

    fn run_rows(kernel: &dyn RowKernel, rows: Rows<'_, f32>) {
        kernel.run_f32(rows);
    }
}

impl Arithmetic for f64 {
    const DTYPE: DType = DType::F64;
    const EPSILON: f64 = f64::EPSILON;

    unsafe fn widen(_dtype: DType, source: *const u8, wide: &mut [f64]) {
        // SAFETY: the caller's promise.
        wide.copy_from_slice(unsafe { slice(source.cast(), wide.len()) });
    }

    unsafe fn narrow(_dtype: DType, wide: &[f64], target: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { slice_mut(target.cast(), wide.len()) }.copy_from_slice(wide);
    }

    fn run(kernel: &dyn Kernel, chunk: Chunk<'_, f64>) {
        kernel.run_f64(chunk);
    }

    fn run_rows(kernel: &dyn RowKernel, rows: Rows<'_, f64>) {
        kernel.run_f64(rows);
    }
}

/// Numbers of a tensor.
///
/// # Safety
///
/// They are readable during 'a, and nobody writes to them.
pub(super) unsafe fn slice<'a, T>(start: *const T, len: usize) -> &'a [T] {
    // SAFETY: the callers' promise.
    unsafe { core::slice::from_raw_parts(start, len) }
}

/// Numbers of a tensor, to be written to.
///
/// # Safety
///
/// They are writable during 'a, and nobody else has them.
pub(super) unsafe fn slice_mut<'a, T>(start: *mut T, len: usize) -> &'a mut [T] {
    // SAFETY: the callers' promise. Fresh memory of plain numbers is written before it is read.
    unsafe { core::slice::from_raw_parts_mut(start, len) }
}
