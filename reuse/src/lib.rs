//! Somebody else's project: a convolutional network with an activation and an optimizer of
//! burn-extras, trained on MNIST by Burn's own `Learner` with a learning-rate schedule and
//! checkpoints, and resumed to the very weights that it would have had.
//!
//! ```text
//! cargo run --release -p burn-extras-reuse --features flex -- runs/reuse        # all images
//! cargo run --release -p burn-extras-reuse --features flex -- runs/reuse 6000   # a tenth
//! cargo run --release -p burn-extras-reuse --features flex -- runs/8 --optimizer "adam(state_bits=8)" --seed 2
//! ```

#![recursion_limit = "256"]

pub mod data;
pub mod device;
pub mod model;
pub mod training;
