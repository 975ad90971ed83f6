use super::super::declare::Range;
use crate::fused::Shared;

/// What there is to know of a learned activation.
#[derive(Debug)]
pub(in crate::activation) struct Kind {
    pub(in crate::activation) name: &'static str,
    /// Whether there is an activation of this name with constant parameters.
    pub(super) fixed: bool,
    /// The formula, of the input and then each parameter.
    pub(super) function: Maker,
    pub(super) parameters: &'static [Parameter],
}

/// Where the formula comes from.
#[derive(Debug)]
pub(super) enum Maker {
    /// The list of this crate.
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
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) range: Range,
    pub(super) start: f64,
    pub(super) count: Count,
}

/// How many numbers a parameter is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Count {
    /// One for all channels, or one a channel.
    Either,
    /// One for all channels.
    One,
    /// One a channel.
    Each,
}

impl Kind {
    /// The name as it is written.
    pub(super) fn written(&self) -> String {
        if self.fixed {
            format!("learned({})", self.name)
        } else {
            self.name.to_string()
        }
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
        (self.name, self.fixed) == (other.name, other.fixed)
    }
}
