use std::fmt::Write;

use serde::Serialize;

use crate::config::RunConfig;
use crate::evaluate::Confusion;

/// What a run came to.
#[derive(Debug, Serialize)]
pub struct Summary {
    device: String,
    activation: String,
    optimizer: String,
    init: String,
    hidden: Vec<usize>,
    epochs: usize,
    seed: u64,
    train_accuracy: f64,
    validation_accuracy: f64,
    test_accuracy: f64,
    training_seconds: f64,
    steps_per_second: f64,
}

impl Summary {
    pub fn new(config: &RunConfig, device: &str) -> Self {
        Self {
            device: device.to_string(),
            activation: config.activation.to_string(),
            optimizer: config.optimizer.to_string(),
            init: config.init.to_string(),
            hidden: config.hidden.clone(),
            epochs: config.epochs,
            seed: config.seed,
            train_accuracy: f64::NAN,
            validation_accuracy: f64::NAN,
            test_accuracy: f64::NAN,
            training_seconds: f64::NAN,
            steps_per_second: f64::NAN,
        }
    }

    pub fn with_accuracies(mut self, train: f64, validation: f64, test: f64) -> Self {
        self.train_accuracy = train;
        self.validation_accuracy = validation;
        self.test_accuracy = test;
        self
    }

    /// `seconds` include the validation after each epoch.
    pub fn with_speed(mut self, seconds: f64, steps: usize) -> Self {
        self.training_seconds = seconds;
        self.steps_per_second = steps as f64 / seconds;
        self
    }

    /// The summary to read.
    pub fn report(&self, test: &Confusion) -> String {
        let mut text = String::new();
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        writeln!(
            text,
            "\ntest accuracy {} ({} of {}), training {}, validation {}",
            percent(self.test_accuracy),
            test.correct(),
            test.total(),
            percent(self.train_accuracy),
            percent(self.validation_accuracy)
        )
        .and_then(|()| {
            writeln!(
                text,
                "trained for {:.1} s, {:.0} steps a second\n",
                self.training_seconds, self.steps_per_second
            )
        })
        .and_then(|()| {
            writeln!(
                text,
                "test images: each row is a digit, the columns are what it was taken for\n{test}"
            )
        })
        .expect("a String can be written");
        text
    }
}
