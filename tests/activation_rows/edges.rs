//! Infinity, NaN, ties and what dominates.

use burn::tensor::{DType, Device, Tensor};
use burn_extras::activation::{GumbelSoftmaxConfig, maxout};

use crate::devices;
use crate::row::{ALL, Row, allowed, forward_backward, read, tensor};

const INFINITE: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// A row of 5 alone, and one of 70.
fn lengths() -> [usize; 2] {
    [5, 70]
}

fn both_ways(row: Row, x: &[f64], device: &Device) -> (Vec<f64>, Vec<f64>) {
    let device = device.clone().autodiff();
    let grad: Vec<_> = (0..x.len())
        .map(|place| place as f64 * 0.25 - 0.5)
        .collect();
    let (x, grad) = (
        tensor(x, [x.len()], &device, DType::F32),
        tensor(&grad, [grad.len()], &device, DType::F32),
    );
    forward_backward(row, x, 0, grad)
}

/// The sign of a number that gets all of its row where it is large.
fn towards_all(row: Row) -> f64 {
    if row == Row::Softmin { -1.0 } else { 1.0 }
}

#[test]
fn a_row_with_nan_or_infinity_is_nan() {
    for (name, device) in devices::all() {
        for row in ALL {
            // Of a softmin, infinity is the least.
            let infinite = towards_all(row) * INFINITE;
            for bad in [NAN, infinite] {
                for len in lengths() {
                    for place in [0, 3, len - 1] {
                        let mut x: Vec<_> = (0..len).map(|place| place as f64 * 0.1).collect();
                        x[place] = bad;
                        let (values, _) = both_ways(row, &x, &device);
                        assert!(
                            values.iter().all(|value| value.is_nan()),
                            "{row:?} on {name} with {bad} at {place} of {len}: {values:?}"
                        );
                    }
                }
            }
        }
    }
}

/// Only that row: its neighbours, which are worked on in the same loop, stay as they are.
#[test]
fn a_bad_row_leaves_the_others_alone() {
    for (name, device) in devices::all() {
        for row in ALL {
            for len in lengths() {
                let mut x: Vec<_> = (0..3 * len).map(|place| (place % 7) as f64 * 0.3).collect();
                let good = read(row.forward(tensor(&x, [3, len], &device, DType::F32), 1));
                x[len + 2] = NAN;
                let values = read(row.forward(tensor(&x, [3, len], &device, DType::F32), 1));
                for other in [0, 2] {
                    let range = other * len..(other + 1) * len;
                    assert_eq!(values[range.clone()], good[range], "{row:?} on {name}");
                }
                assert!(values[len..2 * len].iter().all(|value| value.is_nan()));
            }
        }
    }
}

#[test]
fn what_is_left_out_gets_nothing() {
    for (name, device) in devices::all() {
        for row in ALL {
            let out = -towards_all(row) * INFINITE;
            for len in lengths() {
                let mut x: Vec<_> = (0..len).map(|place| (place % 5) as f64 * 0.2).collect();
                x[0] = out;
                x[len - 2] = out;
                let (values, slopes) = both_ways(row, &x, &device);
                let what = format!("{row:?} on {name}: {values:?}");
                let nothing = if row == Row::LogSoftmax {
                    -INFINITE
                } else {
                    0.0
                };
                assert!(values[0] == nothing && values[len - 2] == nothing, "{what}");
                let kept: Vec<_> = x.iter().copied().filter(|x| x.is_finite()).collect();
                let got: Vec<_> = (0..len)
                    .filter(|place| x[*place].is_finite())
                    .map(|place| values[place])
                    .collect();
                row.assert_values(&got, &kept, 2e-6, &what);
                assert!(slopes.iter().all(|slope| slope.is_finite()), "{slopes:?}");
                if row != Row::LogSoftmax {
                    assert!(slopes[0] == 0.0 && slopes[len - 2] == 0.0, "{slopes:?}");
                }
            }
        }
    }
}

#[test]
fn a_row_of_nothing_is_nan_and_a_quiet_one_0() {
    for (name, device) in devices::all() {
        for row in ALL {
            let out = -towards_all(row) * INFINITE;
            for len in lengths() {
                let (values, _) = both_ways(row, &vec![out; len], &device);
                let expected = |value: &f64| match row {
                    Row::QuietSoftmax => *value == 0.0,
                    _ => value.is_nan(),
                };
                assert!(values.iter().all(expected), "{row:?} on {name}: {values:?}");
            }
        }
    }
}

