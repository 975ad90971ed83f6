use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::model::Mlp;
use burn_extras::optim::{ModuleStep, OptimizerConfig};
use burn_extras::study::{Outcome, Run, seeded};

use crate::precision;
use crate::random::Random;
use crate::tasks::{Data, Task};

/// Points of a curve, and the examples that each is measured on.
const POINTS: usize = 10;
const SEEN: usize = 500;

/// Examples that layers are fitted to, where the initializer does so.
const FIT: usize = 256;

/// Who learns.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub activation: ActivationConfig,
    pub init: InitConfig,
    pub optimizer: OptimizerConfig,
}

impl Candidate {
    /// What the candidates differ in.
    pub const FACTORS: [&str; 3] = ["activation", "init", "optimizer"];

    /// Its level of each factor.
    pub fn levels(&self) -> [String; 3] {
        [
            self.activation.to_string(),
            self.init.to_string(),
            self.optimizer.to_string(),
        ]
    }
}

/// Trains a candidate. The learning rate falls to 0 along a straight line.
pub fn train(run: &Run, task: &Task, candidate: &Candidate, data: &Data) -> Outcome {
    let mut batches = Batches::new(data.train.len(), task.batch, run.seed);
    let mut network = start(task, candidate, data, run.seed).train();
    let mut optimizer = candidate.optimizer.init();
    let watched = data.validation.range(0, SEEN);
    let mut curve = Vec::new();
    for step in 0..task.steps {
        let batch = data.train.batch(batches.next());
        let outputs = network.forward(typed(batch.inputs.clone(), task));
        let loss = batch.loss(outputs);
        let is_lost = !loss.clone().into_scalar::<f64>().is_finite();
        if !is_lost {
            let grads = GradientsParams::from_grads(loss.backward(), &network);
            let rate = run.rate * (1.0 - step as f64 / task.steps as f64);
            network = ModuleStep::new().step(&mut optimizer, rate, network, grads);
        }
        // A training with the seed 0 chooses the learning rate, and nobody sees its curve.
        let is_point = (step + 1) * POINTS / task.steps > step * POINTS / task.steps;
        if run.seed > 0 && is_point {
            let trained = evaluated(candidate, &optimizer, &network);
            curve.push(watched.error(|inputs| trained.forward(typed(inputs, task))));
        }
        if is_lost {
            // No step comes back from there.
            break;
        }
    }
    if run.seed > 0 {
        curve.resize(POINTS.min(task.steps), 1.0);
    }
    let trained = evaluated(candidate, &optimizer, &network);
    let error = |split: &crate::tasks::Split| split.error(|it| trained.forward(typed(it, task)));
    Outcome {
        validation: error(&data.validation),
        test: error(&data.test),
        curve,
    }
}

/// The network before its first step.
fn start(task: &Task, candidate: &Candidate, data: &Data, seed: u64) -> Mlp {
    let config = task.network(&candidate.activation, &candidate.init);
    let device = Device::flex();
    let network = seeded(&device, seed, || config.init(&device));
    let first = data.train.range(0, FIT).inputs;
    let network = candidate.init.fit(network, first);
    match task.half {
        true => precision::halved(network),
        false => network,
    }
}

fn evaluated(candidate: &Candidate, optimizer: &ModuleOptimizer, network: &Mlp) -> Mlp {
    match candidate.optimizer.averages() {
        Some(averages) => averages.model(optimizer, network),
        None => network.valid(),
    }
}

/// Inputs in the type that the network has.
fn typed(inputs: Tensor<2>, task: &Task) -> Tensor<2> {
    match task.half {
        true => inputs.cast(DType::F16),
        false => inputs,
    }
}

/// Batches of a set, in an order of their own in each pass.
struct Batches {
    order: Vec<i32>,
    position: usize,
    size: usize,
    random: Random,
}

impl Batches {
    fn new(samples: usize, size: usize, seed: u64) -> Self {
        Self {
            order: (0..samples as i32).collect(),
            position: samples,
            size: size.min(samples),
            random: Random::new(seed),
        }
    }

    fn next(&mut self) -> Tensor<1, Int> {
        if self.position + self.size > self.order.len() {
            self.random.shuffle(&mut self.order);
            self.position = 0;
        }
        let batch = &self.order[self.position..self.position + self.size];
        self.position += self.size;
        Tensor::from_data(
            TensorData::new(batch.to_vec(), [self.size]),
            &Device::flex(),
        )
    }
}
