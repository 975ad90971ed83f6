use std::collections::HashMap;
use std::time::Instant;

use burn::train::Interrupter;
use burn::train::logger::MetricLogger;
use burn::train::metric::store::{EpochSummary, MetricsUpdate, Split};
use burn::train::metric::{MetricDefinition, MetricId, NumericEntry};
use burn_extras::schedule::AnyScheduler;

use crate::history::{Diverged, Epoch, History};

/// Takes the metrics of a training into a [`History`], tells the schedule the validation loss, and stops
/// the training when the loss is no longer a number.
pub struct HistoryLogger {
    history: History,
    scheduler: AnyScheduler,
    interrupter: Interrupter,
    names: HashMap<MetricId, String>,
    epoch: Epoch,
    step: usize,
    start: Instant,
}

impl HistoryLogger {
    pub fn new(history: History, scheduler: AnyScheduler, interrupter: Interrupter) -> Self {
        Self {
            history,
            scheduler,
            interrupter,
            names: HashMap::new(),
            epoch: Epoch::default(),
            step: 0,
            start: Instant::now(),
        }
    }

    /// Keeps the value of a whole epoch.
    fn keep(&mut self, name: &str, training: bool, value: f64) {
        // Without images there is no mean of them.
        let validation = (!value.is_nan()).then_some(value);
        match (name, training) {
            ("Loss", true) => self.epoch.train_loss = value,
            ("Loss", false) => self.epoch.validation_loss = validation,
            ("Accuracy", true) => self.epoch.train_accuracy = value / 100.0,
            ("Accuracy", false) => self.epoch.validation_accuracy = validation.map(|it| it / 100.0),
            _ => {}
        }
    }
}

impl MetricLogger for HistoryLogger {
    fn log(&mut self, update: MetricsUpdate, epoch: usize, split: &Split) {
        let training = *split == Split::Train;
        let mut is_step = false;
        for metric in update.entries_numeric {
            let Some(name) = self.names.get(&metric.entry.metric_id).cloned() else {
                continue;
            };
            match metric.numeric_entry {
                Some(NumericEntry::Final(value)) => self.keep(&name, training, value),
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
                        self.interrupter.stop(None);
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
        if summary.split != Split::Valid || self.history.diverged().is_some() {
            return;
        }
        let mut epoch = std::mem::take(&mut self.epoch);
        epoch.number = summary.epoch_number;
        epoch.seconds = self.start.elapsed().as_secs_f64();
        self.start = Instant::now();
        if let Some(loss) = epoch.validation_loss {
            self.scheduler.report(loss);
        }
        self.history.state().epochs.push(epoch);
    }

    fn log_metric_definition(&mut self, definition: MetricDefinition) {
        self.names
            .insert(definition.metric_id, definition.name.to_string());
    }

    fn read_numeric(
        &mut self,
        name: &str,
        epoch: usize,
        split: &Split,
    ) -> Result<Vec<NumericEntry>, String> {
        let epochs = self.history.epochs();
        let epoch = epochs.iter().find(|it| it.number == epoch);
        let value = epoch.and_then(|epoch| match (name, split) {
            ("Loss", Split::Valid) => epoch.validation_loss,
            ("Loss", Split::Train) => Some(epoch.train_loss),
            ("Accuracy", Split::Valid) => epoch.validation_accuracy.map(|it| 100.0 * it),
            ("Accuracy", Split::Train) => Some(100.0 * epoch.train_accuracy),
            _ => None,
        });
        Ok(value.map(NumericEntry::Final).into_iter().collect())
    }
}
