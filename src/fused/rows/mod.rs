//! Formulas of whole rows: what is worked out from all numbers along an axis, then number by number.

mod apply;
mod formula;
mod function;
mod map;
#[cfg(all(test, feature = "flex"))]
pub(crate) mod twin;

pub(crate) use apply::apply_shared_rows;
pub use apply::{apply_rows, apply_rows_composed};
pub use formula::RowFormula;
pub(crate) use function::shared_rows;
pub(crate) use map::RowKernel;
#[cfg(feature = "flex")]
pub(crate) use map::{RowMap, stores};
