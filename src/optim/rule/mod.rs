//! Optimizers from a formula: an update rule is written once for one number, and runs in place in
//! one pass over memory on the CPU and as composed tensor operations elsewhere. One that needs norms adds them up
//! in a pass before.

mod clock;
mod decay;
mod fit;
mod measured;
mod modifier;
pub(super) mod module_sums;
mod optimizer;
mod parts;
mod pipeline;
mod state;
mod state_type;
mod step;
mod update;
mod whole;

pub use clock::Clock;
pub use decay::WeightDecay;
pub use measured::MeasuredRule;
pub use modifier::{Changes, Modifier, Modifiers, Seen};
pub(super) use modifier::{Part, part};
pub use optimizer::RuleOptimizer;
pub(super) use parts::PartState;
pub use state::RuleState;
pub(super) use state::collect;
pub use state_type::StateType;
pub use update::UpdateRule;
pub use whole::{Memory, SeenWhole, WholeModifier};
