use super::Initialize;
use crate::registry::SpecError;

/// `Ok` if `value` is a finite number for which `inside` holds.
pub(super) fn check(
    type_name: &'static str,
    field: &'static str,
    value: f64,
    range: &'static str,
    inside: bool,
) -> Result<(), SpecError> {
    if inside && value.is_finite() {
        Ok(())
    } else {
        Err(SpecError::out_of_range(type_name, field, value, range))
    }
}

/// `Ok` if `value` is greater than 0.
pub(super) fn positive(
    type_name: &'static str,
    field: &'static str,
    value: f64,
) -> Result<(), SpecError> {
    check(type_name, field, value, "greater than 0", value > 0.0)
}

/// Panics with the message of the first setting that is outside its range.
pub(super) fn expect_valid(initializer: &impl Initialize) {
    initializer
        .validate()
        .unwrap_or_else(|error| panic!("{error}"));
}
