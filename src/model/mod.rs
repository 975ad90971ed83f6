//! Networks that need no code of their own.

mod mlp;

pub use mlp::{Mlp, MlpConfig, MlpError};
