use crate::registry::{Range, SpecError};

/// A part of a training.
///
/// ```
/// use burn_extras::schedule::Span;
///
/// assert_eq!(Span::Steps(50).of(1000), 50.0);
/// assert_eq!(Span::Share(0.1).of(1000), 100.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// A number of steps.
    Steps(usize),
    /// A share of all steps, from 0 to 1.
    Share(f64),
}

impl Span {
    /// How many steps it is of so many in all. A share is not rounded.
    pub fn of(self, steps: usize) -> f64 {
        match self {
            Self::Steps(steps) => steps as f64,
            Self::Share(share) => share * steps as f64,
        }
    }

    /// Checks a share.
    pub(super) fn validate(
        self,
        config: &'static str,
        field: &'static str,
    ) -> Result<(), SpecError> {
        match self {
            Self::Steps(_) => Ok(()),
            Self::Share(share) => Range::Share.check(config, field, share),
        }
    }
}
