//! Learning-rate schedules: how the learning rate moves over the steps of a training.
//!
//! A configuration holds the shape, as shares of the learning rate and of the training; `init` puts it
//! on a learning rate and a number of steps, and gives a scheduler of Burn's, for its `Learner` or a
//! loop of one's own. [`ScheduleConfig`] has all of them by name.
//!
//! ```
//! use burn::lr_scheduler::LrScheduler;
//! use burn_extras::schedule::{OneCycleConfig, ScheduleConfig};
//!
//! let mut schedule = OneCycleConfig::new().with_pct_start(0.2).init(0.1, 1000)?;
//! for _ in 0..200 {
//!     let rate = schedule.step();
//!     assert!(rate <= 0.1); // the step of the optimizer goes here
//! }
//! assert_eq!(schedule.at(199), 0.1);
//!
//! // The same by name, as on a command line:
//! let config: ScheduleConfig = "one_cycle(pct_start=0.2)".parse()?;
//! assert_eq!(config.init(0.1, 1000)?.at(199), Some(0.1));
//! # Ok::<(), burn_extras::registry::SpecError>(())
//! ```
//!
//! A rate may be any finite number above 0; Burn's own schedules end at 1, where Adadelta starts.
//! Steps count from 0, and call `step` before each step of the optimizer. The state is in Burn's
//! record: a scheduler that loads it goes on with the very same rates.
//!
//! [`LrFinder`] looks for the learning rate to begin with.

mod any;
mod constant;
mod cosine_restarts;
mod curve;
mod decay;
mod finder;
mod one_cycle;
mod plateau;
mod registry;
mod scheduler;
mod settings;
mod span;
mod spec;
mod stable_decay;
mod warmup;

pub use any::AnyScheduler;
pub use constant::{WarmupConstant, WarmupConstantConfig};
pub use cosine_restarts::{CosineRestarts, CosineRestartsConfig, FirstCycle};
pub use curve::Curve;
pub use decay::{WarmupCosine, WarmupCosineConfig, WarmupLinear, WarmupLinearConfig};
pub use finder::{LrFinder, LrFinderConfig, Trial};
pub use one_cycle::{OneCycle, OneCycleConfig};
pub use plateau::{ReduceOnPlateau, ReduceOnPlateauConfig};
pub use registry::ScheduleConfig;
pub use scheduler::{Schedule, Scheduler};
pub use span::Span;
pub use stable_decay::{WarmupStableDecay, WarmupStableDecayConfig};
pub use warmup::Warmup;
