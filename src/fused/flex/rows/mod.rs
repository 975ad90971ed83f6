//! Maps of rows: one pass over each row while it is in the cache, vectorised and multi-threaded.

#![allow(
    clippy::needless_range_loop,
    reason = "a loop over the lanes of several blocks is what the compiler makes vectors of"
)]

mod across;
mod along;
mod layout;
mod pass;
mod stretch;

pub(crate) use across::Across;
pub(crate) use along::Along;
pub(crate) use pass::run_rows;
pub(crate) use stretch::Rows;
