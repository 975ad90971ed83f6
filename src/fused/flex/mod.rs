//! The CPU's side of a formula: one pass over memory, vectorised and multi-threaded.

#[cfg(not(feature = "rayon"))]
mod alone;
mod computed;
mod loops;
mod memory;
mod ops;
mod pass;
#[cfg(feature = "rayon")]
mod share;
mod span;
mod vectorize;

#[cfg(not(feature = "rayon"))]
pub(crate) use alone::share;
pub(crate) use computed::Computed;
pub(crate) use loops::{Slope, Value};
pub use memory::release_memory;
#[cfg(feature = "rayon")]
pub(crate) use share::share;
pub(crate) use span::{Block, LANES, Span};
pub(crate) use vectorize::{is_supported, vectorize, vectorize_widest};
