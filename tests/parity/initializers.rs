use burn::nn::LinearConfig;
use burn::tensor::Device;
use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;

use crate::case::Distance;

const INPUTS: usize = 300;
const OUTPUTS: usize = 200;

fn weights(config: &InitConfig, device: &Device) -> Vec<f64> {
    device.seed(7);
    let layer = LinearConfig::new(INPUTS, OUTPUTS).init(device);
    let layer = config.apply(layer, &ActivationConfig::Relu);
    layer.weight.to_data().iter().collect()
}

fn deviation(weights: &[f64]) -> f64 {
    let count = weights.len() as f64;
    let mean = weights.iter().sum::<f64>() / count;
    let squares = weights.iter().map(|weight| (weight - mean).powi(2));
    (squares.sum::<f64>() / count).sqrt()
}

pub fn deviations(device: &Device) -> Distance {
    let mut distance = Distance::default();
    for name in InitConfig::names() {
        let config: InitConfig = name.parse().unwrap();
        let found = weights(&config, device);
        assert_eq!(weights(&config, device), found, "{name} by the same seed");
        let expected = deviation(&weights(&config, &Device::flex()));
        match (deviation(&found), expected) {
            (found, 0.0) => distance.include(found, 0.0, name),
            (found, expected) => distance.include(found / expected, 1.0, name),
        }
    }
    distance
}
