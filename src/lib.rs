//! Activations, optimizers, initializers and diagnostics for [Burn](https://burn.dev).
#![warn(missing_docs)]

pub mod activation;
pub mod fused;
pub mod init;
pub mod inspect;
pub mod model;
pub mod optim;
pub mod registry;
