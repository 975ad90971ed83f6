//! What holds for every activation of rows, on the Flex backend; `src/activation/rows/twins.rs` holds the composed
//! formulas to the same.
#![recursion_limit = "256"]

mod edges;
mod goldens;
mod gradients;
mod layouts;
mod row;
mod settings;
mod threads;
