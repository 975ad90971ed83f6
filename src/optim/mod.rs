//! Optimizers by name.

mod registry;

pub use registry::OptimizerConfig;
