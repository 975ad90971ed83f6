//! The ranges that several schedules check.

use crate::registry::{Range, SpecError, check};
pub(super) use crate::registry::{flag, whole};

/// `Ok` if `lr` and `steps` are what a schedule can be put on.
pub(super) fn start(config: &'static str, lr: f64, steps: usize) -> Result<(), SpecError> {
    Range::AboveZero.check(config, "lr", lr)?;
    check(config, "steps", steps as f64, "at least 1", steps > 0)
}
