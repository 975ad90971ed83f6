//! What holds for every activation of rows, on every device that is built in.
#![recursion_limit = "256"]

#[path = "../devices/mod.rs"]
mod devices;
mod edges;
mod goldens;
mod gradients;
mod layouts;
#[path = "../goldens/rows.rs"]
mod names;
mod row;
mod settings;
mod threads;
