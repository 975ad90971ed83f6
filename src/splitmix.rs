//! SplitMix64 (Steele, Lea and Flood, 2014): numbers that follow from a seed and a place alone.

/// The number at `index` of the sequence that `seed` begins, in which all are different.
pub(crate) fn number(seed: u64, index: u64) -> u64 {
    let step = index.wrapping_add(1).wrapping_mul(GOLDEN);
    let bits = seed.wrapping_add(step);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// 2^64 over the golden ratio, and odd: its multiples are all different, and lie far apart.
pub(crate) const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    /// The first two from the seed 0.
    #[test]
    fn numbers_are_those_of_the_generator() {
        assert_eq!(number(0, 0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(number(0, 1), 0x6E78_9E6A_A1B9_65F4);
    }
}
