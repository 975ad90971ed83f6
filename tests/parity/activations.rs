use burn::tensor::{Device, Tensor, TensorData};
use burn_extras::activation::ActivationConfig;

use crate::case::Distance;

/// Tiny, huge, and what overflows when squared or put through an exponential.
const EXTREMES: [f32; 16] = [
    1e-30, 1e-8, 1e-4, 12.0, 20.0, 40.0, 87.0, 90.0, 100.0, 300.0, 1e4, 1e10, 1.8e19, 1e20, 1e30,
    3e38,
];

/// Beyond this the phase of a wave is not what a GPU's `sin` was made for.
const WAVES: f32 = 1e4;

fn ordinary() -> Vec<f32> {
    (-400..400).map(|i| (i as f32 + 0.37) * 0.025).collect()
}

fn extreme() -> Vec<f32> {
    EXTREMES.into_iter().flat_map(|x| [x, -x]).collect()
}

pub fn values(device: &Device) -> Distance {
    distance(device, &ordinary(), value, ActivationConfig::value)
}

pub fn slopes(device: &Device) -> Distance {
    distance(device, &ordinary(), slope, ActivationConfig::slope)
}

pub fn extreme_values(device: &Device) -> Distance {
    distance(device, &extreme(), value, ActivationConfig::value)
}

pub fn extreme_slopes(device: &Device) -> Distance {
    distance(device, &extreme(), slope, ActivationConfig::slope)
}

fn value(config: &ActivationConfig, x: Tensor<1>) -> Tensor<1> {
    config.init(&x.device()).forward(x).inner()
}

fn slope(config: &ActivationConfig, x: Tensor<1>) -> Tensor<1> {
    let x = x.require_grad();
    let y = config.init(&x.device()).forward(x.clone());
    x.grad(&y.sum().backward())
        .expect("the input requires a gradient")
}

fn distance(
    device: &Device,
    inputs: &[f32],
    compute: fn(&ActivationConfig, Tensor<1>) -> Tensor<1>,
    reference: fn(&ActivationConfig, f64) -> Option<f64>,
) -> Distance {
    let x = TensorData::new(inputs.to_vec(), [inputs.len()]);
    let x = Tensor::<1>::from_data(x, &device.clone().autodiff());
    let mut distance = Distance::default();
    for config in ActivationConfig::formulas() {
        let found = compute(&config, x.clone()).into_data();
        for (x, found) in inputs.iter().zip(found.iter::<f64>()) {
            let expected = reference(&config, f64::from(*x)).expect("a formula");
            // What `f32` cannot hold is infinite there.
            let expected = f64::from(expected as f32);
            if is_wave(&config) && x.abs() >= WAVES {
                assert!(found.is_finite(), "{config} at {x:e}: {found}");
            } else {
                distance.include(found, expected, format_args!("{config} at {x:.3e}"));
            }
        }
    }
    distance
}

fn is_wave(config: &ActivationConfig) -> bool {
    use ActivationConfig::{Gcu, Sinc, Sine, Snake};

    matches!(config, Gcu | Sinc | Sine(_) | Snake(_))
}
