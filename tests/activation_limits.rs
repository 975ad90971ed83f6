//! Every activation at the ends of the floats: zeros, subnormals, the largest numbers, infinities and NaN, against what
//! `goldens/limits.py` has worked out of the formulas in 2500 digits.

use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_extras::activation::ActivationConfig;
use serde::Deserialize;

/// A number, `"inf"` or `"-inf"`.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Float {
    Finite(f64),
    Infinite(String),
}

impl Float {
    fn value(&self) -> f64 {
        match self {
            Self::Finite(number) => *number,
            Self::Infinite(text) => text.parse().expect("an infinity"),
        }
    }
}

#[derive(Deserialize)]
struct Goldens {
    inputs: Vec<Float>,
    cases: Vec<Case>,
}

/// Where there is none, it is a convention, or the function swings on for ever.
#[derive(Deserialize)]
struct Case {
    activation: String,
    value: Vec<Option<Float>>,
    slope: Vec<Option<Float>>,
}

fn forward_backward(config: &ActivationConfig, x: &[f64], dtype: DType) -> [Vec<f64>; 2] {
    let device = Device::flex().autodiff();
    let x = TensorData::new(x.to_vec(), [x.len()]);
    let x = Tensor::<1>::from_data(x, (&device, dtype)).require_grad();
    let y = config.init(&device).forward(x.clone());
    let grads = y.clone().sum().backward();
    let slope = x.grad(&grads).expect("a gradient");
    [y.inner(), slope].map(|tensor| tensor.into_data().iter().collect())
}

#[test]
fn both_ends_are_what_mathematics_says() {
    let goldens: Goldens = serde_json::from_str(include_str!("goldens/limits.json")).unwrap();
    let names: Vec<_> = goldens.cases.iter().map(|case| &case.activation).collect();
    for config in ActivationConfig::formulas() {
        assert!(
            names.contains(&&config.to_string()),
            "{config} has no golden"
        );
    }
    let mut failures = Vec::new();
    // The limits of tests/accuracy.rs, relative to the larger of 1 and the result.
    for (dtype, tolerance) in [(DType::F32, 4e-7), (DType::F64, 1e-15)] {
        // What is no float of this type is not asked for.
        let round = |x: f64| match dtype {
            DType::F32 => f64::from(x as f32),
            _ => x,
        };
        let inputs = goldens.inputs.iter().map(Float::value).enumerate();
        let inputs: Vec<_> = inputs
            .filter(|(_, x)| {
                x.is_infinite() || (round(*x).is_finite() && (round(*x) != 0.0 || *x == 0.0))
            })
            .collect();
        let x: Vec<_> = inputs.iter().map(|(_, x)| *x).collect();
        for case in &goldens.cases {
            let config: ActivationConfig = case.activation.parse().unwrap();
            let found = forward_backward(&config, &x, dtype);
            for (what, found, golden) in [
                ("value", &found[0], &case.value),
                ("slope", &found[1], &case.slope),
            ] {
                for ((index, x), found) in inputs.iter().zip(found) {
                    let Some(expected) = &golden[*index] else {
                        continue;
                    };
                    let expected = round(expected.value());
                    let error = (found - expected).abs();
                    let is_close = error <= tolerance * expected.abs().max(1.0);
                    if *found != expected && !is_close {
                        failures.push(format!(
                            "{what} of {config} at {x:e} in {dtype:?}: {found:e}, not {expected:e}"
                        ));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Both zeros are the same number.
#[test]
fn the_sign_of_zero_makes_no_difference() {
    for dtype in [DType::F32, DType::F64] {
        for config in ActivationConfig::formulas() {
            let [values, slopes] = forward_backward(&config, &[0.0, -0.0], dtype);
            assert_eq!(values[0], values[1], "{config} in {dtype:?}");
            assert_eq!(slopes[0], slopes[1], "{config} in {dtype:?}");
        }
    }
}

#[test]
fn nan_stays_nan() {
    for dtype in [DType::F32, DType::F64, DType::F16, DType::BF16] {
        for config in ActivationConfig::formulas() {
            let [values, _] = forward_backward(&config, &[1.0, f64::NAN, -1.0], dtype);
            let nan: Vec<_> = values.iter().map(|it| it.is_nan()).collect();
            assert_eq!(nan, [false, true, false], "{config} in {dtype:?}");
        }
    }
}
