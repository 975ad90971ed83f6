//! What makes a training that was stopped and resumed equal one that was not, to the bit.
//!
//! Burn's checkpoints hold the model, the optimizer and the schedule. What they do not hold is where the
//! data loader is: Burn's own draws the order of each epoch from a generator that runs on, and a resumed
//! training begins anew with the first. [`EpochLoader`] draws it from the seed and the number of the epoch.
//! With it, and the seed that the device had when the model was made,
//!
//! ```ignore
//! let done = 3; // epochs of which there is a checkpoint, 0 in a new training
//! let loader = EpochLoader::new(dataset, batcher, 32, seed).with_next_epoch(done + 1);
//! let training = SupervisedTraining::new(folder, Arc::new(loader), validation)
//!     .with_default_checkpointers()
//!     .num_epochs(10);
//! let training = match done {
//!     0 => training,
//!     done => training.checkpoint(done),
//! };
//! training.launch(learner);
//! ```
//!
//! goes on as if nothing had been. `reuse/` in the repository is a whole project that does so, and its test
//! compares the two.
//!
//! [`with_parameter_ids`] takes the chance out of the names that Burn gives to parameters: equal trainings
//! then write equal files.

mod epoch_loader;
mod parameter_ids;

pub use epoch_loader::EpochLoader;
pub use parameter_ids::with_parameter_ids;
