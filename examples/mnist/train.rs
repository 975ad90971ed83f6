use std::any::Any;
use std::io::IsTerminal;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderBuilder};
use burn::module::Module;
use burn::tensor::Device;
use burn::train::metric::{AccuracyMetric, LossMetric};
use burn::train::{Interrupter, Learner, LearningResult, SupervisedTraining};
use burn_extras::model::Mlp;
use burn_extras::schedule::AnyScheduler;
use burn_extras::train::{EpochLoader, with_parameter_ids};

use crate::batch::{DigitBatch, DigitBatcher};
use crate::checkpoints::Checkpoints;
use crate::classifier::Classifier;
use crate::config::RunConfig;
use crate::data::{Digit, Digits};
use crate::device::Choice;
use crate::ending::Ending;
use crate::fingerprint::Fingerprint;
use crate::history::History;
use crate::logger::HistoryLogger;
use crate::part::Part;
use crate::plain::PlainRenderer;
use crate::problem::Problem;
use crate::run_folder::RunFolder;
use crate::share::Shared;
use crate::sharing::Sharing;
use crate::signal::Signals;
use crate::strategy::{Every, Patience};
use crate::terminal::Terminal;

/// A training, ready to go: everything that can be wrong has been checked.
pub struct Training<'a> {
    pub config: &'a RunConfig,
    pub folder: &'a RunFolder,
    pub device: &'a Choice,
    pub sharing: Sharing,
    pub train: Digits,
    pub validation: Digits,
    /// That of all images.
    pub data: Fingerprint,
    /// At its first step; a resumed run finds its place in the checkpoint.
    pub scheduler: AnyScheduler,
    pub history: History,
    /// Epochs that a resumed run has behind it.
    pub done: usize,
    pub plain: bool,
}

impl Training<'_> {
    /// Trains until the end, whichever it is; what it came to lies in the checkpoints.
    ///
    /// An epoch that was stopped before it was over does not count, and leaves no trace.
    pub fn run(self) -> Result<Ending, Problem> {
        let learner = self.learner()?;
        let interrupter = Interrupter::new();
        let plain = self.plain || !std::io::stdout().is_terminal();
        let terminal = || (!plain).then(Terminal::open).flatten();
        let signals = Signals::watch(interrupter.clone(), terminal())
            .map_err(|error| Problem(format!("signals cannot be watched: {error}")))?;

        let checkpoints = Checkpoints::new(
            self.folder,
            self.config,
            self.data,
            self.history.clone(),
            self.done,
        );
        let training = self.training(interrupter.clone(), &checkpoints, plain);
        // The dashboard ends a training that its user kills with a panic.
        let result = catch_unwind(AssertUnwindSafe(|| training.launch(learner)));
        let failure = match result {
            Ok(result) => failure_of(result),
            Err(panic) => {
                terminal().inspect(Terminal::show_cursor);
                Some(message(&*panic))
            }
        };

        self.history.keep(checkpoints.last());
        let failure = failure.map(|why| match why == KILLED {
            true => why,
            false => self.device.failure(why),
        });
        let failure = checkpoints.failure().or(failure);
        Ok(self.ending(failure, &signals, &interrupter))
    }

    fn learner(&self) -> Result<Learner<Classifier>, Problem> {
        let config = self.config;
        let device = self.device.device.clone().autodiff();
        let initial = initial_network(config, &self.train)?.into_record();
        let model = Classifier::new(config, config.network().init(&device).load_record(initial));
        let optimizer = config.optimizer_of(&model);
        Ok(Learner::new(model, optimizer, self.scheduler.clone()))
    }

    fn training(
        &self,
        interrupter: Interrupter,
        checkpoints: &Checkpoints,
        plain: bool,
    ) -> SupervisedTraining<Classifier> {
        let config = self.config;
        let next = self.done + 1;
        let train: Arc<dyn DataLoader<DigitBatch>> = match self.sharing.is_shared() {
            true => Arc::new(Shared::new(config, &self.train, next)),
            false => Arc::new(loader(config, &self.train).with_next_epoch(next)),
        };
        let validation = DataLoaderBuilder::new(DigitBatcher)
            .batch_size(config.batch_size)
            .set_device(self.device.device.clone())
            .build(self.validation.clone());
        let history = &self.history;
        let logger =
            HistoryLogger::new(history.clone(), self.scheduler.clone(), interrupter.clone());
        let strategy = Every {
            history: history.clone(),
        };
        let mut training = SupervisedTraining::new(self.folder.path(), train, validation)
            .metrics((LossMetric::new(), AccuracyMetric::new()))
            .with_metric_logger(logger)
            .with_interrupter(interrupter)
            .with_custom_checkpointers(
                checkpoints.of(Part::Model),
                checkpoints.of(Part::Optimizer),
                checkpoints.of(Part::Scheduler),
            )
            .with_checkpointing_strategy(strategy)
            .num_epochs(config.epochs);
        if let Some(epochs) = config.patience {
            let history = history.clone();
            training = training.early_stopping(Patience { history, epochs });
        }
        if let Some(strategy) = self.sharing.strategy(self.device) {
            training = training.with_training_strategy(strategy.into());
        }
        if self.done > 0 {
            training = training.checkpoint(self.done);
        }
        if plain {
            training = training
                .renderer(Box::new(PlainRenderer::new()))
                .with_application_logger(None);
        }
        training
    }

    fn ending(
        &self,
        failure: Option<String>,
        signals: &Signals,
        interrupter: &Interrupter,
    ) -> Ending {
        let history = &self.history;
        if let Some(diverged) = history.diverged() {
            return Ending::Diverged(diverged);
        }
        if let Some(complete) = Ending::of_complete(self.config, history) {
            return complete;
        }
        match (failure, signals.first()) {
            (Some(panic), _) if panic == KILLED => Ending::Dashboard,
            (Some(failure), _) => Ending::Failed(failure),
            (None, Some(signal)) => Ending::Signal(signal),
            // Nothing but the dashboard gives a reason.
            (None, None) if interrupter.get_message().is_some() => Ending::Dashboard,
            (None, None) => Ending::Failed("its experiment.log says why".into()),
        }
    }
}

