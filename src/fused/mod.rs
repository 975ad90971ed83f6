//! The engine: a formula is written once and runs fused and differentiable on every backend.

mod apply;
mod chain;
mod check;
mod codes;
mod compose;
mod differentiate;
#[cfg(feature = "flex")]
mod flex;
mod formula;
mod function;
mod map;
mod number;
mod pack;
#[cfg(feature = "remote")]
pub(crate) mod remote;
mod rows;
mod run;
mod tensors;

pub use apply::{apply, apply_composed, apply_many, apply_many_composed};
pub(crate) use apply::{apply_shared, apply_shared_composed};
pub(crate) use chain::Chain;
pub use check::{Mismatch, check_slopes};
pub(crate) use codes::{DTYPE as CODES, are_codes, decode, encode, shape as codes_shape};
#[cfg(feature = "flex")]
#[cfg_attr(
    not(all(feature = "x86-v4", target_arch = "x86_64", target_os = "linux")),
    allow(unused_imports, reason = "products in tiles ask for it")
)]
pub(crate) use flex::recycle;
#[cfg(feature = "flex")]
pub use flex::release_memory;
#[cfg(feature = "flex")]
pub(crate) use flex::{buffer, into_bytes};
pub(crate) use formula::derivative;
pub use formula::{Formula, Pointwise};
pub(crate) use function::{Shared, passed, shared};
pub(crate) use map::{Few, Kernel, Map, Output};
pub(crate) use number::polynomial;
pub use number::{Double, Dual, Graph, Number, Single, Symbol};
pub(crate) use pack::{Array, Pair};
#[cfg(all(test, feature = "flex"))]
pub(crate) use rows::twin;
pub use rows::{RowFormula, apply_rows, apply_rows_composed};
pub(crate) use rows::{apply_shared_rows, shared_rows};
pub(crate) use run::{cast, run, run_over, wide, widened};
#[cfg(feature = "flex")]
pub(crate) use tensors::{Tensors, holder};
pub(crate) use tensors::{flattened, has_shape, shaped};
