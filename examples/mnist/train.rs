use std::io::IsTerminal;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use burn::data::dataloader::{DataLoader, DataLoaderBuilder};
use burn::data::dataset::Dataset;
use burn::module::Module;
use burn::store::ModuleRecord;
use burn::tensor::Device;
use burn::train::checkpoint::KeepLastNCheckpoints;
use burn::train::metric::{AccuracyMetric, LossMetric};
use burn::train::{Interrupter, Learner, SupervisedTraining};
use burn_extras::model::Mlp;

use crate::batch::{DigitBatcher, EpochLoader};
use crate::classifier::Classifier;
use crate::config::RunConfig;
use crate::data::Digits;
use crate::history::History;
use crate::plain::PlainRenderer;
use crate::problem::Problem;
use crate::run_folder::RunFolder;
use crate::schedule::Rate;

/// A training, ready to go: everything that can be wrong has been checked.
pub struct Training<'a> {
    pub config: &'a RunConfig,
    pub folder: &'a RunFolder,
    pub device: &'a Device,
    pub train: Digits,
    pub validation: Digits,
    pub history: History,
    /// Epochs that a resumed run has behind it.
    pub done: usize,
    pub plain: bool,
}

impl Training<'_> {
    /// Trains, and returns the network on the plain device.
    pub fn run(self) -> Result<Mlp, Problem> {
        let config = self.config;
        let device = self.device.clone().autodiff();
        let model = Classifier {
            network: config
                .network()
                .init(&device)
                .load_record(initial_network(config, &self.train)?.into_record()),
        };
        if self.done == self.config.epochs {
            return self.finished(model);
        }
        let steps = self.train.len().div_ceil(config.batch_size);
        let rate = Rate {
            schedule: config.schedule,
            lr: config.lr,
            step: steps * self.done,
            steps: steps * config.epochs,
        };
        let learner = Learner::new(model, config.optimizer.init(), rate);

        let train = EpochLoader::new(
            self.train.clone(),
            config.batch_size,
            config.seed,
            self.done + 1,
        );
        let validation = DataLoaderBuilder::new(DigitBatcher)
            .batch_size(config.batch_size)
            .build(self.validation.clone());
        let interrupter = Interrupter::new();
        let logger = self
            .history
            .logger(&self.folder.history(), interrupter.clone());
        let mut training = SupervisedTraining::new(self.folder.path(), Arc::new(train), validation)
            .metrics((LossMetric::new(), AccuracyMetric::new()))
            .with_metric_logger(logger)
            .with_interrupter(interrupter)
            .with_default_checkpointers()
            // Two, so that a run that is killed while it saves can still be resumed.
            .with_checkpointing_strategy(KeepLastNCheckpoints::new(2))
            .num_epochs(self.config.epochs);
        if self.done > 0 {
            training = training.checkpoint(self.done);
        }
        if self.plain || !std::io::stdout().is_terminal() {
            training = training
                .renderer(Box::new(PlainRenderer::new()))
                .with_application_logger(None);
        }

        // The dashboard ends a training that its user kills with a panic.
        let result = catch_unwind(AssertUnwindSafe(|| training.launch(learner)))
            .map_err(|_| self.stopped("the training was killed"))?;
        // The dashboard holds the terminal until its renderer is gone.
        drop(result.renderer);
        if let Some(diverged) = self.history.diverged() {
            let step = match diverged.step {
                Some(step) => format!("step {step} of epoch {}", diverged.epoch),
                None => format!("the validation of epoch {}", diverged.epoch),
            };
            return Err(Problem(format!(
                "the loss became {} in {step}: try a smaller --lr (it is {}), another --optimizer or another --init",
                diverged.loss, config.lr
            )));
        }
        if let Some(error) = result.error {
            return Err(self.stopped(&error.to_string()));
        }
        if self.history.epochs().len() < self.config.epochs {
            let reason = result.interrupted.and_then(|it| it.reason);
            return Err(self.stopped(&reason.unwrap_or("the training was stopped".into())));
        }
        Ok(result.model.network)
    }

    /// The network of a run that has no epoch left to train.
    fn finished(&self, model: Classifier) -> Result<Mlp, Problem> {
        let path = self.folder.checkpoint_model(self.done);
        let record = load(&path)?;
        let model = model
            .try_load_record(record)
            .map_err(|error| Problem(format!("{}: {error}", path.display())))?;
        Ok(model.valid().network)
    }

    fn stopped(&self, why: &str) -> Problem {
        let epochs = self.history.epochs().len();
        Problem(match epochs {
            0 => format!("{why} before the first epoch was over"),
            _ => format!(
                "{why} after epoch {epochs}: --resume --out {} continues from there",
                self.folder.path().display()
            ),
        })
    }
}

/// The network before its training, drawn on the CPU so that a seed means the same on every device.
pub fn initial_network(config: &RunConfig, train: &Digits) -> Result<Mlp, Problem> {
    let device = Device::flex();
    device.seed(config.seed);
    let network = config.network().init(&device);
    let batches =
        EpochLoader::new(train.clone(), config.batch_size, config.seed, 1).to_device(&device);
    let first = batches.iter().next().transpose();
    Ok(match first.map_err(|error| Problem(error.to_string()))? {
        Some(batch) => config.init.fit(network, batch.images),
        None => network,
    })
}

fn load(path: &Path) -> Result<ModuleRecord, Problem> {
    ModuleRecord::load(path).map_err(|error| Problem(format!("{}: {error}", path.display())))
}