/// What Burn's dashboard panics with when its user kills the training.
const KILLED: &str = "Killing training from user input.";

/// The error that ended a training, if one did.
fn failure_of(result: LearningResult<Classifier>) -> Option<String> {
    // The dashboard holds the terminal until its renderer is gone.
    drop(result.renderer);
    result.error.map(|error| error.to_string())
}

/// The first line of a panic's message.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let line = text.and_then(|text| text.lines().next());
    line.unwrap_or("it panicked").to_string()
}

/// The batches of a run, from its first epoch on.
pub fn loader(config: &RunConfig, digits: &Digits) -> EpochLoader<Digit, DigitBatch> {
    batches(config, digits, DigitBatcher)
}

/// The batches of a run, of whatever the batcher makes of images that may be deformed.
pub fn batches<O>(
    config: &RunConfig,
    digits: &Digits,
    batcher: impl Batcher<Digit, O> + 'static,
) -> EpochLoader<Digit, O> {
    let loader = EpochLoader::new(digits.clone(), batcher, config.batch_size, config.seed);
    if config.deform.is_none() {
        return loader;
    }
    let deformer = config.deform.deformer();
    loader
        .with_augmentation(move |digit, seed| deformer.deform(digit, seed))
        .with_workers(DEFORMERS)
}

/// Threads that deform images beside the training.
const DEFORMERS: usize = 1;

/// The network before its training, drawn on the CPU so that a seed means the same on every device.
pub fn initial_network(config: &RunConfig, train: &Digits) -> Result<Mlp, Problem> {
    let device = Device::flex();
    let batches = loader(config, train).to_device(&device);
    let first = batches.iter().next().transpose();
    // After the batch, for an epoch seeds the device as well, and weights are drawn when they are needed.
    device.seed(config.seed);
    let network = config.network().init(&device);
    let network = match first.map_err(|error| Problem(error.to_string()))? {
        Some(batch) => config.init.fit(network, batch.images),
        None => network,
    };
    Ok(with_parameter_ids(network, config.seed))
}
