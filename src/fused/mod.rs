//! The engine: a formula is written once and runs fused and differentiable on every backend.

mod backend;
mod compose;
#[cfg(feature = "flex")]
mod flex;
mod kernel;
mod math;
mod number;
mod pointwise;
mod scalar;
mod symbol;
mod trace;
mod update;

pub(crate) use backend::Formula;
#[cfg(feature = "flex")]
pub use flex::release_memory;
pub use number::Number;
pub use pointwise::{Pointwise, apply, apply_composed};
pub(crate) use pointwise::{apply_formula, apply_formula_composed};
pub use scalar::{Double, Single};
pub use symbol::{Graph, Symbol};
pub use update::{Clock, Fused, RuleState, UpdateRule, WeightDecay};
