use burn::tensor::{bf16, f16};

use super::chunk::{Block, LANES};
use super::convert::{self, Half};
use super::stored::{Float, Memory};
use super::vectorize::Vectors;
use crate::fused::number::{Number, Single, Vectored};

/// A float type that arithmetic is done in.
pub(crate) trait Computed: Copy + Send + Sync + bytemuck::Zeroable + 'static {
    type Number: Number;
    const FLOAT: Float;
    const ZEROS: &'static Block<Self>;
    fn number(self) -> Self::Number;
    fn from_number(number: Self::Number) -> Self;
    fn plus(self, other: Self) -> Self;
    fn is_nan(self) -> bool;
    /// Whether the two are equal; NaN is the same as NaN.
    fn is_same(self, other: Self) -> bool;
    fn to_f64(self) -> f64;
    fn from_f64(value: f64) -> Self;
    /// Whether numbers are also stored in types of fewer bits.
    const NARROWS: bool;

    /// Reads a block that is stored in some type.
    ///
    /// # Safety
    ///
    /// The memory is readable for a block, and it is compiled for `V` on a machine that has it.
    unsafe fn widen_block<V: Vectors>(memory: Memory, block: &mut Block<Self>);

    /// Writes a block in some type.
    ///
    /// # Safety
    ///
    /// The memory is writable for a block, and the machine as above.
    unsafe fn narrow_block<V: Vectors>(block: &Block<Self>, memory: Memory);
}

macro_rules! computed {
    (
        $($float:ident: $stored:ident => $number:ident, $narrows:literal [$($half:ident $half_type:ty: $narrow:ident),*]),*
    ) => {
        $(
            impl Computed for $float {
                type Number = $number;
                const FLOAT: Float = Float::$stored;
                const ZEROS: &'static Block<Self> = &[0.0; LANES];

                #[inline(always)]
                fn number(self) -> $number {
                    $number(self)
                }

                #[inline(always)]
                fn from_number(number: $number) -> Self {
                    number.0
                }

                #[inline(always)]
                fn plus(self, other: Self) -> Self {
                    self + other
                }

                #[inline(always)]
                fn is_nan(self) -> bool {
                    self.is_nan()
                }

                #[inline(always)]
                fn is_same(self, other: Self) -> bool {
                    self == other || (self.is_nan() & other.is_nan())
                }

                fn to_f64(self) -> f64 {
                    self.into()
                }

                fn from_f64(value: f64) -> Self {
                    value as Self
                }

                const NARROWS: bool = $narrows;

                #[inline(always)]
                unsafe fn widen_block<V: Vectors>(memory: Memory, block: &mut Block<Self>) {
                    // SAFETY: the caller's promise; tensors are aligned for their type.
                    unsafe {
                        match memory.float {
                            $(Float::$half => <$half_type>::widen::<V>(&*memory.start.cast(), block),)*
                            _ => *block = memory.start.cast::<Block<Self>>().read(),
                        }
                    }
                }

                #[inline(always)]
                unsafe fn narrow_block<V: Vectors>(block: &Block<Self>, memory: Memory) {
                    // SAFETY: as above.
                    unsafe {
                        match memory.float {
                            $(Float::$half => $narrow::<V>(block, memory),)*
                            _ => memory.start.cast::<Block<Self>>().write(*block),
                        }
                    }
                }
            }
        )*
    };
}

computed!(
    f32: F32 => Single, true [F16 f16: narrow_f16, BF16 bf16: narrow_bf16],
    f64: F64 => Vectored, false []
);

/// # Safety
///
/// As [`Computed::narrow_block`].
#[inline(always)]
unsafe fn narrow_f16<V: Vectors>(block: &Block<f32>, memory: Memory) {
    // SAFETY: the caller's promise.
    unsafe { f16::narrow::<V>(block, &mut *memory.start.cast()) }
}

/// # Safety
///
/// As above.
#[inline(always)]
unsafe fn narrow_bf16<V: Vectors>(block: &Block<f32>, memory: Memory) {
    // SAFETY: the caller's promise.
    let numbers: &mut [bf16; LANES] = unsafe { &mut *memory.start.cast() };
    match memory.noise() {
        None => {
            // SAFETY: as above.
            unsafe { bf16::narrow::<V>(block, numbers) }
        }
        Some(noise) => {
            // A copy, so that the numbers themselves are registers: nobody is shown where they are.
            let block = *block;
            convert::narrow_by_chance(&block, numbers, noise);
        }
    }
}
