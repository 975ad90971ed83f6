//! Gradients against finite differences of the plain formula, and what all of them have in common.

use burn::tensor::{DType, Device};
use burn_extras::activation::{LogSoftmax, QuietSoftmax, Softmax, Softmin, Sparsemax};
use burn_extras::fused::{RowFormula, apply_rows, apply_rows_composed};

use crate::devices;
use crate::row::{ALL, Row, allowed, assert_close, forward_backward, numbers, read, tensor};

/// Differences of fourth order of `sum grad y` by each number of a row.
fn differences(row: Row, x: &[f64], grad: &[f64]) -> Vec<f64> {
    let step = 1e-4;
    let loss = |place: usize, distance: f64| -> f64 {
        let mut moved = x.to_vec();
        moved[place] += distance;
        let products = row.reference(&moved).into_iter().zip(grad);
        products.map(|(y, grad)| y * grad).sum()
    };
    (0..x.len())
        .map(|place| {
            let near = loss(place, step) - loss(place, -step);
            let far = loss(place, 2.0 * step) - loss(place, -2.0 * step);
            (8.0 * near - far) / (12.0 * step)
        })
        .collect()
}

#[test]
#[cfg(feature = "flex")]
fn values_and_gradients_agree_with_the_plain_formula() {
    let device = Device::flex().autodiff();
    for row in ALL {
        for (len, scale) in [(2, 0.4), (7, 1.0), (65, 2.0), (127, 0.3)] {
            let (x, grad) = (numbers(len, scale, 3), numbers(len, 1.0, 4));
            let what = format!("{row:?} of {len}");
            let (values, slopes) = forward_backward(
                row,
                tensor(&x, [len], &device, DType::F64),
                0,
                tensor(&grad, [len], &device, DType::F64),
            );
            assert_close(&values, &row.reference(&x), 1e-12, &what);
            let expected = differences(row, &x, &grad);
            assert_close(&slopes, &expected, 1e-7, &format!("gradient of {what}"));
        }
    }
}

/// Adding the same to all numbers of a row changes nothing, so the gradient has no part in that direction.
#[test]
fn gradients_of_a_row_sum_to_zero() {
    for (name, device) in devices::all() {
        let device = device.autodiff();
        for row in ALL {
            for len in [2, 10, 64, 1000] {
                let x = tensor(&numbers(3 * len, 2.0, 5), [3, len], &device, DType::F32);
                let grad = tensor(&numbers(3 * len, 1.0, 6), [3, len], &device, DType::F32);
                let (_, slopes) = forward_backward(row, x, 1, grad);
                for slopes in slopes.chunks(len) {
                    let sum: f64 = slopes.iter().sum();
                    // What they are differences of may be larger than they are: gradients up to 1.
                    let size: f64 = slopes.iter().map(|slope| slope.abs()).sum::<f64>() + 1.0;
                    assert!(
                        row == Row::QuietSoftmax || sum.abs() <= 1e-6 * size,
                        "{row:?} of {len} on {name}: {sum:e} of {size:e}"
                    );
                }
            }
        }
    }
}

/// A softmax of very many numbers adds them up without losing digits to the number of them.
#[test]
fn long_rows_keep_their_digits() {
    for (name, device) in devices::all() {
        let device = device.autodiff();
        let len = 50_000;
        for row in ALL {
            // Narrow, so that many numbers are in the support.
            let x = numbers(len, 0.01, 7);
            let grad = numbers(len, 1.0, 8);
            let (values, slopes) = forward_backward(
                row,
                tensor(&x, [1, len], &device, DType::F32),
                -1,
                tensor(&grad, [1, len], &device, DType::F32),
            );
            let x: Vec<f64> = x.iter().map(|x| f64::from(*x as f32)).collect();
            let expected = row.reference(&x);
            let largest = expected.iter().fold(0.0_f64, |max, y| max.max(y.abs()));
            for (got, expected) in values.iter().zip(&expected) {
                assert!(
                    (got - expected).abs() <= allowed(name) * largest,
                    "{row:?} on {name}: {got:e}, expected {expected:e}"
                );
            }
            assert!(slopes.iter().all(|slope| slope.is_finite()));
        }
    }
}

/// What serves backends that this crate was not told of: Burn differentiates each operation, the rounds included.
#[test]
fn burn_s_autodiff_of_the_composed_formula_agrees() {
    fn check<F: RowFormula<S>, const S: usize>(formula: F, name: &str, device: &Device) {
        let device = device.clone().autodiff();
        let shape = [3, 7, 2];
        let (x, grad) = (numbers(42, 1.0, 9), numbers(42, 1.0, 10));
        let both = [true, false].map(|fused| {
            let x = tensor(&x, shape, &device, DType::F32).require_grad();
            let y = if fused {
                apply_rows(&formula, x.clone(), 1)
            } else {
                apply_rows_composed(&formula, x.clone(), 1)
            };
            let gradients = (y.clone() * tensor(&grad, shape, &device, DType::F32))
                .sum()
                .backward();
            (read(y.inner()), read(x.grad(&gradients).unwrap()))
        });
        let [fused, composed] = both;
        let what = format!("{formula:?} on {name}");
        assert_close(&fused.0, &composed.0, 1e-6, &what);
        assert_close(&fused.1, &composed.1, 2e-6, &format!("gradient of {what}"));
    }
    for (name, device) in devices::all() {
        check(Softmax::default(), name, &device);
        check(Softmin::default(), name, &device);
        check(LogSoftmax::default(), name, &device);
        check(QuietSoftmax::default(), name, &device);
        check(Sparsemax::default(), name, &device);
    }
}
