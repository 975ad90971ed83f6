use core::fmt;

/// Why there is no such study, or why it cannot go on: one line that says what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyError(pub(super) String);

impl core::error::Error for StudyError {}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
