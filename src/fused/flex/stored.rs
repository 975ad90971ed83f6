use burn::backend::DType;
use burn::backend::flex::{FlexTensor, Layout};
use burn::tensor::{Shape, bf16, f16};

use super::chunk::{Block, Chunk, LANES};
use super::coded::{self, Words};
use super::computed::Computed;
use super::convert;
use super::memory;
use super::rows::Rows;
use crate::fused::codes;
use crate::fused::map::Kernel;
use crate::fused::rows::RowKernel;

/// A type that numbers are stored in: a byte, where Burn's is large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Float {
    F64,
    F32,
    F16,
    BF16,
    /// [Codes](crate::fused::codes) of 8 bits, in blocks.
    Codes,
}

impl Float {
    pub(super) fn of(tensor: &FlexTensor) -> Self {
        match tensor.dtype() {
            DType::F64 => Self::F64,
            DType::F32 => Self::F32,
            DType::F16 => Self::F16,
            DType::BF16 => Self::BF16,
            DType::U32 => Self::Codes,
            other => unreachable!("not a float type: {other:?}"),
        }
    }

    fn dtype(self) -> DType {
        match self {
            Self::F64 => DType::F64,
            Self::F32 => DType::F32,
            Self::F16 => DType::F16,
            Self::BF16 => DType::BF16,
            Self::Codes => DType::U32,
        }
    }

    /// Bytes of an element of the tensor.
    #[inline(always)]
    fn size(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 | Self::Codes => 4,
            Self::F16 | Self::BF16 => 2,
        }
    }

    /// How many bytes so many numbers take: of codes, those of whole blocks.
    #[inline(always)]
    pub(super) fn bytes(self, len: usize) -> usize {
        match self {
            Self::Codes => len.div_ceil(LANES) * size_of::<Words>(),
            _ => len * self.size(),
        }
    }

    /// Whether a tensor of this shape has a number for each place of another.
    pub(super) fn fits(self, tensor: &Shape, numbers: &Shape) -> bool {
        match self {
            Self::Codes => *tensor == codes::shape(numbers),
            _ => tensor == numbers,
        }
    }

    /// The shape of a tensor that has a number for each place of this shape.
    pub(super) fn shape(self, numbers: &Shape) -> Shape {
        match self {
            Self::Codes => codes::shape(numbers),
            _ => numbers.clone(),
        }
    }
}

/// The memory of a tensor's numbers, in the type that they are stored in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(super) start: *mut u8,
    pub(super) float: Float,
    /// What the noise of stochastic rounding follows from, an odd number; 0 where results become the nearest.
    pub(super) noise: u32,
}

// SAFETY: it is the memory of a tensor that one pass has; threads work on ranges of their own.
unsafe impl Send for Memory {}
unsafe impl Sync for Memory {}

impl Memory {
    pub(super) const NOWHERE: Self = Self {
        start: core::ptr::null_mut(),
        float: Float::F32,
        noise: 0,
    };

    pub(super) fn new(start: *mut u8, float: Float) -> Self {
        Self {
            start,
            float,
            noise: 0,
        }
    }

    /// The same, rounded to by chance where it has fewer bits.
    pub(super) fn stochastic(mut self, seed: u32) -> Self {
        if matches!(self.float, Float::BF16 | Float::Codes) {
            self.noise = seed | 1;
        }
        self
    }

    /// The same kind of memory elsewhere.
    pub(super) fn at(mut self, start: *mut u8) -> Self {
        self.start = start;
        self
    }

    /// What the noise of the numbers from here on follows from, where there is any.
    #[inline(always)]
    pub(super) fn noise(self) -> Option<u32> {
        (self.noise != 0).then_some(self.noise)
    }

    /// Blocks in the type that is computed in.
    pub(super) fn of_blocks<E: Computed>(start: *const Block<E>) -> Self {
        Self::new(start.cast_mut().cast(), E::FLOAT)
    }

    /// The memory from the number of this index on, the first of a block.
    pub(super) fn from(self, index: usize) -> Self {
        self.past(self.bytes(index), index)
    }

    /// The memory past so many bytes, which are whole blocks of numbers.
    #[inline(always)]
    pub(super) fn past(mut self, bytes: usize, numbers: usize) -> Self {
        self.start = self.start.wrapping_add(bytes);
        // Blocks have an even number of numbers: odd stays odd, and 0 stays 0.
        self.noise = self.noise.wrapping_add(numbers as u32 * (self.noise & 1));
        self
    }

    /// How many bytes so many numbers take.
    #[inline(always)]
    pub(super) fn bytes(self, len: usize) -> usize {
        self.float.bytes(len)
    }
}

/// Runs `$body` with `$type` as the type of a tensor's numbers.
macro_rules! by_type {
    ($float:expr, $type:ident => $body:expr) => {
        match $float {
            Float::F64 => {
                type $type = f64;
                $body
            }
            Float::F32 => {
                type $type = f32;
                $body
            }
            Float::F16 => {
                type $type = f16;
                $body
            }
            Float::BF16 => {
                type $type = bf16;
                $body
            }
            Float::Codes => {
                type $type = u32;
                $body
            }
        }
    };
}

/// The numbers of a tensor that is in row-major order.
pub(super) fn numbers(tensor: &FlexTensor) -> Memory {
    let float = Float::of(tensor);
    let bytes = tensor.bytes();
    let first = tensor.layout().start_offset() * float.size();
    // A view of nothing may begin past the end.
    let bytes = &bytes[first.min(bytes.len())..];
    let start = bytes.as_ptr().cast_mut();
    Memory::new(start, float)
}

