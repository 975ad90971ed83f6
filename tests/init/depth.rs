//! Twenty layers with `auto`: which activations keep the standard deviation of their
//! pre-activations within a factor of 2 of the first layer's, and which do not.

use burn::module::Module;
use burn::tensor::{Device, Distribution, Tensor};
use burn_extras::activation::ActivationConfig;
use burn_extras::init::{InitConfig, Stability, VarianceMap};
use burn_extras::model::MlpConfig;

use crate::devices;
use crate::seeded;

const DEPTH: usize = 20;
const WIDTH: usize = 256;
const BATCH: usize = 256;

/// The standard deviation of each layer's pre-activations, for normal inputs times `scale`.
fn stds(
    activation: &ActivationConfig,
    depth: usize,
    scale: f64,
    seed: u64,
    device: &Device,
) -> Vec<f64> {
    let (cpu, _turn) = seeded::cpu(seed);
    let inputs = Tensor::<2>::random([BATCH, WIDTH], Distribution::Normal(0.0, scale), &cpu);
    let model = MlpConfig::new(vec![WIDTH; depth + 1])
        .with_activation(activation.clone())
        .with_initializer(InitConfig::Auto)
        .init(&cpu);
    for layer in &model.layers {
        layer.weight.val();
    }
    let model = model.to_device(device);
    let mut features = inputs.to_device(device);
    let mut stds = Vec::new();
    let activation = activation.init(device);
    for layer in &model.layers {
        let pre_activations = layer.forward(features);
        let (variance, _) = pre_activations.clone().flatten::<1>(0, 1).var_mean_bias(0);
        stds.push(variance.into_scalar::<f64>().sqrt());
        features = activation.forward(pre_activations);
    }
    stds
}

/// Whether all layers are within 0.5 to 2 of the first.
fn stays(stds: &[f64]) -> bool {
    stds.iter()
        .all(|std| (0.5..=2.0).contains(&(std / stds[0])))
}

/// The share of a few networks that stay.
fn staying(activation: &ActivationConfig, depth: usize, seeds: u64) -> f64 {
    let device = Device::flex();
    let networks = (0..seeds).map(|seed| stds(activation, depth, 1.0, seed, &device));
    networks.filter(|stds| stays(stds)).count() as f64 / seeds as f64
}

fn all(stability: Stability) -> Vec<ActivationConfig> {
    let mut all = ActivationConfig::formulas();
    all.retain(|activation| {
        VarianceMap::of(activation).unwrap().stability(DEPTH, WIDTH) == stability
    });
    all
}

#[test]
fn stable_activations_keep_their_standard_deviation_on_every_device() {
    let activations = all(Stability::Stable);
    assert!(activations.len() >= 40, "{}", activations.len());
    for activation in &activations {
        assert_eq!(staying(activation, DEPTH, 3), 1.0, "{activation}");
    }
    for (name, device) in devices::all() {
        for activation in &activations {
            let stds = stds(activation, DEPTH, 1.0, 0, &device);
            assert!(stays(&stds), "{name}: {activation}: {stds:.3?}");
        }
    }
}

#[test]
fn unstable_activations_do_not() {
    for activation in all(Stability::Unstable) {
        let staying = staying(&activation, DEPTH, 9);
        assert!(staying < 0.5, "{activation}: {staying:.2} of the networks");
    }
}

#[test]
fn drifting_activations_do_not_in_a_deeper_network() {
    for activation in all(Stability::Drifting) {
        let staying = staying(&activation, 4 * DEPTH, 3);
        assert!(staying < 0.5, "{activation}: {staying:.2} of the networks");
    }
}

/// The same weights, once with slightly larger inputs: what is left of that after a layer.
#[test]
fn the_slope_says_what_becomes_of_a_deviation() {
    let device = Device::flex();
    for activation in ActivationConfig::formulas() {
        let map = VarianceMap::of(&activation).unwrap();
        let [at_one, larger] =
            [1.0, 1.01].map(|scale| stds(&activation, 2, scale, 0, &device)[1].ln());
        let left = (larger - at_one) / 1.01f64.ln();
        let expected = map.slope;
        assert!(
            (left - expected).abs() < 0.05 * (1.0 + expected.abs()),
            "{activation}: {left:.3} of the deviation is left, the slope says {expected:.3}"
        );
    }
}

#[test]
fn a_tenth_of_the_gain_loses_the_signal() {
    let (cpu, _turn) = seeded::cpu(0);
    let model = MlpConfig::new(vec![WIDTH; 11])
        .with_initializer("normal(std=0.00625)".parse().unwrap())
        .init(&cpu);
    let inputs = Tensor::<2>::random([BATCH, WIDTH], Distribution::Normal(0.0, 1.0), &cpu);
    let outputs = model.forward(inputs);
    // 0.00625 is a tenth of 1 / sqrt(256): each layer divides by 10, and ReLU by sqrt 2.
    assert!(outputs.abs().max().into_scalar::<f64>() < 1e-10);
}
