//! Networks that need no code of their own, and the layer that they are made of.

mod mlp;

pub use crate::linear::{linear, linear_in};
pub use crate::product::MatmulPrecision;
pub use mlp::{Mlp, MlpConfig, MlpError};
