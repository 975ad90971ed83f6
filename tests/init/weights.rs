//! The weights that are drawn, against PyTorch's (`goldens/init.py` made the numbers) and against
//! their definitions.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::nn::conv::Conv2dConfig;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use serde::Deserialize;

use crate::devices;
use crate::seeded;

#[derive(Deserialize)]
struct Goldens {
    library: String,
    weights: Vec<Case>,
    gains: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    mean: f64,
    std: f64,
    least: f64,
    most: f64,
}

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("../goldens/init.json")).expect("valid goldens")
}

const INPUTS: usize = 600;
const OUTPUTS: usize = 400;

fn draw(name: &str, device: &Device) -> Linear {
    let init: InitConfig = name.parse().unwrap();
    let layer = LinearConfig::new(INPUTS, OUTPUTS).init(device);
    init.apply(layer, &ActivationConfig::Identity)
}

fn weights(name: &str, device: &Device) -> Vec<f64> {
    let data = draw(name, device).weight.to_data();
    data.iter::<f64>().collect()
}

fn statistics(values: &[f64]) -> (f64, f64, f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / count;
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (mean, variance.sqrt(), least, most)
}

#[test]
fn statistics_agree_with_pytorch_on_every_device() {
    let goldens = goldens();
    for (device_name, device) in devices::all() {
        let (_, _turn) = seeded::cpu(7);
        device.seed(7);
        for case in &goldens.weights {
            let what = format!("{} on {device_name}, {}", case.name, goldens.library);
            let (mean, std, least, most) = statistics(&weights(&case.name, &device));
            // Of 240,000 numbers: five standard errors of both means, 1 % of the deviation.
            let error = 10.0 * case.std / ((INPUTS * OUTPUTS) as f64).sqrt() + 1e-9;
            assert!((mean - case.mean).abs() < error, "{what}: mean {mean}");
            assert!(
                (std - case.std).abs() <= 0.01 * case.std,
                "{what}: standard deviation {std}, expected {}",
                case.std
            );
            // Extremes of a bounded distribution are close to the bounds, others vary.
            let bounded = case.name.contains("uniform") || case.name.contains("truncated");
            let slack = if bounded { 1e-3 } else { 0.2 };
            for (found, expected) in [(least, case.least), (most, case.most)] {
                assert!(
                    (found - expected).abs() <= slack * expected.abs(),
                    "{what}: {found}, expected {expected}"
                );
            }
        }
    }
}

#[test]
fn conventional_gains_are_pytorch_s() {
    for (name, expected) in goldens().gains {
        let activation: ActivationConfig = name.parse().unwrap();
        let gain = activation.conventional_gain().unwrap();
        // Leaky ReLU's slope of 0.01 changes the last digits.
        assert!((gain - expected).abs() < 1e-4, "{name}: {gain}, {expected}");
    }
}

/// From the definitions, for all names with a fan.
#[test]
fn standard_deviations_follow_from_the_fans() {
    let (device, _turn) = seeded::cpu(8);
    let (fan_in, fan_out) = (INPUTS as f64, OUTPUTS as f64);
    let average = (fan_in + fan_out) / 2.0;
    for name in InitConfig::names() {
        let Some((family, _)) = name.split_once('_').or(Some((name, ""))) else {
            continue;
        };
        let (factor, default) = match family {
            "he" => (2.0, fan_in),
            "xavier" => (1.0, average),
            "lecun" => (1.0, fan_in),
            _ => continue,
        };
        let fan = match () {
            _ if name.ends_with("fan_in") => fan_in,
            _ if name.ends_with("fan_out") => fan_out,
            _ if name.ends_with("fan_avg") => average,
            _ => default,
        };
        let expected = f64::sqrt(factor / fan);
        let (_, std, least, most) = statistics(&weights(name, &device));
        assert!((std / expected - 1.0).abs() < 0.01, "{name}: {std}");
        let sigmas = f64::max(-least, most) / expected;
        match name.contains("uniform") {
            true => assert!((sigmas - 3f64.sqrt()).abs() < 1e-3, "{name}: {sigmas}"),
            false => assert!(sigmas > 3.5, "{name}: {sigmas}"),
        }
    }
}

/// Rows or columns have length `gain` and are at right angles, whichever are fewer.
#[test]
fn orthogonal_weights() {
    for (name, device) in devices::all() {
        let (_, _turn) = seeded::cpu(9);
        for (inputs, outputs) in [(40, 40), (30, 70), (70, 30), (1, 5), (5, 1)] {
            let init: InitConfig = "orthogonal(gain=2)".parse().unwrap();
            let layer = LinearConfig::new(inputs, outputs).init(&device);
            let layer = init.apply(layer, &ActivationConfig::Identity);
            let weights = layer.weight.val();
            let gram = match inputs <= outputs {
                true => weights.clone().matmul(weights.transpose()),
                false => weights.clone().transpose().matmul(weights),
            };
            let unit = Tensor::<2>::eye(inputs.min(outputs), &device) * 4.0;
            let error = (gram - unit).abs().max().into_scalar::<f64>();
            assert!(error < 1e-5, "{name}: [{inputs}, {outputs}]: {error:e}");
        }
    }
}

/// As in PyTorch: all but the first dimension are one.
#[test]
fn orthogonal_kernels() {
    let (device, _turn) = seeded::cpu(10);
    let init: InitConfig = "orthogonal".parse().unwrap();
    let layer = Conv2dConfig::new([3, 8], [3, 3]).init(&device);
    let layer = init.apply(layer, &ActivationConfig::Identity);
    let rows = layer.weight.val().reshape([8, 27]);
    let gram = rows.clone().matmul(rows.transpose());
    let error = (gram - Tensor::eye(8, &device)).abs().max();
    assert!(error.into_scalar::<f64>() < 1e-6);
}

/// Rotations have no preferred direction: without the sign correction of the decomposition the
/// diagonal would be of one sign.
#[test]
fn orthogonal_weights_are_unbiased() {
    let (device, _turn) = seeded::cpu(11);
    let init: InitConfig = "orthogonal".parse().unwrap();
    let mut sum = Tensor::<2>::zeros([4, 4], &device);
    for _ in 0..1000 {
        let layer = LinearConfig::new(4, 4).init(&device);
        let layer = init.apply(layer, &ActivationConfig::Identity);
        sum = sum + layer.weight.val();
    }
    // The entries have variance 1/4: five standard errors of a mean of 1,000.
    let largest = (sum / 1000.0).abs().max().into_scalar::<f64>();
    assert!(largest < 5.0 * 0.5 / 1000f64.sqrt(), "{largest}");
}

#[test]
fn the_same_seed_draws_the_same_weights() {
    for name in InitConfig::names() {
        let drawn = [12, 12, 13].map(|seed| {
            let (device, _turn) = seeded::cpu(seed);
            weights(name, &device)
        });
        assert_eq!(drawn[0], drawn[1], "{name}");
        if *name != "constant" {
            assert_ne!(drawn[0], drawn[2], "{name}");
        }
    }
}

#[test]
fn biases_are_zero() {
    let (device, _turn) = seeded::cpu(14);
    for name in InitConfig::names() {
        let layer = draw(name, &device);
        let bias = layer.bias.as_ref().unwrap().val();
        assert_eq!(bias.abs().max().into_scalar::<f32>(), 0.0, "{name}");
        assert_eq!(layer.num_params(), INPUTS * OUTPUTS + OUTPUTS);
    }
}
