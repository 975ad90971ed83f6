//! What formulas are written in: one language, spoken by floats, by recorded tensors and by derivatives.

mod dual;
mod language;
mod math;
mod scalar;
mod symbol;
mod trace;

pub use dual::Dual;
pub use language::Number;
pub(crate) use language::polynomial;
#[cfg(feature = "flex")]
pub(crate) use scalar::Vectored;
pub use scalar::{Double, Single};
pub(crate) use symbol::{Binary, Node, Operand, Reduction, Unary};
pub use symbol::{Graph, Symbol};
pub(crate) use trace::Trace;
