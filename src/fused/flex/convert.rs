//! Half precision to `f32` and back, at the width of the machine's vectors. Results are rounded to the nearest, and to
//! the even one of two.

use burn::tensor::{bf16, f16};

#[cfg(target_arch = "x86_64")]
use super::vectorize::x86::{Level, level};
use super::vectorize::{Task, vectorize};

/// Numbers of one type become those of another, one by one.
struct Convert<'a, A, B, F>(&'a [A], &'a mut [B], F);

impl<A: Copy, B, F: Fn(A) -> B> Task for Convert<'_, A, B, F> {
    #[inline(always)]
    fn run(self) {
        for (to, from) in self.1.iter_mut().zip(self.0) {
            *to = (self.2)(*from);
        }
    }
}

pub(super) fn widen_bf16(numbers: &[bf16], wide: &mut [f32]) {
    vectorize(Convert(numbers, wide, widened));
}

pub(super) fn narrow_bf16(wide: &[f32], numbers: &mut [bf16]) {
    #[cfg(all(target_arch = "x86_64", feature = "x86-v4"))]
    if level() == Level::Avx512 {
        // SAFETY: the machine has the instructions.
        return unsafe { avx512::narrow_bf16(wide, numbers) };
    }
    vectorize(Convert(wide, numbers, narrowed));
}

pub(super) fn widen_f16(numbers: &[f16], wide: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    match level() {
        // SAFETY: the machine has the instructions.
        #[cfg(feature = "x86-v4")]
        Level::Avx512 => return unsafe { avx512::widen_f16(numbers, wide) },
        // SAFETY: as above.
        Level::Avx2 => return unsafe { f16c::widen_f16(numbers, wide) },
        Level::Neither => {}
    }
    vectorize(Convert(numbers, wide, f16::to_f32));
}

pub(super) fn narrow_f16(wide: &[f32], numbers: &mut [f16]) {
    #[cfg(target_arch = "x86_64")]
    match level() {
        // SAFETY: the machine has the instructions.
        #[cfg(feature = "x86-v4")]
        Level::Avx512 => return unsafe { avx512::narrow_f16(wide, numbers) },
        // SAFETY: as above.
        Level::Avx2 => return unsafe { f16c::narrow_f16(wide, numbers) },
        Level::Neither => {}
    }
    vectorize(Convert(wide, numbers, f16::from_f32));
}

/// It is the upper half of an `f32`.
#[inline(always)]
fn widened(number: bf16) -> f32 {
    f32::from_bits(u32::from(number.to_bits()) << 16)
}

#[inline(always)]
fn narrowed(number: f32) -> bf16 {
    let bits = number.to_bits();
    let odd = (bits >> 16) & 1;
    let rounded = bits.wrapping_add(0x7fff + odd);
    // NaN must stay NaN where the bits that are left would be those of infinity.
    let quiet = bits | 0x0040_0000;
    let chosen = if number.is_nan() { quiet } else { rounded };
    bf16::from_bits((chosen >> 16) as u16)
}

/// The conversions of `f16` with an instruction for `$lanes` numbers at a time.
#[cfg(target_arch = "x86_64")]
macro_rules! in_hardware {
    ($features:literal, $lanes:literal: $load:ident, $widen:ident, $keep:ident; $read:ident, $narrow:ident, $store:ident) => {
        use core::arch::x86_64::{
            _MM_FROUND_TO_NEAREST_INT, $keep, $load, $narrow, $read, $store, $widen,
        };

        use burn::tensor::f16;

        #[target_feature(enable = $features)]
        pub(super) fn widen_f16(numbers: &[f16], wide: &mut [f32]) {
            let (numbers, last) = numbers.as_chunks::<$lanes>();
            let (wide, wide_last) = wide.as_chunks_mut::<$lanes>();
            for (numbers, wide) in numbers.iter().zip(wide) {
                // SAFETY: both are as long as a vector.
                unsafe { $keep(wide.as_mut_ptr(), $widen($load(numbers.as_ptr().cast()))) };
            }
            for (number, wide) in last.iter().zip(wide_last) {
                *wide = number.to_f32();
            }
        }

        #[target_feature(enable = $features)]
        pub(super) fn narrow_f16(wide: &[f32], numbers: &mut [f16]) {
            let (wide, wide_last) = wide.as_chunks::<$lanes>();
            let (numbers, last) = numbers.as_chunks_mut::<$lanes>();
            for (wide, numbers) in wide.iter().zip(numbers) {
                // SAFETY: as above.
                unsafe {
                    let narrow = $narrow::<_MM_FROUND_TO_NEAREST_INT>($read(wide.as_ptr()));
                    $store(numbers.as_mut_ptr().cast(), narrow);
                }
            }
            for (wide, number) in wide_last.iter().zip(last) {
                *number = f16::from_f32(*wide);
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod f16c {
    in_hardware!(
        "avx,f16c", 8:
        _mm_loadu_si128, _mm256_cvtph_ps, _mm256_storeu_ps;
        _mm256_loadu_ps, _mm256_cvtps_ph, _mm_storeu_si128
    );
}

#[cfg(all(target_arch = "x86_64", feature = "x86-v4"))]
mod avx512 {
    use core::arch::x86_64::{
        __m512i, _CMP_UNORD_Q, _mm512_add_epi32, _mm512_castsi512_ps, _mm512_cmp_ps_mask,
        _mm512_loadu_si512, _mm512_mask_or_epi32, _mm512_mask_sub_epi32, _mm512_permutex2var_epi16,
        _mm512_set1_epi32, _mm512_storeu_si512, _mm512_testn_epi32_mask,
    };

    use burn::tensor::bf16;

    in_hardware!(
        "avx512f", 16:
        _mm256_loadu_si256, _mm512_cvtph_ps, _mm512_storeu_ps;
        _mm512_loadu_ps, _mm512_cvtps_ph, _mm256_storeu_si256
    );

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
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn narrow_bf16(wide: &[f32], numbers: &mut [bf16]) {
        let (wide, wide_last) = wide.as_chunks::<32>();
        let (numbers, last) = numbers.as_chunks_mut::<32>();
        for (wide, numbers) in wide.iter().zip(numbers) {
            // SAFETY: as long as two vectors, and as one of half their width.
            unsafe {
                let upper = _mm512_loadu_si512(UPPER.as_ptr().cast());
                let low = rounded(_mm512_loadu_si512(wide.as_ptr().cast()));
                let high = rounded(_mm512_loadu_si512(wide.as_ptr().add(16).cast()));
                let both = _mm512_permutex2var_epi16(low, upper, high);
                _mm512_storeu_si512(numbers.as_mut_ptr().cast(), both);
            }
        }
        for (wide, number) in wide_last.iter().zip(last) {
            *number = super::narrowed(*wide);
        }
    }

    /// The upper halves become the nearest `bf16`.
    #[target_feature(enable = "avx512f,avx512bw")]
    fn rounded(bits: __m512i) -> __m512i {
        let float = _mm512_castsi512_ps(bits);
        let even = _mm512_testn_epi32_mask(bits, _mm512_set1_epi32(0x0001_0000));
        let up = _mm512_add_epi32(bits, _mm512_set1_epi32(0x8000));
        let rounded = _mm512_mask_sub_epi32(up, even, up, _mm512_set1_epi32(1));
        let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(float, float);
        _mm512_mask_or_epi32(rounded, nan, bits, _mm512_set1_epi32(0x0040_0000))
    }
}
