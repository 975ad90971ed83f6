use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::model::MlpConfig;
use burn_extras::optim::{AdamConfig, OptimizerConfig};
use serde::{Deserialize, Serialize};

use crate::data::{CLASSES, PIXELS};
use crate::schedule::Schedule;

/// What decides how a run goes, saved beside its results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunConfig {
    pub hidden: Vec<usize>,
    #[serde(with = "name")]
    pub activation: ActivationConfig,
    #[serde(with = "name")]
    pub optimizer: OptimizerConfig,
    #[serde(with = "name")]
    pub init: InitConfig,
    /// Whether a layer norm stands before each activation; runs of before it was an option have none.
    #[serde(default)]
    pub norm: bool,
    // Runs of before there were these have none of them.
    /// The share of its outputs that each activation loses during training.
    #[serde(default)]
    pub dropout: f64,
    pub lr: f64,
    pub schedule: Schedule,
    /// Epochs, or parts of one, in which the learning rate rises before its schedule starts.
    #[serde(default)]
    pub warmup: f64,
    /// What the norm of all gradients together is held to.
    #[serde(default)]
    pub clip: Option<f64>,
    pub batch_size: usize,
    pub epochs: usize,
    /// Epochs without a better validation loss after which the training ends.
    #[serde(default)]
    pub patience: Option<usize>,
    pub seed: u64,
    pub train_samples: Option<usize>,
    pub validation: usize,
}

impl Default for RunConfig {
    fn default() -> Self {
        let optimizer = OptimizerConfig::from(AdamConfig::new());
        Self {
            hidden: vec![100; 4],
            activation: ActivationConfig::Relu,
            lr: optimizer.default_lr(),
            optimizer,
            init: InitConfig::he(),
            norm: false,
            dropout: 0.0,
            schedule: Schedule::Linear,
            warmup: 0.0,
            clip: None,
            batch_size: 100,
            epochs: 10,
            patience: None,
            seed: 42,
            train_samples: None,
            validation: 5000,
        }
    }
}

impl RunConfig {
    /// From the pixels to the classes.
    pub fn widths(&self) -> Vec<usize> {
        let mut widths = vec![PIXELS];
        widths.extend(&self.hidden);
        widths.push(CLASSES);
        widths
    }

    /// Weights and biases, or `None` where the number itself is too large.
    pub fn parameters(&self) -> Option<usize> {
        self.widths().windows(2).try_fold(0usize, |sum, pair| {
            sum.checked_add(pair[0].checked_add(1)?.checked_mul(pair[1])?)
        })
    }

    pub fn network(&self) -> MlpConfig {
        MlpConfig::new(self.widths())
            .with_activation(self.activation.clone())
            .with_initializer(self.init.clone())
            .with_norm(self.norm)
            .with_dropout(self.dropout)
    }
}

pub fn list(widths: &[usize]) -> String {
    let widths: Vec<String> = widths.iter().map(ToString::to_string).collect();
    widths.join(",")
}

/// Configurations as the names that one types.
mod name {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}
