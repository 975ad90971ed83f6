//! Codes beside what the formula says, number by number.

use burn::tensor::{Device, Int, Tensor};

use super::*;
use crate::fused::codes::{decode, decoded, encoded};

/// What a code stands for, by the formula.
fn value(code: u32, exponent: i32, is_signed: bool) -> f64 {
    let (top, kept) = if is_signed { (15, 0x7f) } else { (31, 0xff) };
    let (sign, code) = if code > kept {
        (-1.0, code & kept)
    } else {
        (1.0, code)
    };
    let grown = (1.0 + f64::from(code & 7) / 8.0) * 2f64.powi((code >> 3) as i32);
    sign * (grown - 1.0) * 2f64.powi(exponent - 127 - top)
}

fn codes_of(words: &Words) -> [u32; LANES] {
    core::array::from_fn(|place| words[place % CODES] >> (8 * (place / CODES)) & 0xff)
}

/// What becomes of numbers, by the formula.
fn there_and_back(block: &Block<f32>, noise: u32) -> [f64; LANES] {
    let mut words = [[0; WORDS]];
    narrow(block, &mut words, noise);
    let (head, codes) = (words[0][CODES], codes_of(&words[0]));
    let exponent = (head & 0xff) as i32;
    codes.map(|code| value(code, exponent, head & SIGNED != 0))
}

/// Numbers of all sizes.
fn numbers(is_signed: bool) -> Block<f32> {
    core::array::from_fn(|place| {
        let size = 1.7f32 * (-0.4 * place as f32).exp();
        if is_signed && place % 3 == 1 {
            -size
        } else {
            size
        }
    })
}

#[test]
fn codes_stand_for_what_the_formula_says() {
    for is_signed in [false, true] {
        for (first, exponent) in [(0, 36), (64, 127), (128, 100), (192, 253)] {
            let mut words: Words = [0; WORDS];
            for place in 0..LANES {
                words[place % CODES] |= (first + place as u32) << (8 * (place / CODES));
            }
            words[CODES] = exponent | if is_signed { SIGNED } else { 0 };
            let mut wide = [0.0; LANES];
            widen(&[words], &mut wide);
            for (number, code) in wide.iter().zip(first..) {
                let expected = value(code, exponent as i32, is_signed) as f32;
                assert_eq!(*number, expected, "{code} {exponent} {is_signed}");
            }
        }
    }
}

#[test]
fn a_number_becomes_one_of_the_two_beside_it_and_is_right_on_average() {
    const TIMES: u32 = 20_000;
    for is_signed in [false, true] {
        let block = numbers(is_signed);
        let (mut sums, mut seen) = ([0.0; LANES], vec![Vec::new(); LANES]);
        for time in 0..TIMES {
            let got = there_and_back(&block, time.wrapping_mul(0x9e37_79b9));
            for (place, got) in got.into_iter().enumerate() {
                sums[place] += got;
                if !seen[place].contains(&got) {
                    seen[place].push(got);
                }
            }
        }
        for place in 0..LANES {
            let number = f64::from(block[place]);
            assert!(seen[place].len() <= 2, "{number}: {:?}", seen[place]);
            let [low, high] =
                [f64::min, f64::max].map(|best| seen[place].iter().copied().reduce(best).unwrap());
            let step = (high - low).max(number.abs() / 8.0 + 1.7 * 2f64.powi(-19));
            assert!(
                low <= number && number <= high || low == high,
                "{low} {number} {high}"
            );
            // What never becomes 0 is too large where it is less than the smallest code.
            if is_signed || number > 1e-9 {
                let apart = (sums[place] / f64::from(TIMES) - number).abs();
                assert!(
                    apart < 4.0 * 0.5 * step / f64::from(TIMES).sqrt(),
                    "{number}: {apart}"
                );
            }
        }
    }
}

