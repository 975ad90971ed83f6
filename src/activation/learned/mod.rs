//! Activations whose parameters are learned: one for all features, or one a channel.

mod config;
mod kind;
mod module;
mod own;
mod polynomial;
mod rectified;
mod smooth;
mod table;

pub use config::LearnedConfig;
pub use module::Learned;
pub use own::register;
pub use table::*;

pub(super) use kind::{Count, Kind, Maker, Parameter};
pub(super) use module::apply;
pub(super) use own::names as own_names;
pub(super) use table::KINDS;
