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

/// Some blocks, rounded up or down by chance: stochastic rounding.
///
/// It is not inlined, for it would be in the loop of every kernel, and only states of optimizers need it.
#[inline(never)]
pub(super) fn narrow_by_chance(wide: &[f32], numbers: &mut [bf16], noise: u32) {
    debug_assert!(wide.len().is_multiple_of(LANES));
    vectorize(NarrowByChance(wide, numbers, noise));
}

/// The noise of a block, from the place where it begins and the step: bits that are as good as independent of those of
/// the blocks beside it, and the same on every machine.
#[inline(always)]
pub(super) fn block_noise(place: u32) -> u32 {
    let hash = (place ^ (place >> 16)).wrapping_mul(0x85eb_ca6b);
    (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35)
}

/// What the noise of each lane begins with, so many bits, spread evenly. The block's bits are added without a carry: a
/// lane has every noise equally often.
pub(super) const fn lane_noise(bits: u32) -> [u32; LANES] {
    let mut noise = [0; LANES];
    let mut lane = 0;
    while lane < LANES {
        noise[lane] = (lane as u32).wrapping_mul(0x9e37_79b9) >> (32 - bits);
        lane += 1;
    }
    noise
}

static LANE_NOISE: [u32; LANES] = lane_noise(16);

/// A block, rounded up or down by chance: adds noise below the bits that are left, and cuts those off. An infinity stays
/// one, for they are zeros.
#[inline(always)]
fn narrow_block_by_chance(wide: &[f32; LANES], numbers: &mut [bf16; LANES], place: u32) {
    let chance = block_noise(place) >> 16;
    for lane in 0..LANES {
        let bits = wide[lane].to_bits();
        let rounded = bits.wrapping_add(LANE_NOISE[lane] ^ chance);
        let quiet = bits | 0x0040_0000;
        let chosen = if wide[lane].is_nan() { quiet } else { rounded };
        numbers[lane] = bf16::from_bits((chosen >> 16) as u16);
    }
}

struct NarrowByChance<'a>(&'a [f32], &'a mut [bf16], u32);

impl Task for NarrowByChance<'_> {
    #[inline(always)]
    fn run<V: Vectors>(self) {
        let (wide, _) = self.0.as_chunks::<LANES>();
        let (numbers, _) = self.1.as_chunks_mut::<LANES>();
        let mut first = self.2;
        for (wide, numbers) in wide.iter().zip(numbers) {
            narrow_block_by_chance(wide, numbers, first);
            first = first.wrapping_add(LANES as u32);
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

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;

    /// Rounded by chance, each in a block of the same numbers.
    fn rounded(number: f32, noise: u32) -> [bf16; LANES] {
        let mut numbers = [bf16::ZERO; LANES];
        narrow_by_chance(&[number; LANES], &mut numbers, noise);
        numbers
    }

    #[test]
    fn what_bf16_has_stays_as_it_is() {
        for number in [0.0, -0.0, 1.0, -2.5, 1e-40, f32::INFINITY, -f32::INFINITY] {
            let exact = bf16::from_f32(number);
            let number = exact.to_f32();
            for got in rounded(number, 12345) {
                assert_eq!(got.to_bits(), exact.to_bits(), "{number}");
            }
        }
        for payload in [0x7fc0_0000, 0x7f80_0001, 0xffff_ffff] {
            let numbers = rounded(f32::from_bits(payload), 1);
            assert!(numbers.iter().all(|it| it.is_nan()), "{payload:x}");
        }
    }

    #[test]
    fn by_chance_is_right_on_average() {
        let (below, bit) = (1.0f64, 1.0 / 128.0);
        for share in [0.01, 0.25, 0.5, 0.9, 0.999] {
            let number = (below + share * bit) as f32;
            for sign in [1.0, -1.0] {
                let mut up = 0usize;
                let blocks = 2000;
                for block in 0..blocks {
                    let first = (block * LANES) as u32 | 1;
                    for got in rounded(sign * number, first) {
                        let got = f64::from(got.to_f32() * sign);
                        assert!(got == below || got == below + bit, "{got}");
                        up += usize::from(got > below);
                    }
                }
                let count = (blocks * LANES) as f64;
                let deviation = (share * (1.0 - share) / count).sqrt();
                let found = up as f64 / count;
                assert!(
                    (found - share).abs() < 4.0 * deviation,
                    "{found}, not {share}"
                );
            }
        }
    }

    #[test]
    fn blocks_go_on_where_the_one_before_ended() {
        let wide = [1.003; 3 * LANES];
        let mut numbers = [bf16::ZERO; 3 * LANES];
        narrow_by_chance(&wide, &mut numbers, 7);
        for (block, got) in numbers.chunks(LANES).enumerate() {
            assert_eq!(got, rounded(1.003, 7 + (block * LANES) as u32));
        }
    }
}
