use std::time::Instant;

use burn::train::logger::{EvaluationProgressLogger, TrainingProgressLogger};
use burn::train::metric::{MetricDefinition, MetricId, NumericEntry};
use burn::train::renderer::{
    EvaluationName, MetricState, MetricsRenderer, MetricsRendererEvaluation,
    MetricsRendererTraining,
};

use crate::print::say;
use crate::wait::Progress;

/// One line an epoch on stdout, for logs and pipes; the progress of long epochs on stderr.
pub struct PlainRenderer {
    names: Vec<(MetricId, String)>,
    epoch: usize,
    epochs: usize,
    started: Instant,
    progress: Option<Progress>,
    values: [f64; 4],
    is_validated: bool,
}

impl PlainRenderer {
    pub fn new() -> Self {
        Self {
            names: Vec::new(),
            epoch: 1,
            epochs: 0,
            started: Instant::now(),
            progress: None,
            values: [f64::NAN; 4],
            is_validated: true,
        }
    }

    /// Keeps the value of a whole epoch: loss and accuracy of the training, then of the validation.
    fn keep(&mut self, state: MetricState, offset: usize) {
        if let MetricState::Numeric(entry, Some(NumericEntry::Final(value))) = state {
            let name = self.names.iter().find(|(id, _)| *id == entry.metric_id);
            match name.map(|(_, name)| name.as_str()) {
                Some("Loss") => self.values[offset] = value,
                Some("Accuracy") => self.values[offset + 1] = value,
                _ => {}
            }
        }
    }
}

impl MetricsRendererTraining for PlainRenderer {
    fn update_train(&mut self, state: MetricState) {
        self.keep(state, 0);
    }

    fn update_valid(&mut self, state: MetricState) {
        self.keep(state, 2);
    }
}

impl TrainingProgressLogger for PlainRenderer {
    fn start(
        &mut self,
        total_epochs: usize,
        starting_epoch: usize,
        _total_items: Option<usize>,
        _label: Option<&str>,
    ) {
        self.epochs = total_epochs;
        self.epoch = starting_epoch;
        self.started = Instant::now();
    }

    fn start_split(&mut self, split: &str, total_items: usize) {
        let part = match split {
            "train" => "training",
            _ => {
                self.is_validated = total_items > 0;
                "validation"
            }
        };
        let what = format!("epoch {:2}/{}  {part}", self.epoch, self.epochs);
        self.progress = Some(Progress::new(what, total_items));
    }

    fn update_split(&mut self, items_processed: usize) {
        if let Some(progress) = &self.progress {
            progress.set(items_processed);
        }
    }

    fn end_split(&mut self) {
        self.progress = None;
    }

    fn update_epoch(&mut self, epoch: usize) {
        let [loss, accuracy, validation_loss, validation_accuracy] = self.values;
        let validation = match self.is_validated {
            true => format!(
                "  validation loss {validation_loss:.4}  accuracy {validation_accuracy:5.2} %"
            ),
            false => String::new(),
        };
        say(format_args!(
            "epoch {epoch:2}/{}  loss {loss:.4}  accuracy {accuracy:5.2} %{validation}  {:.1} s",
            self.epochs,
            self.started.elapsed().as_secs_f64()
        ));
        self.epoch = epoch + 1;
        self.started = Instant::now();
    }

    fn end(&mut self) {}

    fn log_event_training(&mut self, _event: String) {}
}

impl MetricsRenderer for PlainRenderer {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.names
            .push((definition.metric_id, definition.name.to_string()));
    }
}

// The test set is evaluated apart from Burn's evaluator, so these are never called.

impl MetricsRendererEvaluation for PlainRenderer {
    fn update_test(&mut self, _name: EvaluationName, _state: MetricState) {}
}

impl EvaluationProgressLogger for PlainRenderer {
    fn start_global_progress(&mut self, _total_tests: usize) {}

    fn start_test(&mut self, _name: &str, _total_items: usize) {}

    fn update_test_progress(&mut self, _items_processed: usize) {}

    fn end_test(&mut self) {}

    fn end_global_progress(&mut self) {}

    fn log_event_evaluation(&mut self, _event: String) {}
}
