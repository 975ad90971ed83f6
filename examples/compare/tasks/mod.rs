//! What is to be learned: images that come along, and functions that are computed.

mod data;
mod digits;
mod functions;
mod kind;
mod task;

pub use data::{Data, Split, Targets};
pub use digits::DigitTensors;
pub use kind::Kind;
pub use task::Task;

use crate::problem::Problem;

impl Task {
    /// Its data, for all candidates the same.
    pub fn data(&self, digits: Option<&DigitTensors>) -> Result<Data, Problem> {
        match (self.kind, digits) {
            (Kind::Digits, Some(digits)) => digits.data(self),
            (Kind::Digits, None) => unreachable!("digits are loaded where a task has them"),
            (kind, _) => Ok(functions::data(kind, self)),
        }
    }
}
