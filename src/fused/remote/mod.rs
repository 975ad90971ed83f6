//! A formula as one operation on the wire: recorded here, and run there by a server that has never heard of it.

mod client;
mod program;
mod server;
mod wire;

pub(super) use client::run_map;
pub(crate) use client::send_formulas;
pub(super) use program::Program;
pub(crate) use server::run_formulas;
