//! The ranges that several schedules check.

use crate::registry::{SpecError, check};
pub(super) use crate::registry::{flag, whole};

/// `Ok` if `lr` and `steps` are what a schedule can be put on.
pub(super) fn start(config: &'static str, lr: f64, steps: usize) -> Result<(), SpecError> {
    positive(config, "lr", lr)?;
    check(config, "steps", steps as f64, "at least 1", steps > 0)
}

/// `Ok` if `value` is greater than 0.
pub(super) fn positive(
    config: &'static str,
    field: &'static str,
    value: f64,
) -> Result<(), SpecError> {
    check(config, field, value, "greater than 0", value > 0.0)
}

/// `Ok` if `value` is 0 or more.
pub(super) fn not_negative(
    config: &'static str,
    field: &'static str,
    value: f64,
) -> Result<(), SpecError> {
    check(config, field, value, "0 or more", value >= 0.0)
}

/// `Ok` if `value` is 1 or more.
pub(super) fn at_least_one(
    config: &'static str,
    field: &'static str,
    value: f64,
) -> Result<(), SpecError> {
    check(config, field, value, "1 or more", value >= 1.0)
}

/// `Ok` if `value` is above 0 and below 1.
pub(super) fn shrinking(
    config: &'static str,
    field: &'static str,
    value: f64,
) -> Result<(), SpecError> {
    let inside = value > 0.0 && value < 1.0;
    check(config, field, value, "above 0 and below 1", inside)
}

/// `Ok` if `value` is a share of something.
pub(super) fn share(
    config: &'static str,
    field: &'static str,
    value: f64,
) -> Result<(), SpecError> {
    let inside = (0.0..=1.0).contains(&value);
    check(config, field, value, "from 0 to 1", inside)
}
