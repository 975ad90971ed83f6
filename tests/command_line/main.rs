//! The examples as programs: what they accept, what they refuse, and what they leave behind.

mod bad_data;
mod bad_flags;
mod endings;
mod fixture;
mod initialization;
mod names;
mod predict;
mod runs;
mod settings;
