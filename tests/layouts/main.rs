//! How a tensor lies in memory, how large it is and who else holds it make no difference: nothing at all, views of every
//! kind, any number of threads.
#![recursion_limit = "256"]

#[path = "../devices/mod.rs"]
mod devices;

mod activations;
mod empty;
mod optimizers;
mod properties;
mod view;
