//! What may stand behind a flag.

use std::str::FromStr;

use burn_extras::optim::OptimizerConfig;
use burn_extras::registry::{Spec, SpecError};

/// The widths of the hidden layers.
#[derive(Clone, Debug)]
pub struct Widths(pub Vec<usize>);

impl Widths {
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self(Vec::new()));
        }
        text.split(',')
            .map(|width| positive(width.trim()))
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(|_| {
                "expected whole numbers of at least 1, like 100,100, or \"\" for no hidden layer"
                    .into()
            })
    }
}

/// An optimizer as it was asked for: its configuration no longer tells what was left out.
#[derive(Clone, Debug)]
pub struct Optimizer {
    spec: Spec,
    pub config: OptimizerConfig,
}

impl Optimizer {
    /// The optimizer with this weight decay, or `None` if it was asked for with one.
    pub fn with_weight_decay(&self, decay: f64) -> Option<Result<OptimizerConfig, SpecError>> {
        let has_one = |(name, _): &(String, f64)| DECAYS.contains(&name.as_str());
        match self.spec.params().iter().any(has_one) {
            true => None,
            false => Some(with_weight_decay(self.spec.clone(), decay)),
        }
    }
}

impl FromStr for Optimizer {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        Ok(Self {
            config: text.parse()?,
            spec: text.parse()?,
        })
    }
}

/// The parameters of an optimizer's name that are weight decay.
const DECAYS: [&str; 2] = ["weight_decay", "decoupled_weight_decay"];

/// `optimizer` with another weight decay than it has.
pub fn with_weight_decay(mut optimizer: Spec, decay: f64) -> Result<OptimizerConfig, SpecError> {
    for name in DECAYS {
        optimizer.take(name, 0.0);
    }
    let written = optimizer.with(DECAYS[0], decay, f64::NAN);
    written.to_string().parse()
}

pub fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("expected a whole number of at least 1".into()),
        Ok(number) => Ok(number),
    }
}

pub fn count(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| "expected a whole number of at least 0".into())
}

pub fn above_zero(text: &str) -> Result<f64, String> {
    number(
        text,
        |it| it > 0.0,
        "expected a finite number greater than 0",
    )
}

pub fn not_negative(text: &str) -> Result<f64, String> {
    number(
        text,
        |it| it >= 0.0,
        "expected a finite number of at least 0",
    )
}

pub fn share(text: &str) -> Result<f64, String> {
    number(
        text,
        |it| (0.0..1.0).contains(&it),
        "expected a number from 0 to below 1",
    )
}

fn number(text: &str, allowed: fn(f64) -> bool, expected: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && allowed(number) => Ok(number),
        _ => Err(expected.into()),
    }
}
