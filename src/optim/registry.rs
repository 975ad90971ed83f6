use core::fmt;
use core::str::FromStr;

use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdaGradConfig, AdamConfig, ModuleOptimizer, RmsPropConfig, SgdConfig};
use serde::{Deserialize, Serialize};

use crate::registry::{Spec, SpecError};

const NAMES: &[&str] = &["adagrad", "adam", "momentum", "nesterov", "rmsprop", "sgd"];

/// An optimizer by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OptimizerConfig {
    /// Divides by the root of the sum of squared gradients.
    Adagrad,
    /// Momentum and RMSProp together.
    Adam {
        /// Decay of the first moment.
        beta_1: f64,
    },
    /// Gradient descent with momentum.
    Momentum {
        /// Decay of the velocity.
        momentum: f64,
    },
    /// Gradient descent with Nesterov's momentum.
    Nesterov {
        /// Decay of the velocity.
        momentum: f64,
    },
    /// Divides by the root of the mean of squared gradients.
    Rmsprop,
    /// Gradient descent.
    Sgd,
}

impl OptimizerConfig {
    /// The names that can be parsed.
    pub fn names() -> &'static [&'static str] {
        NAMES
    }

    /// The learning rate to use when none is given.
    pub fn default_lr(&self) -> f64 {
        match self {
            Self::Adam { .. } | Self::Rmsprop => 1e-3,
            Self::Adagrad | Self::Momentum { .. } | Self::Nesterov { .. } | Self::Sgd => 1e-2,
        }
    }

    /// The optimizer.
    pub fn init(&self) -> ModuleOptimizer {
        let momentum = |momentum, nesterov| {
            let momentum = MomentumConfig::new()
                .with_momentum(momentum)
                .with_dampening(0.0)
                .with_nesterov(nesterov);
            SgdConfig::new().with_momentum(Some(momentum)).init()
        };
        match self {
            Self::Adagrad => AdaGradConfig::new().init(),
            Self::Adam { beta_1 } => AdamConfig::new()
                .with_beta_1(*beta_1 as f32)
                .with_epsilon(1e-8)
                .init(),
            Self::Momentum { momentum: m } => momentum(*m, false),
            Self::Nesterov { momentum: m } => momentum(*m, true),
            Self::Rmsprop => RmsPropConfig::new().with_momentum(0.0).init(),
            Self::Sgd => SgdConfig::new().init(),
        }
    }
}

impl FromStr for OptimizerConfig {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut spec = Spec::parse(text)?;
        let config = match spec.name() {
            "adagrad" => Self::Adagrad,
            "adam" => Self::Adam {
                beta_1: spec.take("beta_1", 0.9),
            },
            "momentum" => Self::Momentum {
                momentum: spec.take("momentum", 0.9),
            },
            "nesterov" => Self::Nesterov {
                momentum: spec.take("momentum", 0.9),
            },
            "rmsprop" => Self::Rmsprop,
            "sgd" => Self::Sgd,
            _ => return Err(spec.unknown("optimizer", NAMES)),
        };
        spec.finish()?;
        Ok(config)
    }
}

impl fmt::Display for OptimizerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Adagrad => Spec::new("adagrad"),
            Self::Adam { beta_1 } => Spec::new("adam").with("beta_1", *beta_1, 0.9),
            Self::Momentum { momentum } => Spec::new("momentum").with("momentum", *momentum, 0.9),
            Self::Nesterov { momentum } => Spec::new("nesterov").with("momentum", *momentum, 0.9),
            Self::Rmsprop => Spec::new("rmsprop"),
            Self::Sgd => Spec::new("sgd"),
        }
        .fmt(f)
    }
}
