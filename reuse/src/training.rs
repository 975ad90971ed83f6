use std::path::Path;
use std::sync::Arc;

use burn::data::dataloader::DataLoaderBuilder;
use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::InMemDataset;
use burn::lr_scheduler::cosine::CosineAnnealingLrSchedulerConfig;
use burn::module::Module;
use burn::store::ModuleRecord;
use burn::tensor::{Device, Tensor};
use burn::train::checkpoint::KeepLastNCheckpoints;
use burn::train::metric::{AccuracyMetric, LossMetric};
use burn::train::renderer::CliMetricsRenderer;
use burn::train::{Learner, SupervisedTraining};
use burn_extras::optim::OptimizerConfig;
use burn_extras::train::{EpochLoader, with_parameter_ids};

use crate::data::{Batch, Digit, DigitBatcher};
use crate::model::ConvNet;

/// How to train.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Epochs over which the learning rate falls to zero along a cosine.
    pub epochs: usize,
    pub batch_size: usize,
    /// By name, as `nadam` or `adam(state_bits=8)`.
    pub optimizer: OptimizerConfig,
    pub learning_rate: f64,
    pub seed: u64,
}

impl Plan {
    /// Trains up to and including epoch `last`, from the checkpoint of epoch `first` if there is
    /// one, and leaves checkpoints in `folder`.
    pub fn train(
        &self,
        digits: &[Digit],
        folder: &Path,
        first: Option<usize>,
        last: usize,
        device: &Device,
    ) -> ConvNet {
        device.seed(self.seed);
        let model = with_parameter_ids(ConvNet::new(&device.clone().autodiff()), self.seed);
        let steps = digits.len().div_ceil(self.batch_size) * self.epochs;
        let schedule = CosineAnnealingLrSchedulerConfig::new(self.learning_rate, steps);
        let schedule = schedule.init().expect("a learning rate and steps in range");
        let learner = Learner::new(model, self.optimizer.init(), schedule);

        let dataset = || InMemDataset::new(digits.to_vec());
        // Each epoch in an order of its own: a resumed training sees the same batches.
        let batches = EpochLoader::new(dataset(), DigitBatcher, self.batch_size, self.seed)
            .with_next_epoch(first.unwrap_or(0) + 1);
        let validation = DataLoaderBuilder::new(DigitBatcher)
            .batch_size(self.batch_size)
            .build(dataset());
        let training = SupervisedTraining::new(folder, Arc::new(batches), validation)
            .metrics((LossMetric::new(), AccuracyMetric::new()))
            .renderer(Box::new(CliMetricsRenderer::new()))
            .with_application_logger(None)
            .with_default_checkpointers()
            // The one before is there until the last is: Burn does not wait for it.
            .with_checkpointing_strategy(KeepLastNCheckpoints::new(2))
            .num_epochs(last);
        let training = match first {
            Some(epoch) => training.checkpoint(epoch),
            None => training,
        };
        training.launch(learner).model
    }
}

/// The network as it was after `epoch` of the training in `folder`.
pub fn reload(folder: &Path, epoch: usize, device: &Device) -> ConvNet {
    let path = folder.join(format!("checkpoint/model-{epoch}.bpk"));
    let record = ModuleRecord::load(path).expect("a checkpoint of that epoch");
    ConvNet::new(device).load_record(record)
}

/// The network's outputs, `[digits, 10]`.
pub fn logits(model: &ConvNet, digits: &[Digit], device: &Device) -> Tensor<2> {
    model.forward(DigitBatcher.batch(digits.to_vec(), device).images)
}

/// The share of the digits that the network reads rightly.
pub fn accuracy(model: &ConvNet, digits: &[Digit], device: &Device) -> f64 {
    let Batch { images, labels } = DigitBatcher.batch(digits.to_vec(), device);
    let found = model.forward(images).argmax(1).squeeze_dim(1);
    found.equal(labels).float().mean().into_scalar::<f64>()
}
