//! Half precision to `f32` and back. Results are rounded to the nearest, and to the even one of two.

use burn::tensor::{bf16, f16};

use super::chunk::LANES;
use super::vectorize::{Task, Vectors, vectorize};

/// A type of half the bits of `f32`: storage alone, for arithmetic is done in `f32`.
pub(super) trait Half: Copy {
    fn widened(self) -> f32;
    fn narrowed(number: f32) -> Self;

    /// # Safety
    ///
    /// It is compiled for `V`, on a machine that has it.
    #[inline(always)]
    unsafe fn widen<V: Vectors>(numbers: &[Self; LANES], wide: &mut [f32; LANES]) {
        for lane in 0..LANES {
            wide[lane] = numbers[lane].widened();
        }
    }

    /// # Safety
    ///
    /// As above.
    #[inline(always)]
    unsafe fn narrow<V: Vectors>(wide: &[f32; LANES], numbers: &mut [Self; LANES]) {
        narrow_each(wide, numbers);
    }
}

#[inline(always)]
fn narrow_each<H: Half>(wide: &[f32; LANES], numbers: &mut [H; LANES]) {
    for lane in 0..LANES {
        numbers[lane] = H::narrowed(wide[lane]);
    }
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
    unsafe fn narrow<V: Vectors>(wide: &[f32; LANES], numbers: &mut [Self; LANES]) {
        #[cfg(all(target_arch = "x86_64", feature = "x86-v4"))]
        if V::AVX512 {
            // SAFETY: the machine has it.
            return unsafe { avx512::narrow_bf16(wide, numbers) };
        }
        narrow_each(wide, numbers);
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

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    unsafe fn widen<V: Vectors>(numbers: &[Self; LANES], wide: &mut [f32; LANES]) {
        use core::arch::x86_64::{_mm_loadu_si128, _mm256_cvtph_ps, _mm256_storeu_ps};

        #[cfg(feature = "x86-v4")]
        if V::AVX512 {
            // SAFETY: the machine has it.
            return unsafe { avx512::widen_f16(numbers, wide) };
        }
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
    unsafe fn narrow<V: Vectors>(wide: &[f32; LANES], numbers: &mut [Self; LANES]) {
        use core::arch::x86_64::{
            _MM_FROUND_TO_NEAREST_INT, _mm_storeu_si128, _mm256_cvtps_ph, _mm256_loadu_ps,
        };

        #[cfg(feature = "x86-v4")]
        if V::AVX512 {
            // SAFETY: the machine has it.
            return unsafe { avx512::narrow_f16(wide, numbers) };
        }
        for lane in (0..LANES).step_by(8) {
            // SAFETY: as above.
            unsafe {
                let wide = _mm256_loadu_ps(wide.as_ptr().add(lane));
                let half = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(wide);
                _mm_storeu_si128(numbers.as_mut_ptr().add(lane).cast(), half);
            }
        }
    }
}

struct Widen<'a, H>(&'a [H], &'a mut [f32]);

impl<H: Half> Task for Widen<'_, H> {
    #[inline(always)]
    fn run<V: Vectors>(self) {
        let (numbers, last) = self.0.as_chunks();
        let (wide, wide_last) = self.1.as_chunks_mut();
        for (numbers, wide) in numbers.iter().zip(wide) {
            // SAFETY: only such machines run tasks.
            unsafe { H::widen::<V>(numbers, wide) };
        }
        for (number, wide) in last.iter().zip(wide_last) {
            *wide = number.widened();
        }
    }
}

struct Narrow<'a, H>(&'a [f32], &'a mut [H]);

impl<H: Half> Task for Narrow<'_, H> {
    #[inline(always)]
    fn run<V: Vectors>(self) {
        let (wide, wide_last) = self.0.as_chunks();
        let (numbers, last) = self.1.as_chunks_mut();
        for (wide, numbers) in wide.iter().zip(numbers) {
            // SAFETY: as above.
            unsafe { H::narrow::<V>(wide, numbers) };
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

/// Twice as many numbers at a time.
#[cfg(all(target_arch = "x86_64", feature = "x86-v4"))]
mod avx512 {
    use core::arch::x86_64::{
        __m512i, _CMP_UNORD_Q, _MM_FROUND_TO_NEAREST_INT, _mm256_loadu_si256, _mm256_storeu_si256,
        _mm512_add_epi32, _mm512_castsi512_ps, _mm512_cmp_ps_mask, _mm512_cvtph_ps,
        _mm512_cvtps_ph, _mm512_loadu_ps, _mm512_loadu_si512, _mm512_mask_or_epi32,
        _mm512_mask_sub_epi32, _mm512_permutex2var_epi16, _mm512_set1_epi32, _mm512_storeu_ps,
        _mm512_storeu_si512, _mm512_testn_epi32_mask,
    };

    use burn::tensor::{bf16, f16};

    use crate::fused::flex::chunk::LANES;

    #[inline(always)]
    pub(super) unsafe fn widen_f16(numbers: &[f16; LANES], wide: &mut [f32; LANES]) {
        for lane in (0..LANES).step_by(16) {
            // SAFETY: sixteen numbers from `lane` on are within the blocks.
            unsafe {
                let half = _mm256_loadu_si256(numbers.as_ptr().add(lane).cast());
                _mm512_storeu_ps(wide.as_mut_ptr().add(lane), _mm512_cvtph_ps(half));
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn narrow_f16(wide: &[f32; LANES], numbers: &mut [f16; LANES]) {
        for lane in (0..LANES).step_by(16) {
            // SAFETY: as above.
            unsafe {
                let wide = _mm512_loadu_ps(wide.as_ptr().add(lane));
                let half = _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(wide);
                _mm256_storeu_si256(numbers.as_mut_ptr().add(lane).cast(), half);
            }
        }
    }

    /// The places of the upper halves in two vectors.
    const UPPER: [u16; 32] = {
        let mut places = [0; 32];
        let mut place = 0;
        while place < 32 {
            places[place] = 2 * place as u16 + 1;
            place += 1;
        }
        places
    };

    /// Two vectors become one in one go, where a compiler narrows each by itself.
    #[inline(always)]
    pub(super) unsafe fn narrow_bf16(wide: &[f32; LANES], numbers: &mut [bf16; LANES]) {
        for lane in (0..LANES).step_by(32) {
            // SAFETY: 32 numbers from `lane` on are within the blocks.
            unsafe {
                let upper = _mm512_loadu_si512(UPPER.as_ptr().cast());
                let low = rounded(_mm512_loadu_si512(wide.as_ptr().add(lane).cast()));
                let high = rounded(_mm512_loadu_si512(wide.as_ptr().add(lane + 16).cast()));
                let both = _mm512_permutex2var_epi16(low, upper, high);
                _mm512_storeu_si512(numbers.as_mut_ptr().add(lane).cast(), both);
            }
        }
    }

    /// The upper halves become the nearest `bf16`.
    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    fn rounded(bits: __m512i) -> __m512i {
        let float = _mm512_castsi512_ps(bits);
        let even = _mm512_testn_epi32_mask(bits, _mm512_set1_epi32(0x0001_0000));
        let up = _mm512_add_epi32(bits, _mm512_set1_epi32(0x8000));
        let rounded = _mm512_mask_sub_epi32(up, even, up, _mm512_set1_epi32(1));
        let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(float, float);
        _mm512_mask_or_epi32(rounded, nan, bits, _mm512_set1_epi32(0x0040_0000))
    }
}
