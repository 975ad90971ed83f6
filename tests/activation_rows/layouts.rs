//! Lengths, axes, strides and types: a row's result does not depend on where the row lies.

use burn::tensor::{DType, Device, Tensor};

use crate::devices;
use crate::row::{ALL, Row, assert_close, forward_backward, numbers, read, tensor};

const TOLERANCE: f64 = 2e-6;

/// The rows of a tensor of rank 3, in order.
fn rows(numbers: &[f64], shape: [usize; 3], axis: usize) -> Vec<Vec<f64>> {
    let inner: usize = shape[axis + 1..].iter().product();
    let outer: usize = shape[..axis].iter().product();
    let row = |index: usize| {
        let start = index / inner * shape[axis] * inner + index % inner;
        (0..shape[axis])
            .map(|place| numbers[start + place * inner])
            .collect()
    };
    (0..outer * inner).map(row).collect()
}

fn check(row: Row, shape: [usize; 3], axis: usize, device: &Device, name: &str) {
    let count = shape.iter().product();
    let (x, grad) = (numbers(count, 2.0, 1), numbers(count, 1.0, 2));
    let device = device.clone().autodiff();
    let (values, slopes) = forward_backward(
        row,
        tensor(&x, shape, &device, DType::F32),
        axis as isize,
        tensor(&grad, shape, &device, DType::F32),
    );
    let (values, slopes) = (rows(&values, shape, axis), rows(&slopes, shape, axis));
    let (x, grad) = (rows(&x, shape, axis), rows(&grad, shape, axis));
    for index in 0..x.len() {
        let what = format!("{row:?} along {axis} of {shape:?} on {name}, row {index}");
        row.assert_values(&values[index], &x[index], TOLERANCE, &what);
        // From our output, so that a large slope there does not blur what is wrong here.
        let (expected, size) = gradient(row, &values[index], &grad[index]);
        for (got, expected) in slopes[index].iter().zip(&expected) {
            let error = (got - expected).abs();
            assert!(
                error <= TOLERANCE * size,
                "gradient of {what}: {got:e}, expected {expected:e}"
            );
        }
    }
}

/// The gradient from the output, as the papers have it, in `f64`; and the size of what it is a difference of.
fn gradient(row: Row, y: &[f64], grad: &[f64]) -> (Vec<f64>, f64) {
    let largest = |numbers: &[f64]| numbers.iter().fold(0.0, |max: f64, x| max.max(x.abs()));
    let weighted = |weights: Vec<f64>, normalized: bool, factor: f64| {
        let sum: f64 = weights.iter().zip(grad).map(|(w, grad)| w * grad).sum();
        let all: f64 = if normalized {
            weights.iter().sum()
        } else {
            1.0
        };
        let pairs = weights.iter().zip(grad);
        let slopes = pairs.map(|(w, grad)| factor * w * (grad - sum / all));
        (
            slopes.collect(),
            factor.abs() * largest(&weights) * largest(grad),
        )
    };
    let power = |alpha: f64| {
        let weight = |y: &f64| if *y > 0.0 { y.powf(2.0 - alpha) } else { 0.0 };
        weighted(y.iter().map(weight).collect(), true, 1.0)
    };
    match row {
        Row::Softmax { temperature } => weighted(y.to_vec(), false, temperature.recip()),
        Row::Softmin => weighted(y.to_vec(), false, -1.0),
        Row::QuietSoftmax => weighted(y.to_vec(), false, 1.0),
        Row::LogSoftmax => {
            let sum: f64 = grad.iter().sum();
            let size: f64 = grad.iter().map(|grad| grad.abs()).sum();
            let pairs = y.iter().zip(grad);
            let slopes = pairs.map(|(y, grad)| grad - y.exp() * sum);
            (slopes.collect(), size)
        }
        Row::Sparsemax => power(2.0),
        Row::Entmax { alpha } => power(alpha),
        Row::Maxout { .. } | Row::CRelu => unreachable!("they have another shape"),
    }
}

#[test]
fn rows_of_any_length_along_any_axis() {
    for (name, device) in devices::all() {
        for row in ALL {
            for len in [1, 2, 63, 64, 65, 127, 1000] {
                check(row, [3, 2, len], 2, &device, name);
                check(row, [2, len, 3], 1, &device, name);
                check(row, [len, 1, 5], 0, &device, name);
            }
            // As many rows side by side as there are lanes, and not.
            for inner in [64, 65, 130] {
                check(row, [2, 5, inner], 1, &device, name);
                check(row, [70, 2, inner / 2], 0, &device, name);
            }
            // More short rows than fit one group.
            check(row, [1, 200, 10], 2, &device, name);
            check(row, [50, 10, 3], 1, &device, name);
        }
    }
}

#[test]
fn strides_do_not_matter() {
    for (name, device) in devices::all() {
        for row in ALL {
            let count = 70 * 90;
            let x = tensor(&numbers(count, 2.0, 1), [70, 90], &device, DType::F32);
            let transposed = row.forward(x.clone().transpose(), 0).transpose();
            let expected = read(row.forward(x.clone(), 1));
            assert_close(
                &read(transposed),
                &expected,
                1e-6,
                &format!("{row:?} on {name}"),
            );
            let sliced = row.forward(x.clone().slice([3..60, 5..85]), 1);
            let copied = x.slice([3..60, 5..85]);
            let copied = tensor(&read(copied), [57, 80], &device, DType::F32);
            assert_eq!(
                read(sliced),
                read(row.forward(copied, 1)),
                "{row:?} on {name}"
            );
        }
    }
}

#[test]
fn no_numbers_give_none() {
    let device = Device::flex().autodiff();
    for row in ALL {
        for shape in [[0, 3], [3, 0]] {
            let x = Tensor::<2>::zeros(shape, &device).require_grad();
            assert_eq!(row.forward(x, 1).dims(), shape);
        }
    }
}

/// Half precision is computed in `f32` and rounded once.
#[test]
#[cfg(feature = "flex")]
fn half_precision_is_rounded_once() {
    let device = Device::flex().autodiff();
    for row in ALL {
        for dtype in [DType::F16, DType::BF16] {
            for (shape, axis) in [
                ([3, 2, 10], 2),
                ([3, 2, 100], 2),
                ([2, 100, 3], 1),
                ([2, 5, 130], 1),
                ([1, 1, 5000], 2),
            ] {
                let count = shape.iter().product();
                let (x, grad) = (numbers(count, 2.0, 1), numbers(count, 1.0, 2));
                let run = |dtype| {
                    let (x, grad) = (
                        tensor(&x, shape, &device, dtype),
                        tensor(&grad, shape, &device, dtype),
                    );
                    forward_backward(row, x, axis, grad)
                };
                // bf16 holds fewer digits than the numbers have.
                let narrow = read(tensor(&x, shape, &device, dtype));
                let wide = row.forward(tensor(&narrow, shape, &device, DType::F32), axis);
                let rounded = read(wide.cast(burn::tensor::FloatDType::from(dtype)));
                let (values, slopes) = run(dtype);
                assert_eq!(
                    values, rounded,
                    "{row:?} along {axis} of {shape:?} in {dtype:?}"
                );
                assert!(slopes.iter().all(|slope| slope.is_finite()));
            }
        }
    }
}
