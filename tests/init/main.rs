//! The initializers: what they draw, where, and what it does to a deep network.

#![recursion_limit = "256"]

#[path = "../devices/mod.rs"]
mod devices;

mod data;
mod depth;
mod gains;
mod layers;
mod names;
mod ranges;
mod seeded;
mod weights;
