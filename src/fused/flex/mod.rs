//! The CPU's side of a formula: one pass over memory, vectorised and multi-threaded.

mod computed;
mod loops;
mod ops;
mod pass;
mod span;
mod vectorize;

pub(crate) use computed::Computed;
pub(crate) use loops::{Slope, Value};
pub(crate) use span::{Block, LANES, Span};
pub(crate) use vectorize::{is_supported, vectorize, vectorize_widest};
