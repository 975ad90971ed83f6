use std::fmt;
use std::str::FromStr;

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::model::MlpConfig;
use burn_extras::registry::{Range, Spec, SpecError};

use super::Kind;

/// A task as it is named, with the network that learns it: `digits(depth=20, norm=1)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub kind: Kind,
    /// Layers with weights.
    pub depth: usize,
    /// Units of a hidden layer.
    pub width: usize,
    /// Whether a layer norm stands before each activation.
    pub norm: bool,
    /// Examples to learn from.
    pub samples: usize,
    /// The share of the labels that are drawn at random; of a function, what is added to its values, in standard
    /// deviations of them.
    pub noise: f64,
    /// What all learning rates are multiplied by.
    pub rates: f64,
    /// Whether weights, gradients and the optimizer's state are `f16`.
    pub half: bool,
    pub steps: usize,
    pub batch: usize,
}

impl Task {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            depth: 5,
            width: 64,
            norm: false,
            samples: kind.samples(),
            noise: 0.0,
            rates: 1.0,
            half: false,
            steps: 600,
            batch: 64,
        }
    }

    /// The network of a candidate.
    pub fn network(&self, activation: &ActivationConfig, init: &InitConfig) -> MlpConfig {
        let (inputs, outputs) = self.kind.sizes();
        let mut widths = vec![self.width; self.depth + 1];
        (widths[0], widths[self.depth]) = (inputs, outputs);
        MlpConfig::new(widths)
            .with_activation(activation.clone())
            .with_initializer(init.clone())
            .with_norm(self.norm)
    }

    /// About how long a training takes, in any unit: its multiplications, and what each operation costs besides.
    pub fn cost(&self) -> f64 {
        let (inputs, outputs) = self.kind.sizes();
        let hidden = self.depth.saturating_sub(2) * self.width;
        let weights = self.width * (inputs + hidden + outputs);
        let halved = if self.half { 4.0 } else { 1.0 };
        self.steps as f64 * ((self.batch * weights) as f64 * halved + 3e5 * self.depth as f64)
    }
}

const NAME: &str = "Task";

impl FromStr for Task {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut spec = Spec::parse(text)?;
        let kind = Kind::named(spec.name()).ok_or_else(|| spec.unknown("task", &Kind::NAMES))?;
        let default = Self::new(kind);
        let mut count = |field: &'static str, default: usize, most: f64, range: &'static str| {
            let value = spec.take(field, default as f64);
            match (1.0..=most).contains(&value) && value.fract() == 0.0 {
                true => Ok(value as usize),
                false => Err(SpecError::out_of_range(NAME, field, value, range)),
            }
        };
        let mut task = Self {
            depth: count("depth", default.depth, 1e3, "a whole number from 1 to 1000")?,
            width: count(
                "width",
                default.width,
                1e4,
                "a whole number from 1 to 10000",
            )?,
            samples: count(
                "samples",
                default.samples,
                5e4,
                "a whole number from 1 to 50000",
            )?,
            steps: count(
                "steps",
                default.steps,
                1e6,
                "a whole number from 1 to 1000000",
            )?,
            batch: count(
                "batch",
                default.batch,
                1e4,
                "a whole number from 1 to 10000",
            )?,
            ..default.clone()
        };
        let mut number = |field: &'static str, default: f64, range: Range| {
            let value = spec.take(field, default);
            match range.contains(value) {
                true => Ok(value),
                false => Err(SpecError::out_of_range(NAME, field, value, range.words())),
            }
        };
        task.norm = number("norm", 0.0, Range::Flag)? == 1.0;
        task.noise = number("noise", default.noise, Range::Share)?;
        task.rates = number("rates", default.rates, Range::Positive)?;
        task.half = number("half", 0.0, Range::Flag)? == 1.0;
        spec.finish()?;
        Ok(task)
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = Self::new(self.kind);
        let flag = |it: bool| f64::from(u8::from(it));
        Spec::new(self.kind.name())
            .with("depth", self.depth as f64, default.depth as f64)
            .with("width", self.width as f64, default.width as f64)
            .with("norm", flag(self.norm), 0.0)
            .with("samples", self.samples as f64, default.samples as f64)
            .with("noise", self.noise, default.noise)
            .with("rates", self.rates, default.rates)
            .with("half", flag(self.half), 0.0)
            .with("steps", self.steps as f64, default.steps as f64)
            .with("batch", self.batch as f64, default.batch as f64)
            .fmt(f)
    }
}
