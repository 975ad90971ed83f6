//! The CPU's side of a formula: one pass over memory, vectorised and multi-threaded.

mod computed;
mod loops;
mod memory;
mod ops;
mod pass;
mod share;
mod span;
mod vectorize;

pub(crate) use computed::Computed;
pub(crate) use loops::{Slope, Value};
pub use memory::release_memory;
pub(crate) use share::share;
pub(crate) use span::{Block, LANES, Span};
pub(crate) use vectorize::{is_supported, vectorize, vectorize_widest};
