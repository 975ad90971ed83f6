//! Optimizers from a formula: an update rule is written once for one number, and runs in place in
//! one pass over memory on the CPU and as composed tensor operations elsewhere.

mod decay;
mod optimizer;
#[cfg(feature = "flex")]
mod pass;
mod rule;
mod state;

pub use decay::WeightDecay;
pub use optimizer::Fused;
pub use rule::{Clock, UpdateRule};
pub use state::RuleState;
