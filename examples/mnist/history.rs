use std::sync::{Arc, Mutex, MutexGuard};

use serde::{Deserialize, Serialize};

/// How an epoch went; accuracies are shares of 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    pub number: usize,
    pub train_loss: f64,
    pub train_accuracy: f64,
    /// `None` without validation images, as is the accuracy.
    pub validation_loss: Option<f64>,
    pub validation_accuracy: Option<f64>,
    pub seconds: f64,
}

const HEADER: &str = "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds";

impl Epoch {
    /// To the last digit.
    fn to_csv(&self) -> String {
        let text = |value: Option<f64>| value.map(|it| it.to_string()).unwrap_or_default();
        let numbers = [
            Some(self.train_loss),
            Some(self.train_accuracy),
            self.validation_loss,
            self.validation_accuracy,
            Some(self.seconds),
        ];
        format!("{},{}\n", self.number, numbers.map(text).join(","))
    }
}

/// The epochs so far and what went wrong, shared between the training's threads.
#[derive(Clone, Default)]
pub struct History(Arc<Mutex<State>>);

#[derive(Default)]
pub struct State {
    pub epochs: Vec<Epoch>,
    pub diverged: Option<Diverged>,
}

/// The first step whose loss was no number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diverged {
    pub epoch: usize,
    /// From 1; `None` in the validation.
    pub step: Option<usize>,
    pub loss: f64,
}

impl History {
    pub fn of(epochs: Vec<Epoch>) -> Self {
        let history = Self::default();
        history.state().epochs = epochs;
        history
    }

    /// The history for people, and for a spreadsheet.
    pub fn to_csv(&self) -> String {
        let rows = self.epochs().iter().map(Epoch::to_csv).collect::<String>();
        format!("{HEADER}\n{rows}")
    }

    pub fn epochs(&self) -> Vec<Epoch> {
        self.state().epochs.clone()
    }

    /// Forgets all but the first `epochs` epochs.
    pub fn keep(&self, epochs: usize) {
        self.state().epochs.truncate(epochs);
    }

    pub fn diverged(&self) -> Option<Diverged> {
        self.state().diverged
    }

    /// The epoch with the lowest validation loss; `None` where there is none to compare.
    pub fn best(&self) -> Option<usize> {
        let state = self.state();
        let losses = state.epochs.iter().filter_map(|epoch| {
            let loss = epoch.validation_loss?;
            Some((epoch.number, loss))
        });
        losses
            .min_by(|(_, one), (_, other)| one.total_cmp(other))
            .map(|(number, _)| number)
    }

    /// Whether the last `patience` epochs brought no better validation loss.
    pub fn is_stuck(&self, patience: Option<usize>) -> bool {
        let epochs = self.state().epochs.len();
        match (patience, self.best()) {
            (Some(patience), Some(best)) => epochs - best >= patience,
            _ => false,
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
