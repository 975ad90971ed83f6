//! Each formula by the one pass against the same composed of Burn's operations, forward and backward.

use burn::tensor::{DType, Device, FloatDType, Tensor, TensorData};

use super::*;
use crate::fused::{Shared, twin};

fn functions(axis: usize) -> Vec<Shared> {
    let entmax = |alpha| {
        let config = EntmaxConfig::new().with_alpha(alpha);
        config.init().function(axis)
    };
    vec![
        Softmax::default().function(axis),
        SoftmaxConfig::new()
            .with_temperature(0.3)
            .init()
            .function(axis),
        Softmin::default().function(axis),
        LogSoftmax::default().function(axis),
        QuietSoftmax::default().function(axis),
        Sparsemax::default().function(axis),
        entmax(1.5),
        entmax(1.01),
        entmax(1.7),
        entmax(2.75),
    ]
}

fn tensor<const D: usize>(shape: [usize; D], step: f64, dtype: DType) -> Tensor<D> {
    let count = shape.iter().product();
    let numbers = (0..count).map(|index| ((index as f64 * step).sin() * 64.0).round() / 32.0);
    let data = TensorData::new(numbers.collect::<Vec<f64>>(), shape);
    Tensor::from_data(data, (&Device::flex(), dtype))
}

fn assert_twins(twins: twin::Twins<3>, tolerance: f64, what: &str) -> Tensor<3> {
    let read = |tensor: &Tensor<3>| tensor.to_data().iter::<f64>().collect::<Vec<_>>();
    let (fused, composed) = (read(&twins.fused), read(&twins.composed));
    for (fused, composed) in fused.iter().zip(&composed) {
        let close = (fused - composed).abs() <= tolerance * composed.abs().max(1.0);
        assert!(
            close || fused == composed || (fused.is_nan() && composed.is_nan()),
            "{what}: {fused:e}, composed {composed:e}"
        );
    }
    twins.fused
}

#[test]
fn the_one_pass_is_what_is_composed() {
    for (shape, axis) in [([3, 4, 7], 2), ([2, 70, 3], 1), ([9, 2, 40], 0)] {
        for dtype in [DType::F32, DType::F64] {
            let (x, grad) = (tensor(shape, 1.7, dtype), tensor(shape, 0.9, dtype));
            for function in functions(axis) {
                let name = format!("{function:?}");
                // Where it is composed, a logarithm of 1 plus something is a series short of 1e-9.
                let tolerance = match dtype {
                    DType::F32 => 3e-6,
                    _ if name.contains("alpha") => 1e-9,
                    _ => 1e-12,
                };
                let what = format!("{name} of {shape:?} in {dtype:?}");
                let y = assert_twins(twin::forward(&function, &x), tolerance, &what);
                let gradient = twin::backward(&function, &y, &grad);
                assert_twins(gradient, tolerance, &format!("gradient of {what}"));
            }
        }
    }
}

/// Infinity, and rows of nothing or with NaN, on the composed way too.
#[test]
fn the_edges_are_the_same() {
    let (minus, plus, nan) = (f64::NEG_INFINITY, f64::INFINITY, f64::NAN);
    let rows = [
        [0.0, minus, 0.5, minus],
        [minus, minus, minus, minus],
        [plus, plus, plus, plus],
        [0.1, plus, 0.3, 0.2],
        [0.1, 0.3, nan, 0.2],
        [3e38, 3e38, -3e38, 0.0],
    ];
    let x = Tensor::<2>::from_data(rows, &Device::flex()).reshape([1, 6, 4]);
    for function in functions(2) {
        assert_twins(twin::forward(&function, &x), 3e-6, &format!("{function:?}"));
    }
}

/// Half precision is added up in `f32` where it is composed, too: 100,000 exceeds it.
#[test]
fn half_precision_is_widened_where_it_is_composed() {
    let x = Tensor::<3>::zeros([1, 1, 100_000], &Device::flex()).cast(FloatDType::F16);
    for function in [
        Softmax::default().function(2),
        LogSoftmax::default().function(2),
    ] {
        let twins = twin::forward(&function, &x);
        assert_eq!(twins.composed.dtype(), DType::F16);
        assert_twins(twins, 1e-7, &format!("{function:?}"));
    }
}
