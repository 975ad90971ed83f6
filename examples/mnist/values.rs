//! What may stand behind a flag.

use std::str::FromStr;

use burn_extras::optim::OptimizerConfig;
use burn_extras::registry::SpecError;

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
    pub config: OptimizerConfig,
    /// Whether its name says a weight decay.
    pub is_decayed: bool,
}

impl FromStr for Optimizer {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        Ok(Self {
            config: text.parse()?,
            is_decayed: text.contains("weight_decay"),
        })
    }
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

pub fn portion(text: &str) -> Result<f64, String> {
    number(
        text,
        |it| it > 0.0 && it <= 1.0,
        "expected a number above 0 and at most 1",
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
