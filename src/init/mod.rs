//! Initialisers by name.

mod registry;

pub use registry::InitConfig;
