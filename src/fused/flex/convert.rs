//! Half precision to `f32` and back. Results are rounded to the nearest, and to the even one of two.

use burn::tensor::{bf16, f16};

use super::chunk::LANES;
use super::vectorize::{Task, vectorize};

/// A type of half the bits of `f32`: storage alone, for arithmetic is done in `f32`.
pub(super) trait Half: Copy {
    fn widened(self) -> f32;
    fn narrowed(number: f32) -> Self;

    /// # Safety
    ///
    /// It is compiled for a machine that has what [`is_supported`](super::is_supported) asks for.
    unsafe fn widen(numbers: &[Self; LANES], wide: &mut [f32; LANES]);

    /// # Safety
    ///
    /// As above.
    unsafe fn narrow(wide: &[f32; LANES], numbers: &mut [Self; LANES]);
}

/// The upper half of an `f32`.
impl Half for bf16 {
    #[inline(always)]
    fn widened(self) -> f32 {
        f32::from_bits(u32::from(self.to_bits()) << 16)
    }

    #[inline(always)]
    fn narrowed(number: f32) -> Self {
        let bits = number.to_bits();
        let odd = (bits >> 16) & 1;
        let rounded = bits.wrapping_add(0x7fff + odd);
        // NaN must stay NaN where the bits that are left would be those of infinity.
        let quiet = bits | 0x0040_0000;
        let chosen = if number.is_nan() { quiet } else { rounded };
        bf16::from_bits((chosen >> 16) as u16)
    }

    #[inline(always)]
    unsafe fn widen(numbers: &[Self; LANES], wide: &mut [f32; LANES]) {
        for lane in 0..LANES {
            wide[lane] = numbers[lane].widened();
        }
    }

    #[inline(always)]
    unsafe fn narrow(wide: &[f32; LANES], numbers: &mut [Self; LANES]) {
        for lane in 0..LANES {
            numbers[lane] = Self::narrowed(wide[lane]);
        }
    }
}

impl Half for f16 {
    #[inline(always)]
    fn widened(self) -> f32 {
        self.to_f32()
    }

    #[inline(always)]
    fn narrowed(number: f32) -> Self {
        Self::from_f32(number)
    }

    /// With the instruction that x86 has for eight numbers.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    unsafe fn widen(numbers: &[Self; LANES], wide: &mut [f32; LANES]) {
        use core::arch::x86_64::{_mm_loadu_si128, _mm256_cvtph_ps, _mm256_storeu_ps};

        for lane in (0..LANES).step_by(8) {
            // SAFETY: eight numbers from `lane` on are within the blocks; the machine has the instructions.
            unsafe {
                let half = _mm_loadu_si128(numbers.as_ptr().add(lane).cast());
                _mm256_storeu_ps(wide.as_mut_ptr().add(lane), _mm256_cvtph_ps(half));
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    unsafe fn narrow(wide: &[f32; LANES], numbers: &mut [Self; LANES]) {
        use core::arch::x86_64::{
            _MM_FROUND_TO_NEAREST_INT, _mm_storeu_si128, _mm256_cvtps_ph, _mm256_loadu_ps,
        };

        for lane in (0..LANES).step_by(8) {
            // SAFETY: as above.
            unsafe {
                let wide = _mm256_loadu_ps(wide.as_ptr().add(lane));
                let half = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(wide);
                _mm_storeu_si128(numbers.as_mut_ptr().add(lane).cast(), half);
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    #[inline(always)]
    unsafe fn widen(numbers: &[Self; LANES], wide: &mut [f32; LANES]) {
        for lane in 0..LANES {
            wide[lane] = numbers[lane].widened();
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    #[inline(always)]
    unsafe fn narrow(wide: &[f32; LANES], numbers: &mut [Self; LANES]) {
        for lane in 0..LANES {
            numbers[lane] = Self::narrowed(wide[lane]);
        }
    }
}

struct Widen<'a, H>(&'a [H], &'a mut [f32]);

impl<H: Half> Task for Widen<'_, H> {
    #[inline(always)]
    fn run(self) {
        let (numbers, last) = self.0.as_chunks();
        let (wide, wide_last) = self.1.as_chunks_mut();
        for (numbers, wide) in numbers.iter().zip(wide) {
            // SAFETY: only such machines run tasks.
            unsafe { H::widen(numbers, wide) };
        }
        for (number, wide) in last.iter().zip(wide_last) {
            *wide = number.widened();
        }
    }
}

struct Narrow<'a, H>(&'a [f32], &'a mut [H]);

impl<H: Half> Task for Narrow<'_, H> {
    #[inline(always)]
    fn run(self) {
        let (wide, wide_last) = self.0.as_chunks();
        let (numbers, last) = self.1.as_chunks_mut();
        for (wide, numbers) in wide.iter().zip(numbers) {
            // SAFETY: as above.
            unsafe { H::narrow(wide, numbers) };
        }
        for (wide, number) in wide_last.iter().zip(last) {
            *number = H::narrowed(*wide);
        }
    }
}

pub(super) fn widen<H: Half>(numbers: &[H], wide: &mut [f32]) {
    vectorize(Widen(numbers, wide));
}

pub(super) fn narrow<H: Half>(wide: &[f32], numbers: &mut [H]) {
    vectorize(Narrow(wide, numbers));
}
