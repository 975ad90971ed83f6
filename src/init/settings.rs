use super::Initialize;
use crate::registry::SpecError;
pub(super) use crate::registry::check;

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
