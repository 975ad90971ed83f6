//! Where an activation is flat, no gradient passes, not even one that is infinite or no number.
#![recursion_limit = "256"]

mod devices;

use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_extras::activation::ActivationConfig;
use serde::Deserialize;

#[derive(Deserialize)]
struct Goldens {
    inputs: Vec<f32>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    activation: String,
    gradient: String,
    passed: Vec<String>,
}

/// What is passed back of a gradient that is the same everywhere.
fn passed(
    config: &ActivationConfig,
    inputs: &[f32],
    gradient: f32,
    device: &Device,
    dtype: DType,
) -> Vec<f64> {
    let device = device.clone().autodiff();
    let tensor = |numbers: Vec<f32>| {
        let shape = [numbers.len()];
        Tensor::<1>::from_data(TensorData::new(numbers, shape), (&device, dtype))
    };
    let x = tensor(inputs.to_vec()).require_grad();
    let y = config.init(&device).forward(x.clone());
    let grads = (y * tensor(vec![gradient; inputs.len()])).sum().backward();
    let passed = x.grad(&grads).expect("the input requires a gradient");
    passed.into_data().iter().collect()
}

fn dtypes(device: &str) -> Vec<DType> {
    match device {
        "flex" => vec![DType::F32, DType::F64, DType::F16, DType::BF16],
        "ndarray" => vec![DType::F32, DType::F64],
        _ => vec![DType::F32],
    }
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}

/// As `goldens/mask.py` recorded it.
#[test]
fn what_passes_is_what_passes_in_pytorch() {
    let goldens: Goldens = serde_json::from_str(include_str!("goldens/mask.json")).unwrap();
    for (name, device) in devices::all() {
        for case in &goldens.cases {
            let config: ActivationConfig = case.activation.parse().unwrap();
            let gradient: f32 = case.gradient.parse().unwrap();
            for dtype in dtypes(name) {
                let got = passed(&config, &goldens.inputs, gradient, &device, dtype);
                for (index, expected) in case.passed.iter().enumerate() {
                    assert!(
                        same(got[index], expected.parse().unwrap()),
                        "{config} at {} in {dtype:?} on {name}: {} of {}, {expected} in PyTorch",
                        goldens.inputs[index],
                        got[index],
                        case.gradient
                    );
                }
            }
        }
    }
}

/// Every activation, where its slope is exactly 0: by design, or because it underflows.
#[test]
fn a_slope_of_zero_lets_nothing_through() {
    // More than a block of the vector loop, and a rest.
    let inputs: Vec<f32> = (-100..=100).map(|step| step as f32 * 0.37).collect();
    let mut flat = Vec::new();
    for (name, device) in devices::all() {
        // Half types are computed in `f32`, where a slope may be more than the 0 that it is stored as.
        let computed = [DType::F32, DType::F64];
        for dtype in dtypes(name).into_iter().filter(|it| computed.contains(it)) {
            for config in ActivationConfig::formulas() {
                let slopes = passed(&config, &inputs, 1.0, &device, dtype);
                flat.extend(slopes.contains(&0.0).then(|| config.to_string()));
                for gradient in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
                    let got = passed(&config, &inputs, gradient, &device, dtype);
                    for (index, slope) in slopes.iter().enumerate() {
                        let expected = if *slope == 0.0 {
                            0.0
                        } else {
                            f64::from(gradient) * slope
                        };
                        assert!(
                            same(got[index], expected),
                            "{config} at {} in {dtype:?} on {name}: {} of {gradient}, slope {slope}",
                            inputs[index],
                            got[index]
                        );
                    }
                }
            }
        }
    }
    for name in ["relu", "step", "gaussian", "tanh", "elu", "hard_sigmoid"] {
        assert!(flat.iter().any(|flat| flat == name), "{name} is flat");
    }
}
