//! Gated units: one half of the features, times an activation of the other.

mod config;
mod formula;
mod function;
mod gate;

pub use config::{GatedConfig, GatedLinear};
pub use function::{
    bilinear, geglu, geglu_tanh, glu, gtu, reglu, swiglu, swiglu_clamped, swiglu_oai,
};
pub use gate::{Gate, Half};

pub(super) use gate::NAMES;
