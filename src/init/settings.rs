use super::Initialize;
pub(super) use crate::registry::check;

/// Panics with the message of the first setting that is outside its range.
pub(super) fn expect_valid(initializer: &impl Initialize) {
    initializer
        .validate()
        .unwrap_or_else(|error| panic!("{error}"));
}
