use super::super::declare::Range;
use crate::fused::Shared;
use crate::registry::SpecError;

/// What there is to know of a learned activation.
#[derive(Debug)]
pub(in crate::activation) struct Kind {
    /// The name that it is found by.
    pub(in crate::activation) name: &'static str,
    /// The name as it is written: `learned(name)`, if there is an activation of this name with constant
    /// parameters.
    pub(in crate::activation) written: &'static str,
    /// The formula, of the input and then each parameter.
    pub(in crate::activation) function: Maker,
    pub(in crate::activation) parameters: &'static [Parameter],
    /// What has to hold of the starts together.
    pub(in crate::activation) check: Option<Check>,
}

/// Looks at the starts of all parameters.
pub(in crate::activation) type Check = fn(&[f64]) -> Result<(), SpecError>;

/// Where the formula comes from.
#[derive(Debug)]
pub(in crate::activation) enum Maker {
    /// This crate.
    Listed(fn() -> Shared),
    /// A program of its user's.
    Own(Shared),
}

impl Maker {
    pub(super) fn make(&self) -> Shared {
        match self {
            Self::Listed(make) => make(),
            Self::Own(function) => function.clone(),
        }
    }
}

/// A parameter before training.
#[derive(Debug)]
pub(in crate::activation) struct Parameter {
    pub(in crate::activation) name: &'static str,
    pub(in crate::activation) range: Range,
    pub(in crate::activation) start: f64,
    pub(in crate::activation) count: Count,
}

/// How many numbers a parameter is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::activation) enum Count {
    /// One for all channels, or one a channel.
    Either,
    /// One for all channels.
    One,
    /// One a channel.
    Each,
}

impl Kind {
    /// Whether it is written within `learned(...)`.
    pub(in crate::activation) fn is_within(&self) -> bool {
        self.written != self.name
    }

    /// Whether some parameter is one a channel, whatever is asked for.
    pub(super) fn needs_channels(&self) -> bool {
        self.parameters
            .iter()
            .any(|parameter| parameter.count == Count::Each)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}