#[test]
fn equal_numbers_share_and_large_ones_are_the_same_as_small() {
    for (name, device) in devices::all() {
        for row in ALL {
            if matches!(row, Row::LogSoftmax | Row::QuietSoftmax) {
                continue;
            }
            for (len, shift) in [(1, 0.0), (4, 3e4), (64, -3e38), (100, 3e38), (1000, 0.0)] {
                let (values, slopes) = both_ways(row, &vec![shift; len], &device);
                let share = (len as f64).recip();
                assert!(
                    values
                        .iter()
                        .all(|value| (value - share).abs() <= allowed(name) * share),
                    "{row:?} of {len} on {name}: {:e}",
                    values[0]
                );
                assert!(len > 1 || slopes == [0.0], "{row:?}: {slopes:?}");
            }
        }
    }
}

/// One that is far above the rest takes all, however far.
#[test]
fn the_winner_takes_all() {
    for (name, device) in devices::all() {
        for row in ALL {
            let sign = towards_all(row);
            let x = [0.0, 1.0, 3e38, -3e38, 2.0].map(|x| sign * x);
            let (values, slopes) = both_ways(row, &x, &device);
            if row == Row::LogSoftmax {
                assert!(values[2] == 0.0 && values[0] < -1e38, "{values:?}");
            } else {
                assert_eq!(values, [0.0, 0.0, 1.0, 0.0, 0.0], "{row:?} on {name}");
                assert!(
                    slopes.iter().all(|slope| *slope == 0.0),
                    "{row:?}: {slopes:?}"
                );
            }
        }
    }
}

/// Where nothing of a number is in the result, not even an infinite gradient or NaN passes back.
#[test]
fn no_gradient_passes_what_is_0() {
    for (name, device) in devices::all() {
        let device = device.autodiff();
        for row in ALL {
            if row == Row::LogSoftmax {
                continue;
            }
            let sign = towards_all(row);
            for bad in [INFINITE, NAN] {
                let x = [0.1, 0.0, -INFINITE, 0.2].map(|x| sign * x);
                let x = tensor(&x, [4], &device, DType::F32);
                let grad = tensor(&[1.0, 0.5, bad, -1.0], [4], &device, DType::F32);
                let (_, slopes) = forward_backward(row, x, 0, grad);
                assert!(
                    slopes[2] == 0.0 && slopes.iter().all(|slope| slope.is_finite()),
                    "{row:?} on {name} with {bad}: {slopes:?}"
                );
            }
        }
    }
}

/// Small results far below 0 stay, where a shift by the largest number alone would overflow.
#[test]
fn quiet_softmax_keeps_small_results() {
    for (name, device) in devices::all() {
        let (values, _) = both_ways(Row::QuietSoftmax, &[-80.0, -85.0], &device);
        for (got, expected) in values.iter().zip([(-80f64).exp(), (-85f64).exp()]) {
            assert!(
                (got / expected - 1.0).abs() < 1e-5,
                "{name}: {got:e}, {expected:e}"
            );
        }
    }
}

#[test]
fn hard_draws_are_one_hot_and_follow_the_probabilities() {
    for (name, device) in devices::all() {
        let probabilities = [0.1, 0.2, 0.7];
        let logits = Tensor::<2>::from_floats([probabilities.map(f32::ln)], &device);
        let count = 20_000;
        let logits = logits.expand([count, 3]);
        for temperature in [0.5, 2.0] {
            let config = GumbelSoftmaxConfig::new().with_temperature(temperature);
            let hard = read(config.with_hard(true).init().forward(logits.clone()));
            assert!(hard.iter().all(|value| *value == 0.0 || *value == 1.0));
            let mut counts = [0.0; 3];
            for row in hard.chunks(3) {
                assert_eq!(row.iter().sum::<f64>(), 1.0);
                for (count, value) in counts.iter_mut().zip(row) {
                    *count += value;
                }
            }
            for (got, expected) in counts.iter().zip(probabilities) {
                let expected = f64::from(expected) * count as f64;
                // Five standard deviations.
                assert!(
                    (got - expected).abs() < 5.0 * expected.sqrt(),
                    "{name}: {counts:?}"
                );
            }
            let soft = read(config.init().forward(logits.clone()));
            assert!(soft.iter().any(|value| *value > 0.01 && *value < 0.99));
        }
    }
}

/// Of equal numbers the first is drawn, and only one of them.
#[test]
fn ties_have_one_winner() {
    for (name, device) in devices::all() {
        let device = device.autodiff();
        let x = Tensor::<2>::zeros([2, 4], &device);
        let noise = Tensor::<2>::zeros([2, 4], &device);
        let config = GumbelSoftmaxConfig::new().with_hard(true);
        let hard = config.init().forward_with_noise(x, noise);
        assert_eq!(
            read(hard),
            [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
            "{name}"
        );

        let x = Tensor::<1>::ones([6], &device).require_grad();
        let gradients = maxout(x.clone(), 0, 3).sum().backward();
        let slopes = read(x.grad(&gradients).unwrap());
        for piece in slopes.chunks(3) {
            assert_eq!(piece.iter().sum::<f64>(), 1.0, "{name}: {slopes:?}");
            assert!(piece.contains(&1.0), "{name}: {slopes:?}");
        }
    }
}
