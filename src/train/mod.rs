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
//! An [`EpochLoader`] also augments items, each by a seed that the resumed training gives it too, and makes its batches
//! in threads beside the training.
//!
//! [`with_parameter_ids`] takes the chance out of the names that Burn gives to parameters: equal trainings
//! then write equal files.
//!
//! # Several GPUs
//!
//! Data-parallel training whose gradients the devices exchange among themselves needs collective operations, which
//! Burn's CubeCL backends have and Flex and NdArray have not. Everything of this crate works on it unchanged: each device
//! has the averaged gradients when the optimizer takes its step. This is how it is asked for; it was compiled, and for
//! want of two GPUs not run:
//!
//! ```no_run
//! use burn::tensor::Device;
//! use burn::tensor::distributed::{DistributedConfig, ReduceOperation};
//! use burn::train::{ExecutionStrategy, LearnerModel, SupervisedTraining};
//!
//! fn on_all<M: LearnerModel>(
//!     training: SupervisedTraining<M>,
//!     devices: Vec<Device>,
//! ) -> SupervisedTraining<M> {
//!     let config = DistributedConfig {
//!         all_reduce_op: ReduceOperation::Mean,
//!     };
//!     training.with_training_strategy(ExecutionStrategy::ddp(devices, config).into())
//! }
//! ```

mod ahead;
mod epoch_loader;
mod parameter_ids;

pub use epoch_loader::EpochLoader;
pub use parameter_ids::with_parameter_ids;
