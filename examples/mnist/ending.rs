use std::fmt;

use crate::config::RunConfig;
use crate::history::{Diverged, History};
use crate::signal::Signal;

/// How a training ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// With its last epoch.
    Finished,
    /// Early stopping: too many epochs without a better validation loss.
    OutOfPatience,
    /// By a signal.
    Signal(Signal),
    /// By a key of the dashboard.
    Dashboard,
    /// With a loss that is not a number.
    Diverged(Diverged),
    /// By something that went wrong.
    Failed(String),
}

impl Ending {
    /// How a run ended that has nothing left to train.
    pub fn of_complete(config: &RunConfig, history: &History) -> Option<Self> {
        if history.epochs().len() == config.epochs {
            return Some(Self::Finished);
        }
        history
            .is_stuck(config.patience)
            .then_some(Self::OutOfPatience)
    }

    /// The exit status of the program where nothing went wrong.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Signal(signal) => signal.exit_status(),
            _ => 0,
        }
    }

    /// What went wrong and what to do about it, if anything did.
    pub fn problem(&self, lr: f64) -> Option<String> {
        match self {
            Self::Diverged(diverged) => Some(format!(
                "{diverged}: try a smaller --lr (it is {lr}), another --optimizer or another --init"
            )),
            Self::Failed(why) => Some(format!("the training failed: {why}")),
            _ => None,
        }
    }
}

/// The few words that `summary.json` has for it.
impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished => f.write_str("finished"),
            Self::OutOfPatience => f.write_str("early stopping"),
            Self::Signal(signal) => write!(f, "stopped by {signal}"),
            Self::Dashboard => f.write_str("stopped in the dashboard"),
            Self::Diverged(_) => f.write_str("diverged"),
            Self::Failed(_) => f.write_str("failed"),
        }
    }
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the loss became {} in ", self.loss)?;
        match self.step {
            Some(step) => write!(f, "step {step} of epoch {}", self.epoch),
            None => write!(f, "the validation of epoch {}", self.epoch),
        }
    }
}
