use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::problem::Problem;

/// How an epoch went; accuracies are shares of 1.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// To the last digit, for a resumed run goes on with what it reads.
    fn to_csv(&self) -> String {
        let text = |value: Option<f64>| value.map(|it| it.to_string()).unwrap_or_default();
        let numbers = [
            Some(self.train_loss),
            Some(self.train_accuracy),
            self.validation_loss,
            self.validation_accuracy,
            Some(self.seconds),
        ];
        format!("{},{}", self.number, numbers.map(text).join(","))
    }

    fn from_csv(line: &str) -> Option<Self> {
        let mut fields = line.split(',');
        let number = fields.next()?.parse().ok()?;
        let mut next = || match fields.next()? {
            "" => Some(None),
            field => field.parse::<f64>().ok().map(Some),
        };
        Some(Self {
            number,
            train_loss: next()??,
            train_accuracy: next()??,
            validation_loss: next()?,
            validation_accuracy: next()?,
            seconds: next()??,
        })
    }
}

/// The epochs so far and what went wrong, shared between the training's threads.
#[derive(Clone, Default)]
pub struct History(Arc<Mutex<State>>);

#[derive(Default)]
pub struct State {
    pub epochs: Vec<Epoch>,
    pub diverged: Option<Diverged>,
    /// Why the history cannot be written.
    pub unwritable: Option<String>,
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
    /// The first `epochs` epochs of a saved history.
    pub fn read(path: &Path, epochs: usize) -> Result<Self, Problem> {
        let problem = |what: &str| Problem(format!("{}: {what}", path.display()));
        let file = File::open(path).map_err(|error| problem(&error.to_string()))?;
        let read: Vec<Epoch> = BufReader::new(file)
            .lines()
            .skip(1)
            .take(epochs)
            .map_while(Result::ok)
            .map(|line| Epoch::from_csv(&line).ok_or_else(|| problem("not a history of epochs")))
            .collect::<Result<_, _>>()?;
        if read.len() < epochs {
            return Err(problem(&format!(
                "{} epochs, where the last checkpoint is that of epoch {epochs}",
                read.len()
            )));
        }
        let history = Self::default();
        history.state().epochs = read;
        Ok(history)
    }

    /// Writes the history, and keeps the reason where that fails.
    pub fn save(&self, path: &Path) {
        if let Err(error) = self.write(path) {
            let reason = format!("{}: {error}", path.display());
            self.state().unwritable = Some(reason);
        }
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
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

    /// Forgets all but the first `epochs` epochs.
    pub fn keep(&self, epochs: usize) {
        self.state().epochs.truncate(epochs);
    }

    pub fn diverged(&self) -> Option<Diverged> {
        self.state().diverged
    }

    pub fn unwritable(&self) -> Option<String> {
        self.state().unwritable.clone()
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
