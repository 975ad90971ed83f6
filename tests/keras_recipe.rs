//! A Keras recipe that trains with Nadam, ported: the losses are those that Keras reports.
//!
//! `goldens/keras_recipe.py` is the recipe, and made the numbers.
#![recursion_limit = "256"]

mod devices;

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Int, Tensor, TensorData};
use burn_extras::activation::{Softsign, Tanh};
use burn_extras::optim::NadamConfig;
use serde::Deserialize;

/// Relative. Both sides compute in `f32`, whose rounding 360 steps amplify: flex is within 2e-6.
const TOLERANCE: f64 = 2e-5;

#[derive(Deserialize)]
struct Recipe {
    learning_rate: f64,
    batch_size: usize,
    points: Vec<[f32; 2]>,
    arms: Vec<i32>,
    layers: Vec<Dense>,
    losses: Vec<f64>,
    right_at_the_end: usize,
}

#[derive(Deserialize)]
struct Dense {
    kernel: Vec<Vec<f32>>,
    bias: Vec<f32>,
}

impl Dense {
    fn init(&self, device: &Device) -> Linear {
        let shape = [self.kernel.len(), self.bias.len()];
        let kernel = TensorData::new(self.kernel.concat(), shape);
        let bias = TensorData::from(&self.bias[..]);
        Linear {
            weight: Param::from_data(kernel, device),
            bias: Some(Param::from_data(bias, device)),
        }
    }
}

#[derive(Module, Debug)]
struct Network {
    hidden: [Linear; 2],
    output: Linear,
}

impl Network {
    fn new(recipe: &Recipe, device: &Device) -> Self {
        let layer = |index: usize| recipe.layers[index].init(device);
        Self {
            hidden: [layer(0), layer(1)],
            output: layer(2),
        }
    }

    fn forward(&self, points: Tensor<2>) -> Tensor<2> {
        let features = Softsign.forward(self.hidden[0].forward(points));
        let features = Tanh.forward(self.hidden[1].forward(features));
        self.output.forward(features)
    }
}

fn recipe() -> Recipe {
    serde_json::from_str(include_str!("goldens/keras_recipe.json")).unwrap()
}

/// The loss of each epoch, as Keras' `fit` reports it, and how many points are classified
/// rightly at the end.
fn train(recipe: &Recipe, nadam: &NadamConfig, device: &Device) -> (Vec<f64>, usize) {
    let device = device.clone().autodiff();
    let mut network = Network::new(recipe, &device);
    let mut optimizer = nadam.init();
    let cross_entropy = CrossEntropyLossConfig::new().init(&device);
    let points = |points: &[[f32; 2]]| {
        let data = TensorData::new(points.concat(), [points.len(), 2]);
        Tensor::<2>::from_data(data, &device)
    };

    let losses = (0..recipe.losses.len()).map(|_| {
        let batches = recipe.points.chunks(recipe.batch_size);
        let batches = batches.zip(recipe.arms.chunks(recipe.batch_size));
        let losses: Vec<f64> = batches
            .map(|(batch, arms)| {
                let arms = Tensor::<1, Int>::from_data(TensorData::from(arms), &device);
                let loss = cross_entropy.forward(network.forward(points(batch)), arms);
                let grads = GradientsParams::from_grads(loss.backward(), &network);
                network = optimizer.step(recipe.learning_rate, network.clone(), grads);
                loss.into_scalar::<f64>()
            })
            .collect();
        losses.iter().sum::<f64>() / losses.len() as f64
    });
    let losses = losses.collect();

    let logits = network.forward(points(&recipe.points));
    let found: Vec<i32> = logits.argmax(1).into_data().iter().collect();
    let right = found.iter().zip(&recipe.arms).filter(|(a, b)| a == b);
    (losses, right.count())
}

/// The largest relative difference between two curves.
fn distance(losses: &[f64], expected: &[f64]) -> f64 {
    let pairs = losses.iter().zip(expected);
    let distances = pairs.map(|(loss, expected)| ((loss - expected) / expected).abs());
    // By this order NaN is the largest.
    distances.max_by(f64::total_cmp).unwrap()
}

#[test]
fn the_port_gets_the_losses_of_keras() {
    let recipe = recipe();
    for (name, device) in devices::all() {
        let (losses, right) = train(&recipe, &NadamConfig::keras(), &device);
        let distance = distance(&losses, &recipe.losses);
        println!("{name}: {distance:.1e}");
        assert!(
            distance <= TOLERANCE,
            "on {name} by {distance:.1e}: {losses:?}"
        );
        assert_eq!(right, recipe.right_at_the_end, "on {name}");
    }
}

#[test]
fn other_forms_of_nadam_get_other_losses() {
    let recipe = recipe();
    for nadam in [NadamConfig::pytorch(), NadamConfig::optax()] {
        let (losses, _) = train(&recipe, &nadam, &Device::flex());
        let distance = distance(&losses, &recipe.losses);
        assert!(
            distance > 10.0 * TOLERANCE,
            "{nadam:?}: only {distance:.1e}"
        );
    }
}
