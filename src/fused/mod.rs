//! The engine: formulas written once, run fused on every backend.

mod number;
mod pointwise;
mod update;

pub use number::Number;
pub use pointwise::Pointwise;
pub use update::{Clock, Slots, UpdateRule};
