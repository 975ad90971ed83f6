use std::f64::consts::PI;

use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};
use burn::optim::LearningRate;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// How the learning rate moves over the steps of a training.
///
/// In the formulas `t` is the step, from 0, `T` how many steps there are; both without those of the
/// warm-up.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Not at all: lr
    Constant,
    /// In a straight line to zero: lr (1 - t/T)
    Linear,
    /// Along half a cosine to zero: lr (1 + cos(pi t/T)) / 2
    Cosine,
    /// Up and down along cosines, as PyTorch's OneCycleLR: from lr/25 to lr in the first 30 % of the steps,
    /// then down to lr/250000; the momentum does not move
    OneCycle,
    /// Warm-up, stable, decay: in a straight line to zero in the last fifth of the steps,
    /// lr min(1, 5 (1 - t/T)); --warmup is a tenth of the epochs unless given
    Wsd,
}

impl Schedule {
    /// The share of the learning rate that step `t` of `steps` is done with.
    fn share(self, t: f64, steps: f64) -> f64 {
        let left = 1.0 - t / steps;
        match self {
            Self::Constant => 1.0,
            Self::Linear => left,
            Self::Cosine => half_cosine(1.0, 0.0, t / steps),
            Self::OneCycle => {
                let peak = 0.3 * steps - 1.0;
                if t <= peak {
                    half_cosine(START, 1.0, t / peak)
                } else {
                    half_cosine(1.0, START / 1e4, (t - peak) / (steps - 1.0 - peak))
                }
            }
            Self::Wsd => (5.0 * left).min(1.0),
        }
    }

    /// The epochs of warm-up, where nobody says how many.
    pub fn default_warmup(self, epochs: usize) -> f64 {
        match self {
            Self::Wsd => epochs as f64 / 10.0,
            _ => 0.0,
        }
    }
}

/// Where one-cycle starts, as a share of its largest rate.
const START: f64 = 1.0 / 25.0;

/// From `from` to `to` as the cosine goes from 1 to -1.
fn half_cosine(from: f64, to: f64, share: f64) -> f64 {
    to + (from - to) / 2.0 * (1.0 + (PI * share).cos())
}

impl std::fmt::Display for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.to_possible_value().expect("no schedule is hidden");
        f.write_str(name.get_name())
    }
}

/// The learning rate of each step.
///
/// Burn's schedulers refuse rates above 1, which Adadelta starts from. This one knows its step from
/// the epochs that lie behind, so a checkpoint need not hold it.
#[derive(Clone, Debug)]
pub struct Rate {
    pub schedule: Schedule,
    pub lr: LearningRate,
    /// Steps of the warm-up, in which the rate rises to `lr`; the schedule starts after them.
    pub warmup: usize,
    /// The step that comes next, from 0.
    pub step: usize,
    /// Steps in all, with the warm-up.
    pub steps: usize,
}

impl Rate {
    /// The learning rate of `step`: `lr (step + 1) / warmup` up to the end of the warm-up, so that
    /// no step is done with a rate of zero, then the schedule's.
    pub fn at(&self, step: usize) -> LearningRate {
        match step.checked_sub(self.warmup) {
            None => self.lr * (step + 1) as f64 / self.warmup as f64,
            Some(t) => {
                let steps = self.steps - self.warmup;
                self.lr * self.schedule.share(t as f64, steps as f64)
            }
        }
    }
}

impl LrScheduler for Rate {
    fn step(&mut self) -> LearningRate {
        let rate = self.at(self.step);
        self.step += 1;
        rate
    }

    fn to_record(&self) -> LrSchedulerRecord {
        LrSchedulerRecord::new()
    }

    fn load_record(&mut self, _record: LrSchedulerRecord) {}
}
