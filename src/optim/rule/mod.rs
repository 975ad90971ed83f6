//! Optimizers from a formula: an update rule is written once for one number, and runs in place in
//! one pass over memory on the CPU and as composed tensor operations elsewhere. One that needs norms adds them up
//! in a pass before.

mod clock;
mod decay;
mod measured;
mod optimizer;
mod state;
mod step;
mod update;

pub use clock::Clock;
pub use decay::WeightDecay;
pub use measured::MeasuredRule;
pub use optimizer::RuleOptimizer;
pub use state::RuleState;
pub use update::UpdateRule;
