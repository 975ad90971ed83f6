//! Activations by name.

mod registry;

pub use registry::{Activation, ActivationConfig};
