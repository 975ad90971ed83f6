//! Activations, optimizers, initializers and diagnostics for [Burn](https://burn.dev).
#![warn(missing_docs)]

pub mod fused;
