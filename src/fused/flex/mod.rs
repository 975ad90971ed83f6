//! The CPU's side of a formula: one pass over memory, vectorised and multi-threaded.

#[cfg(not(feature = "rayon"))]
mod alone;
mod chunk;
mod coded;
mod computed;
mod convert;
#[cfg(feature = "remote")]
mod interpret;
mod links;
mod loops;
mod memory;
mod ops;
mod pass;
mod rows;
#[cfg(feature = "rayon")]
mod share;
mod spread;
mod staged;
mod stored;
mod vectorize;

#[cfg(not(feature = "rayon"))]
use alone::share;
pub(crate) use chunk::Chunk;
#[cfg(feature = "remote")]
pub(crate) use interpret::interpret;
pub(crate) use links::run_links;
pub(crate) use loops::Loop;
pub use memory::release_memory;
pub(crate) use memory::{buffer, into_bytes, recycle};
pub(crate) use pass::{Made, run};
pub(crate) use rows::{Across, Along, Rows};
#[cfg(feature = "rayon")]
use share::share;
pub(crate) use vectorize::{is_supported, vectorize};