/// The same, to be written to: only where nobody else has them.
pub(super) fn numbers_mut(tensor: &mut FlexTensor) -> Option<Memory> {
    if !tensor.is_unique() {
        return None;
    }
    let float = Float::of(tensor);
    let first = tensor.layout().start_offset();
    let start = by_type!(float, F => {
        let storage = tensor.try_storage_mut::<F>()?;
        let first = first.min(storage.len());
        storage[first..].as_mut_ptr().cast()
    });
    Some(Memory::new(start, float))
}

/// Memory for the numbers of a new tensor, not yet written.
pub(super) enum Fresh {
    F64(Vec<f64>),
    F32(Vec<f32>),
    F16(Vec<f16>),
    BF16(Vec<bf16>),
    Codes(Vec<u32>),
}

macro_rules! each_fresh {
    ($fresh:expr, $numbers:ident => $body:expr) => {
        match $fresh {
            Fresh::F64($numbers) => $body,
            Fresh::F32($numbers) => $body,
            Fresh::F16($numbers) => $body,
            Fresh::BF16($numbers) => $body,
            Fresh::Codes($numbers) => $body,
        }
    };
}

impl Fresh {
    pub(super) fn new(float: Float, len: usize) -> Self {
        match float {
            Float::F64 => Self::F64(memory::buffer(len)),
            Float::F32 => Self::F32(memory::buffer(len)),
            Float::F16 => Self::F16(memory::buffer(len)),
            Float::BF16 => Self::BF16(memory::buffer(len)),
            Float::Codes => Self::Codes(memory::buffer(float.bytes(len) / size_of::<u32>())),
        }
    }

    pub(super) fn memory(&mut self, float: Float) -> Memory {
        let start = each_fresh!(self, numbers => numbers.as_mut_ptr().cast());
        Memory::new(start, float)
    }

    /// The tensor.
    ///
    /// # Safety
    ///
    /// All of its numbers were written.
    pub(super) unsafe fn finish(self, numbers: &Shape, float: Float) -> FlexTensor {
        let shape = float.shape(numbers);
        let bytes = each_fresh!(self, numbers => {
            let mut numbers = numbers;
            debug_assert!(numbers.capacity() >= shape.num_elements());
            // SAFETY: the capacity is as large, and the caller wrote them all.
            unsafe { numbers.set_len(shape.num_elements()) };
            memory::into_bytes(numbers)
        });
        FlexTensor::new(bytes, Layout::contiguous(shape), float.dtype())
    }
}

/// A tensor of these numbers.
pub(super) fn tensor_of(numbers: &[f64], shape: Shape, float: Float) -> FlexTensor {
    let bytes = by_type!(float, F => {
        memory::into_bytes(numbers.iter().map(|number| narrow::<F>(*number)).collect::<Vec<F>>())
    });
    FlexTensor::new(bytes, Layout::contiguous(shape), float.dtype())
}

fn narrow<F: burn::tensor::Element>(number: f64) -> F {
    F::from_elem(number)
}

/// A type that a pass computes in.
pub(super) trait Arithmetic: Computed {
    const EPSILON: f64;

    /// Reads numbers that are stored in some type.
    ///
    /// # Safety
    ///
    /// The memory is readable for as many numbers as `wide` has.
    unsafe fn widen(memory: Memory, wide: &mut [Self]);

    /// Writes numbers in some type.
    ///
    /// # Safety
    ///
    /// The memory is writable for as many numbers as `wide` has.
    unsafe fn narrow(wide: &[Self], memory: Memory);

    fn run(kernel: &dyn Kernel, chunk: Chunk<'_, Self>);

    fn run_rows(kernel: &dyn RowKernel, rows: Rows<'_, Self>);
}

impl Arithmetic for f32 {
    const EPSILON: f64 = f32::EPSILON as f64;

    unsafe fn widen(memory: Memory, wide: &mut [f32]) {
        let (start, len) = (memory.start, wide.len());
        // SAFETY: the caller's promise; tensors are aligned for their type.
        unsafe {
            match memory.float {
                Float::F32 => wide.copy_from_slice(slice(start.cast(), len)),
                Float::F16 => convert::widen::<f16>(slice(start.cast(), len), wide),
                Float::BF16 => convert::widen::<bf16>(slice(start.cast(), len), wide),
                Float::Codes => coded::widen(slice(start.cast(), len / LANES), wide),
                Float::F64 => unreachable!("not computed in f32"),
            }
        }
    }

    unsafe fn narrow(wide: &[f32], memory: Memory) {
        let (start, len) = (memory.start, wide.len());
        // SAFETY: as above.
        unsafe {
            match memory.float {
                Float::F32 => slice_mut(start.cast(), len).copy_from_slice(wide),
                Float::F16 => convert::narrow::<f16>(wide, slice_mut(start.cast(), len)),
                Float::BF16 => match memory.noise() {
                    None => convert::narrow::<bf16>(wide, slice_mut(start.cast(), len)),
                    Some(noise) => {
                        let numbers = slice_mut(start.cast(), len);
                        convert::narrow_by_chance(wide, numbers, noise);
                    }
                },
                Float::Codes => {
                    let blocks = slice_mut(start.cast(), len / LANES);
                    coded::narrow(wide, blocks, memory.noise);
                }
                Float::F64 => unreachable!("not computed in f32"),
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
    const EPSILON: f64 = f64::EPSILON;

    unsafe fn widen(memory: Memory, wide: &mut [f64]) {
        // SAFETY: the caller's promise.
        wide.copy_from_slice(unsafe { slice(memory.start.cast(), wide.len()) });
    }

    unsafe fn narrow(wide: &[f64], memory: Memory) {
        // SAFETY: the caller's promise.
        unsafe { slice_mut(memory.start.cast(), wide.len()) }.copy_from_slice(wide);
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
