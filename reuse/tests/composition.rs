//! Burn's training brings the backend Flex along, whether burn-extras was told of it or not. On a
//! device that it was not told of it is composed of Burn's own operations: slower, not wrong.

#![recursion_limit = "256"]

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use burn_extras::activation::ActivationConfig;
use burn_extras::optim::{ModifierConfig, ModuleStep, OptimizerConfig};
use burn_extras_reuse::device::device;

/// The device that burn-extras was built for, and the one that Burn has in any case.
fn devices() -> [Device; 2] {
    [device(), Device::flex()]
}

#[test]
fn every_activation_has_its_value_and_slope() {
    let inputs = [-3.7, -1.2, -0.3, 0.2, 0.9, 2.6];
    for device in devices() {
        let x = Tensor::<1>::from_floats(inputs, &device.clone().autodiff()).require_grad();
        for config in ActivationConfig::formulas() {
            let y = config.init(&device).forward(x.clone());
            let grads = y.clone().sum().backward();
            let values: Vec<f64> = y.into_data().iter().collect();
            let slopes: Vec<f64> = x.grad(&grads).unwrap().into_data().iter().collect();
            for (i, input) in inputs.iter().enumerate() {
                let input = f64::from(*input as f32);
                let expected = [config.value(input), config.slope(input)].map(Option::unwrap);
                for (found, expected) in [values[i], slopes[i]].into_iter().zip(expected) {
                    assert!(
                        (found - expected).abs() <= 3e-5 * expected.abs().max(1.0),
                        "{config} at {input} on {device:?}: {found} for {expected}"
                    );
                }
            }
        }
    }
}

#[derive(Module, Debug)]
struct Point {
    at: Param<Tensor<1>>,
}

#[test]
fn every_optimizer_goes_the_same_way_on_both() {
    let walk = |config: &OptimizerConfig, device: &Device| -> Vec<f64> {
        let start = Tensor::<1>::from_floats([1.0, -2.0, 0.5], &device.clone().autodiff());
        let mut point = Point {
            at: Param::from_tensor(start.require_grad()),
        };
        let mut optimizer = config.init();
        for _ in 0..5 {
            let height = point.at.val().powi_scalar(2).sum();
            let grads = GradientsParams::from_grads(height.backward(), &point);
            point = ModuleStep::new().step(&mut optimizer, 0.05, point, grads);
        }
        point.at.val().into_data().iter().collect()
    };
    let rules = OptimizerConfig::names().iter().map(ToString::to_string);
    let modifiers = ModifierConfig::presets().into_iter();
    for name in rules.chain(modifiers.map(|modifier| format!("adam + {modifier}"))) {
        // Its own epsilon is as small as the rounding of what it takes the root of.
        let spec = name.replace("shampoo", "shampoo(matrix_epsilon=0.1)");
        let config: OptimizerConfig = spec.parse().unwrap();
        let [found, expected] = devices().map(|device| walk(&config, &device));
        assert_ne!(found, [1.0, -2.0, 0.5], "{name} stays where it is");
        for (found, expected) in found.iter().zip(&expected) {
            assert!(
                (found - expected).abs() <= 1e-5 * expected.abs().max(1.0),
                "{name}: {found} for {expected}"
            );
        }
    }
}
