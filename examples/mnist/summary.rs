use serde::Serialize;

use crate::config::RunConfig;
use crate::ending::Ending;
use crate::evaluate::Evaluation;
use crate::fingerprint::Fingerprint;
use crate::history::Epoch;

/// What a run came to, with every setting of it.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    ended: String,
    epochs_done: usize,
    /// The epoch whose network was tested and saved.
    epoch_of_network: usize,
    device: &'a str,
    #[serde(flatten)]
    config: &'a RunConfig,
    train_loss: f64,
    train_accuracy: f64,
    validation_loss: Option<f64>,
    validation_accuracy: Option<f64>,
    test_loss: f64,
    test_accuracy: f64,
    /// That of `model.bpk`.
    model_checksum: Fingerprint,
    /// With the validation after each epoch.
    training_seconds: f64,
    steps_per_second: f64,
}

/// What the network of an epoch makes of each set of images.
pub struct Outcome {
    pub epoch: usize,
    pub train: Evaluation,
    /// `None` without validation images.
    pub validation: Option<Evaluation>,
    pub test: Evaluation,
    /// The network as a file.
    pub model: Vec<u8>,
}

impl<'a> Summary<'a> {
    /// `steps`: how many an epoch has.
    pub fn new(
        config: &'a RunConfig,
        device: &'a str,
        ending: &Ending,
        outcome: &Outcome,
        epochs: &[Epoch],
        steps: usize,
    ) -> Self {
        let seconds = epochs.iter().map(|epoch| epoch.seconds).sum();
        let validation = outcome.validation.as_ref();
        Self {
            ended: ending.to_string(),
            epochs_done: epochs.len(),
            epoch_of_network: outcome.epoch,
            device,
            config,
            train_loss: outcome.train.loss,
            train_accuracy: outcome.train.accuracy(),
            validation_loss: validation.map(|it| it.loss),
            validation_accuracy: validation.map(Evaluation::accuracy),
            test_loss: outcome.test.loss,
            test_accuracy: outcome.test.accuracy(),
            model_checksum: Fingerprint::of(&outcome.model),
            training_seconds: seconds,
            steps_per_second: (steps * epochs.len()) as f64 / seconds,
        }
    }

    /// The summary to read.
    pub fn report(&self, test: &Evaluation) -> String {
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        let validation = match self.validation_accuracy {
            Some(accuracy) => format!(", validation {}", percent(accuracy)),
            None => String::new(),
        };
        format!(
            "\ntest accuracy {} ({} of {}), training {}{validation}\n\
             trained for {:.1} s, {:.0} steps a second\n\n\
             test images: each row is a digit, the columns are what it was taken for\n{}\n",
            percent(self.test_accuracy),
            test.confusion.correct(),
            test.confusion.total(),
            percent(self.train_accuracy),
            self.training_seconds,
            self.steps_per_second,
            test.confusion
        )
    }
}
