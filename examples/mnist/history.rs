use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use burn::train::Interrupter;
use burn::train::logger::MetricLogger;
use burn::train::metric::store::{EpochSummary, MetricsUpdate, Split};
use burn::train::metric::{MetricDefinition, MetricId, NumericEntry};

use crate::problem::Problem;

/// How an epoch went; accuracies are shares of 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Epoch {
    pub number: usize,
    pub train_loss: f64,
    pub train_accuracy: f64,
    pub validation_loss: f64,
    pub validation_accuracy: f64,
    pub seconds: f64,
}

const HEADER: &str = "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds";

impl Epoch {
    fn to_csv(&self) -> String {
        format!(
            "{},{:.6},{:.6},{:.6},{:.6},{:.3}",
            self.number,
            self.train_loss,
            self.train_accuracy,
            self.validation_loss,
            self.validation_accuracy,
            self.seconds
        )
    }

    fn from_csv(line: &str) -> Option<Self> {
        let mut fields = line.split(',');
        let number = fields.next()?.parse().ok()?;
        let mut next = || fields.next()?.parse().ok();
        Some(Self {
            number,
            train_loss: next()?,
            train_accuracy: next()?,
            validation_loss: next()?,
            validation_accuracy: next()?,
            seconds: next()?,
        })
    }
}

/// The epochs so far, shared between the training's threads.
#[derive(Clone, Default)]
pub struct History(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    epochs: Vec<Epoch>,
    diverged: Option<Diverged>,
}

/// The first step whose loss was no number.
#[derive(Clone, Copy, Debug)]
pub struct Diverged {
    pub epoch: usize,
    /// From 1; `None` in the validation.
    pub step: Option<usize>,
    pub loss: f64,
}

impl History {
    /// The first `epochs` epochs of a saved history.
    pub fn read(path: &Path, epochs: usize) -> Result<Self, Problem> {
        let problem = |what: &str| Problem(format!("{}: {what}", path.display()));
        let file = File::open(path).map_err(|error| problem(&error.to_string()))?;
        let epochs: Vec<Epoch> = BufReader::new(file)
            .lines()
            .skip(1)
            .take(epochs)
            .map_while(Result::ok)
            .map(|line| Epoch::from_csv(&line).ok_or_else(|| problem("not a history of epochs")))
            .collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Mutex::new(State {
            epochs,
            diverged: None,
        }))))
    }

    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut file = File::create(path)?;
        writeln!(file, "{HEADER}")?;
        for epoch in self.epochs() {
            writeln!(file, "{}", epoch.to_csv())?;
        }
        Ok(())
    }

    pub fn epochs(&self) -> Vec<Epoch> {
        self.state().epochs.clone()
    }

    pub fn diverged(&self) -> Option<Diverged> {
        self.state().diverged
    }

    /// The logger that fills this history, keeps its file, and stops the training when the loss
    /// is no longer a number.
    pub fn logger(&self, path: &Path, interrupter: Interrupter) -> HistoryLogger {
        HistoryLogger {
            history: self.clone(),
            path: path.to_path_buf(),
            interrupter,
            names: HashMap::new(),
            epoch: Epoch::default(),
            step: 0,
            start: Instant::now(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Takes the metrics of a training into a [`History`].
pub struct HistoryLogger {
    history: History,
    path: std::path::PathBuf,
    interrupter: Interrupter,
    names: HashMap<MetricId, String>,
    epoch: Epoch,
    step: usize,
    start: Instant,
}

impl MetricLogger for HistoryLogger {
    fn log(&mut self, update: MetricsUpdate, epoch: usize, split: &Split) {
        let training = *split == Split::Train;
        let mut is_step = false;
        for metric in update.entries_numeric {
            let Some(name) = self.names.get(&metric.entry.metric_id) else {
                continue;
            };
            match metric.numeric_entry {
                Some(NumericEntry::Final(value)) => match (name.as_str(), training) {
                    ("Loss", true) => self.epoch.train_loss = value,
                    ("Loss", false) => self.epoch.validation_loss = value,
                    ("Accuracy", true) => self.epoch.train_accuracy = value / 100.0,
                    ("Accuracy", false) => self.epoch.validation_accuracy = value / 100.0,
                    _ => {}
                },
                Some(entry) if name == "Loss" => {
                    is_step = true;
                    let loss = entry.current();
                    let mut state = self.history.state();
                    if !loss.is_finite() && state.diverged.is_none() {
                        state.diverged = Some(Diverged {
                            epoch,
                            step: training.then_some(self.step + 1),
                            loss,
                        });
                        self.interrupter.stop(Some("the loss is not a number"));
                    }
                }
                _ => {}
            }
        }
        if is_step {
            self.step += 1;
        }
    }

    fn log_epoch_summary(&mut self, summary: EpochSummary) {
        self.step = 0;
        if summary.split != Split::Valid {
            return;
        }
        let mut epoch = std::mem::take(&mut self.epoch);
        epoch.number = summary.epoch_number;
        epoch.seconds = self.start.elapsed().as_secs_f64();
        self.start = Instant::now();
        self.history.state().epochs.push(epoch);
        if let Err(error) = self.history.write(&self.path) {
            let error =
                std::io::Error::new(error.kind(), format!("{}: {error}", self.path.display()));
            self.interrupter.stop(Some(&error.to_string()));
        }
    }

    fn log_metric_definition(&mut self, definition: MetricDefinition) {
        self.names
            .insert(definition.metric_id, definition.name.to_string());
    }

    fn read_numeric(
        &mut self,
        _name: &str,
        _epoch: usize,
        _split: &Split,
    ) -> Result<Vec<NumericEntry>, String> {
        Ok(Vec::new())
    }
}
