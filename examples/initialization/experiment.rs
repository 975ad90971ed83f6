use burn::data::dataloader::DataLoader;
use burn::data::dataset::DatasetError;
use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::model::{Mlp, MlpConfig};
use burn_extras::optim::SgdConfig;
use burn_extras::train::EpochLoader;
use indicatif::ProgressBar;

use crate::batch::{DigitBatch, DigitBatcher};
use crate::data::{CLASSES, PIXELS};
use crate::problem::Problem;
use crate::sets::Sets;

pub const WIDTHS: [usize; 6] = [PIXELS, 50, 50, 50, 50, CLASSES];
const LR: f64 = 0.01;
const BATCH: usize = 100;
/// The steps that a point of the loss curve is the mean of.
const LOSS_STEPS: usize = 100;

/// A network before its training.
pub struct Experiment {
    pub epochs: usize,
    activation: ActivationConfig,
    init: InitConfig,
    seed: u64,
    network: Mlp,
}

/// What became of it.
pub struct Outcome {
    pub activation: ActivationConfig,
    pub init: InitConfig,
    pub epochs: usize,
    /// Over all training and all test images, before the training and after each epoch.
    pub accuracies: Vec<(f64, f64)>,
    /// How many epochs have gone by, and the mean loss of the last steps.
    pub losses: Vec<(f64, f64)>,
    /// What each hidden layer puts out, before the training and after it.
    pub before: Vec<Vec<f32>>,
    pub after: Vec<Vec<f32>>,
}

impl Outcome {
    /// Only ReLU's accuracies are compared with those of the report.
    pub fn shows_accuracies(&self) -> bool {
        self.activation == ActivationConfig::Relu
    }
}

impl Experiment {
    /// Draws the weights, from the same random numbers in each experiment.
    pub fn new(
        activation: ActivationConfig,
        init: InitConfig,
        epochs: usize,
        seed: u64,
        sets: &Sets,
    ) -> Result<Self, Problem> {
        let device = Device::flex();
        device.seed(seed);
        let network = MlpConfig::new(WIDTHS.to_vec())
            .with_activation(activation.clone())
            .with_initializer(init.clone())
            .init(&device);
        for layer in &network.layers {
            // Now, and not when the training needs them: the random numbers are the process'.
            layer.weight.val();
        }
        let loader =
            EpochLoader::new(sets.digits.clone(), DigitBatcher, BATCH, seed).to_device(&device);
        let first = loader.iter().next().transpose().map_err(unreadable)?;
        Ok(Self {
            network: match first {
                Some(batch) => init.fit(network, batch.images),
                None => network,
            },
            activation,
            init,
            epochs,
            seed,
        })
    }

    /// Trains the network, and moves `bar` on by one for each epoch.
    pub fn run(&self, sets: &Sets, bar: &ProgressBar) -> Result<Outcome, Problem> {
        let mut outcome = Outcome {
            activation: self.activation.clone(),
            init: self.init.clone(),
            epochs: self.epochs,
            accuracies: Vec::new(),
            losses: Vec::new(),
            before: hidden_outputs(&self.network, sets.sample()),
            after: Vec::new(),
        };
        let see = |network: &Mlp, accuracies: &mut Vec<(f64, f64)>| {
            if self.activation == ActivationConfig::Relu {
                accuracies.push(sets.accuracies(network));
            }
        };
        see(&self.network, &mut outcome.accuracies);

        let mut network = self.network.clone().train();
        let mut optimizer = SgdConfig::new().init();
        let loader = EpochLoader::new(sets.digits.clone(), DigitBatcher, BATCH, self.seed)
            .to_device(&Device::flex().autodiff());
        let steps = loader.num_items().div_ceil(BATCH) as f64;
        let mut losses = Vec::new();
        let mut step_number = 0;
        for _ in 0..self.epochs {
            for batch in loader.iter() {
                let (next, loss) = step(network, batch.map_err(unreadable)?, &mut optimizer);
                network = next;
                step_number += 1;
                losses.push(loss);
                if losses.len() == LOSS_STEPS {
                    let mean = losses.drain(..).sum::<f64>() / LOSS_STEPS as f64;
                    outcome.losses.push((step_number as f64 / steps, mean));
                }
            }
            see(&network.valid(), &mut outcome.accuracies);
            bar.inc(1);
        }
        outcome.after = hidden_outputs(&network.valid(), sets.sample());
        Ok(outcome)
    }
}

fn unreadable(error: DatasetError) -> Problem {
    Problem(format!("the training images cannot be read: {error}"))
}

/// A step of gradient descent; the loss is that before it.
fn step(network: Mlp, batch: DigitBatch, optimizer: &mut ModuleOptimizer) -> (Mlp, f64) {
    let logits = network.forward(batch.images);
    let loss = CrossEntropyLossConfig::new()
        .init(&logits.device())
        .forward(logits, batch.labels);
    let value = loss.clone().into_scalar::<f64>();
    let grads = GradientsParams::from_grads(loss.backward(), &network);
    (optimizer.step(LR, network, grads), value)
}

/// What each hidden layer puts out, after its activation.
fn hidden_outputs(network: &Mlp, images: Tensor<2>) -> Vec<Vec<f32>> {
    let hidden = &network.layers[..network.layers.len() - 1];
    let places = hidden.iter().zip(&network.activations);
    let outputs = places.scan(images, |features, (layer, activation)| {
        *features = activation.forward(layer.forward(features.clone()));
        Some(features.clone().into_data().iter::<f32>().collect())
    });
    outputs.collect()
}