#[test]
fn what_codes_have_stays_as_it_is() {
    for is_signed in [false, true] {
        let once = there_and_back(&numbers(is_signed), 1).map(|number| number as f32);
        for noise in [2, 3, 4] {
            assert_eq!(
                there_and_back(&once, noise).map(|number| number as f32),
                once
            );
        }
    }
}

#[test]
fn zero_stays_zero_and_a_second_moment_never_becomes_it() {
    for noise in 0..1000 {
        let mut block = [1e-20; LANES];
        (block[0], block[1]) = (1.0, 0.0);
        let got = there_and_back(&block, noise);
        assert_eq!(got[1], 0.0);
        assert!(
            got[2..].iter().all(|got| *got > 0.0 && *got < 1e-10),
            "{got:?}"
        );
        assert_eq!(there_and_back(&[0.0; LANES], noise), [0.0; LANES]);
        // Beside a negative number it may.
        block[0] = -1.0;
        assert!(
            there_and_back(&block, noise)[1..]
                .iter()
                .all(|got| *got < 1e-5)
        );
    }
}

#[test]
fn the_largest_is_never_rounded_away() {
    for sign in [1.0, -1.0] {
        for bits in 0x3f00_0000u32 >> 12..0x4000_0000 >> 12 {
            let largest = f32::from_bits(bits << 12 | 0xfff);
            let mut block = [1e-3; LANES];
            block[7] = sign * largest;
            for noise in 0u32..4 {
                let got = there_and_back(&block, noise.wrapping_add(bits * 77))[7];
                let apart = (got / f64::from(block[7]) - 1.0).abs();
                assert!(apart < 0.126, "{largest}: {got}");
            }
        }
    }
}

#[test]
fn what_is_no_number_becomes_the_largest() {
    for number in [f32::INFINITY, f32::NAN, f32::MAX, -f32::INFINITY] {
        let mut block = [1.0; LANES];
        block[3] = number;
        let got = there_and_back(&block, 5);
        let apart = (got[3].abs() / f64::from(LARGEST) - 1.0).abs();
        assert!(
            apart < 0.126 && got.iter().all(|it| it.is_finite()),
            "{got:?}"
        );
    }
}

/// Tensor operations read what the kernels wrote, and write what they read.
#[test]
fn tensor_operations_do_the_same() {
    let device = Device::flex();
    for is_signed in [false, true] {
        let block = numbers(is_signed);
        let mut words = [[0; WORDS]];
        narrow(&block, &mut words, 9);
        let codes = Tensor::<2, Int>::from_data(
            burn::tensor::TensorData::new(words[0].to_vec(), [1, WORDS]),
            (&device, crate::fused::codes::DTYPE),
        );
        let shape = burn::tensor::Shape::from(vec![6, 10]);
        let all = |tensor| -> Vec<f32> {
            Tensor::<2>::from_dispatch(tensor)
                .into_data()
                .iter()
                .collect()
        };
        let composed = all(decoded(codes.clone().into_dispatch(), &shape));
        assert_eq!(composed, all(decode(codes.into_dispatch(), &shape)));

        let mut sums = [0.0; 60];
        const TIMES: usize = 500;
        for _ in 0..TIMES {
            let given = Tensor::<1>::from_floats(&block[..60], &device).reshape([6, 10]);
            let back = all(decode(encoded(given.into_dispatch()), &shape));
            for (place, back) in back.into_iter().enumerate() {
                let number = block[place];
                let step = number.abs() / 7.9 + 1.7 * 2f32.powi(-18);
                assert!((back - number).abs() <= step, "{number} {back}");
                assert!(is_signed || back > 0.0);
                sums[place] += f64::from(back);
            }
        }
        for (sum, number) in sums.iter().zip(block) {
            let (mean, number) = (sum / TIMES as f64, f64::from(number));
            let step = number.abs() / 7.9 + 1.7 * 2f64.powi(-18);
            assert!(
                (mean - number).abs() < 2.5 * step / (TIMES as f64).sqrt(),
                "{number} {mean}"
            );
        }
    }
}
