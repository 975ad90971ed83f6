use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};
use burn::optim::LearningRate;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// How the learning rate moves over the epochs.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// In a straight line from its value to zero.
    Linear,
    /// Not at all.
    Constant,
}

impl std::fmt::Display for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Linear => "linear",
            Self::Constant => "constant",
        })
    }
}

/// The learning rate of each step.
///
/// Burn's linear scheduler refuses rates above 1, which Adadelta starts from. This one knows its
/// step from the epochs that lie behind, so a checkpoint need not hold it.
#[derive(Clone, Debug)]
pub struct Rate {
    pub schedule: Schedule,
    pub lr: LearningRate,
    pub step: usize,
    pub steps: usize,
}

impl LrScheduler for Rate {
    fn step(&mut self) -> LearningRate {
        let left = 1.0 - self.step as f64 / self.steps as f64;
        self.step += 1;
        match self.schedule {
            Schedule::Linear => self.lr * left,
            Schedule::Constant => self.lr,
        }
    }

    fn to_record(&self) -> LrSchedulerRecord {
        LrSchedulerRecord::new()
    }

    fn load_record(&mut self, _record: LrSchedulerRecord) {}
}
