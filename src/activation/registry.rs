use core::fmt;
use core::str::FromStr;

use burn::nn::activation::{self, ActivationConfig as BurnConfig};
use burn::nn::{EluConfig, SoftplusConfig, ThresholdedReluConfig};
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::registry::{Spec, SpecError};

pub use activation::Activation;

const NAMES: &[&str] = &[
    "elu",
    "gelu",
    "identity",
    "relu",
    "sigmoid",
    "softplus",
    "softsign",
    "tanh",
    "thresholded_relu",
];

/// An activation by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ActivationConfig {
    /// Exponential linear unit.
    Elu {
        /// Scale of the negative side.
        alpha: f64,
    },
    /// Gaussian error linear unit.
    Gelu,
    /// `x`.
    Identity,
    /// `max(x, 0)`.
    Relu,
    /// Logistic function.
    Sigmoid,
    /// `ln(1 + e^x)`.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// Hyperbolic tangent.
    Tanh,
    /// `x` above the threshold, else 0.
    ThresholdedRelu {
        /// The threshold.
        alpha: f64,
    },
}

impl ActivationConfig {
    /// The names that can be parsed.
    pub fn names() -> &'static [&'static str] {
        NAMES
    }

    /// The activation.
    pub fn init(&self, device: &Device) -> Activation {
        match self {
            Self::Elu { alpha } => BurnConfig::Elu(EluConfig::new().with_alpha(*alpha)),
            Self::Gelu => BurnConfig::Gelu,
            Self::Identity => BurnConfig::Identity,
            Self::Relu => BurnConfig::Relu,
            Self::Sigmoid => BurnConfig::Sigmoid,
            Self::Softplus => BurnConfig::Softplus(SoftplusConfig::new()),
            Self::Softsign => BurnConfig::Softsign,
            Self::Tanh => BurnConfig::Tanh,
            Self::ThresholdedRelu { alpha } => {
                BurnConfig::ThresholdedRelu(ThresholdedReluConfig::new().with_alpha(*alpha))
            }
        }
        .init(device)
    }
}

impl FromStr for ActivationConfig {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut spec = Spec::parse(text)?;
        let config = match spec.name() {
            "elu" => Self::Elu {
                alpha: spec.take("alpha", 1.0),
            },
            "gelu" => Self::Gelu,
            "identity" => Self::Identity,
            "relu" => Self::Relu,
            "sigmoid" => Self::Sigmoid,
            "softplus" => Self::Softplus,
            "softsign" => Self::Softsign,
            "tanh" => Self::Tanh,
            "thresholded_relu" => Self::ThresholdedRelu {
                alpha: spec.take("alpha", 1.0),
            },
            _ => return Err(spec.unknown("activation", NAMES)),
        };
        spec.finish()?;
        Ok(config)
    }
}

impl fmt::Display for ActivationConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elu { alpha } => Spec::new("elu").with("alpha", *alpha, 1.0),
            Self::Gelu => Spec::new("gelu"),
            Self::Identity => Spec::new("identity"),
            Self::Relu => Spec::new("relu"),
            Self::Sigmoid => Spec::new("sigmoid"),
            Self::Softplus => Spec::new("softplus"),
            Self::Softsign => Spec::new("softsign"),
            Self::Tanh => Spec::new("tanh"),
            Self::ThresholdedRelu { alpha } => {
                Spec::new("thresholded_relu").with("alpha", *alpha, 1.0)
            }
        }
        .fmt(f)
    }
}
