use core::fmt;
use core::str::FromStr;

use burn::module::{Module, ModuleMapper, Param};
use burn::nn::Initializer;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::registry::{Spec, SpecError};

const NAMES: &[&str] = &["he", "normal", "xavier"];

/// An initialiser by name: draws the weights of every layer, and sets the biases to zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum InitConfig {
    /// N(0, 2 / fan in).
    He,
    /// N(0, std^2).
    Normal {
        /// The standard deviation.
        std: f64,
    },
    /// N(0, 2 / (fan in + fan out)).
    Xavier,
}

impl InitConfig {
    /// The names that can be parsed.
    pub fn names() -> &'static [&'static str] {
        NAMES
    }

    /// The module with its linear layers drawn anew.
    pub fn apply<M: Module>(&self, module: M) -> M {
        struct Draw(Initializer);
        impl ModuleMapper for Draw {
            fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
                let shape = param.lazy_shape();
                let device = param.lazy_device();
                let initializer = match D {
                    1 => &Initializer::Zeros,
                    _ => &self.0,
                };
                let (fan_in, fan_out) = (shape[0], shape[D - 1]);
                initializer.init_with(shape, Some(fan_in), Some(fan_out), &device)
            }
        }
        module.map(&mut Draw(match self {
            Self::He => Initializer::KaimingNormal {
                gain: 2f64.sqrt(),
                fan_out_only: false,
            },
            Self::Normal { std } => Initializer::Normal {
                mean: 0.0,
                std: *std,
            },
            Self::Xavier => Initializer::XavierNormal { gain: 1.0 },
        }))
    }
}

impl FromStr for InitConfig {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut spec = Spec::parse(text)?;
        let config = match spec.name() {
            "he" => Self::He,
            "normal" => Self::Normal {
                std: spec.take("std", 0.01),
            },
            "xavier" => Self::Xavier,
            _ => return Err(spec.unknown("initializer", NAMES)),
        };
        spec.finish()?;
        Ok(config)
    }
}

impl fmt::Display for InitConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::He => Spec::new("he"),
            Self::Normal { std } => Spec::new("normal").with("std", *std, 0.01),
            Self::Xavier => Spec::new("xavier"),
        }
        .fmt(f)
    }
}
