use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::model::MlpConfig;
use burn_extras::optim::OptimizerConfig;
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
    pub lr: f64,
    pub schedule: Schedule,
    pub batch_size: usize,
    pub epochs: usize,
    pub seed: u64,
    pub train_samples: Option<usize>,
    pub validation: usize,
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
