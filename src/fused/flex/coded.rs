//! [Codes](crate::fused::codes) to `f32` and back, in the registers of vectors.

use super::chunk::{Block, LANES};
use super::convert::{block_noise, lane_noise};
use super::vectorize::{Task, Vectors, vectorize};
use crate::fused::codes::{BLOCK, CODES, EXPONENTS, LARGEST, SIGNED, WORDS};

/// A block of codes and its scale.
pub(super) type Words = [u32; WORDS];

const _: () = assert!(BLOCK == LANES);

/// The sign of an `f32`.
const SIGN: u32 = 1 << 31;
/// The bits of an `f32` that a code does not have.
const CUT: u32 = 20;

/// The bits of the 1 that is added. Its exponent is such that what a code has of it is zero: the bits of a sum are
/// those of a code at once.
const ONE: [u32; 2] = [96 << 23, 112 << 23];
/// The bits of an `f32` that a code has, besides its sign.
const KEPT: [u32; 2] = [0xff << CUT, 0x7f << CUT];

/// Where the noise of each lane begins.
static LANE_NOISE: [u32; LANES] = lane_noise(CUT);

/// `2^(field - 127)`
#[inline(always)]
fn power(field: u32) -> f32 {
    f32::from_bits(field << 23)
}

/// The bits shifted to the left, to the right where `by` is below 0.
#[inline(always)]
fn shifted(bits: u32, by: i32) -> u32 {
    if by < 0 { bits >> -by } else { bits << by }
}

/// How far the codes in this byte of a word are to be shifted to become bits of an `f32`.
const fn way(byte: usize) -> i32 {
    CUT as i32 - 8 * byte as i32
}

#[inline(always)]
fn widen_block(words: &Words, wide: &mut Block<f32>) {
    let head = words[CODES];
    match head & SIGNED {
        0 => widen_kind::<false>(words, power(head), wide),
        _ => widen_kind::<true>(words, power(head & 0xff), wide),
    }
}

#[inline(always)]
fn widen_kind<const IS_SIGNED: bool>(words: &Words, scale: f32, wide: &mut Block<f32>) {
    let (one, kept) = (ONE[usize::from(IS_SIGNED)], KEPT[usize::from(IS_SIGNED)]);
    let less = -f32::from_bits(one) * scale;
    for lane in 0..CODES {
        let word = words[lane];
        for byte in 0..4 {
            let bits = (shifted(word, way(byte)) & kept) | one;
            let number = f32::from_bits(bits).mul_add(scale, less);
            wide[byte * CODES + lane] = match IS_SIGNED {
                true => f32::from_bits(number.to_bits() | (word << (24 - 8 * byte)) & SIGN),
                false => number,
            };
        }
    }
}

#[inline(always)]
fn narrow_block(block: &Block<f32>, words: &mut Words, noise: u32) {
    // As integers those with a sign are the largest.
    let mut largest = 0;
    for number in block {
        largest = largest.max(number.to_bits());
    }
    let is_signed = largest >= SIGN;
    if is_signed {
        largest = 0;
        for number in block {
            largest = largest.max(number.to_bits() & !SIGN);
        }
    }
    if largest > LARGEST.to_bits() {
        // A copy, so that the numbers themselves are registers: nobody is shown where they are.
        let block = *block;
        return narrow_too_large(&block, words, noise);
    }
    narrow_fit(block, is_signed, largest, words, noise);
}

/// Numbers that are too large, or none at all, become the largest that there is.
#[cold]
#[inline(never)]
fn narrow_too_large(block: &Block<f32>, words: &mut Words, noise: u32) {
    let fit = block.map(|number| LARGEST.min(number.abs()).copysign(number));
    let is_signed = fit.iter().any(|number| number.is_sign_negative());
    narrow_fit(&fit, is_signed, LARGEST.to_bits(), words, noise);
}

#[inline(always)]
fn narrow_fit(block: &Block<f32>, is_signed: bool, largest: u32, words: &mut Words, noise: u32) {
    // One that can be rounded up to the next power of two has its exponent. To the noise, which is below 2^20, the 1 is
    // added: at most 2^8 beside the largest.
    let exponent = (largest + (1 << CUT) + (1 << 9)) >> 23;
    let exponent = exponent.clamp(EXPONENTS[0], EXPONENTS[1]);
    let chance = block_noise(noise) >> (32 - CUT);
    match is_signed {
        false => {
            narrow_kind::<false>(block, exponent, words, chance);
            words[CODES] = exponent;
        }
        true => {
            narrow_kind::<true>(block, exponent, words, chance);
            words[CODES] = exponent | SIGNED;
        }
    }
}

#[inline(always)]
fn narrow_kind<const IS_SIGNED: bool>(
    block: &Block<f32>,
    exponent: u32,
    words: &mut Words,
    chance: u32,
) {
    let (one, kept) = (ONE[usize::from(IS_SIGNED)], KEPT[usize::from(IS_SIGNED)]);
    let inverse = power(254 - exponent);
    for (lane, word) in words[..CODES].iter_mut().enumerate() {
        let mut codes = 0;
        for byte in 0..4 {
            let place = byte * CODES + lane;
            let (number, way) = (block[place], way(byte));
            let grown = number.abs().mul_add(inverse, f32::from_bits(one));
            // Noise below the bits that are left, which are cut off.
            let mut bits = grown.to_bits() + (LANE_NOISE[place] ^ chance);
            if !IS_SIGNED && number > 0.0 {
                bits = bits.max(one + (1 << CUT));
            }
            codes |= shifted(bits & kept, -way);
            if IS_SIGNED {
                codes |= (number.to_bits() & SIGN) >> (24 - 8 * byte);
            }
        }
        *word = codes;
    }
}

struct Widen<'a>(&'a [Words], &'a mut [f32]);

impl Task for Widen<'_> {
    #[inline(always)]
    fn run<V: Vectors>(self) {
        let (wide, _) = self.1.as_chunks_mut();
        for (words, wide) in self.0.iter().zip(wide) {
            widen_block(words, wide);
        }
    }
}

struct Narrow<'a>(&'a [f32], &'a mut [Words], u32);

impl Task for Narrow<'_> {
    #[inline(always)]
    fn run<V: Vectors>(self) {
        let (wide, _) = self.0.as_chunks();
        let mut noise = self.2;
        for (wide, words) in wide.iter().zip(self.1) {
            narrow_block(wide, words, noise);
            noise = noise.wrapping_add(LANES as u32);
        }
    }
}

/// Some blocks of codes to numbers.
///
/// It is not inlined, for it would be in the loop of every kernel, and only states of optimizers need it.
#[inline(never)]
pub(super) fn widen(blocks: &[Words], wide: &mut [f32]) {
    debug_assert_eq!(blocks.len() * LANES, wide.len());
    vectorize(Widen(blocks, wide));
}

/// Some blocks of numbers to codes, rounded up or down by chance: stochastic rounding.
///
/// It is not inlined either.
#[inline(never)]
pub(super) fn narrow(wide: &[f32], blocks: &mut [Words], noise: u32) {
    debug_assert_eq!(blocks.len() * LANES, wide.len());
    vectorize(Narrow(wide, blocks, noise));
}

#[cfg(all(test, not(miri)))]
mod tests;
