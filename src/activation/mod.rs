//! Activations: each is a formula and its derivative, fused on every backend.
//!
//! Every activation is a module ([`Softsign`], [`Elu`] from its [`EluConfig`]), a free function
//! ([`softsign`], [`elu`]), and a name in [`ActivationConfig`], which reads the names of PyTorch, Keras and
//! JAX too ([porting](crate::porting)).
//!
//! Where the derivative is 0, no gradient passes back, not even an infinite one or NaN: PyTorch's ReLU and its
//! like do the same.
//!
//! ```
//! use burn::tensor::{Device, Tensor};
//! use burn_extras::activation::{ActivationConfig, EluConfig, bent_identity};
//!
//! let device = Device::flex();
//! let x = Tensor::<1>::from_floats([-1.0, 0.0, 1.0], &device);
//! let y = bent_identity(x.clone());
//! let y = EluConfig::new().with_alpha(0.5).init().forward(y);
//!
//! let named: ActivationConfig = "elu(alpha=0.5)".parse()?;
//! let z = named.init(&device).forward(bent_identity(x));
//! assert_eq!(y.to_data(), z.to_data());
//! # Ok::<(), burn_extras::registry::SpecError>(())
//! ```

mod declare;
mod elsewhere;
mod elu;
mod gated;
mod gaussian;
mod gelu;
mod identity;
mod learned;
mod mish;
mod parametric;
mod periodic;
mod random;
mod registry;
mod relu;
mod rows;
mod rrelu;
mod shrink;
mod sigmoid;
mod silu;
#[cfg(test)]
mod slopes;
mod softplus;
mod softsign;
mod step;
mod tanh;

pub use elu::*;
pub use gated::{
    Gate, GatedConfig, GatedLinear, Half, bilinear, geglu, geglu_tanh, glu, gtu, reglu, swiglu,
    swiglu_clamped, swiglu_oai,
};
pub use gaussian::*;
pub use gelu::*;
pub use identity::*;
pub use learned::*;
pub use mish::*;
pub use periodic::*;
pub use registry::{Activation, ActivationConfig, PointwiseActivation};
pub use relu::*;
pub use rows::*;
pub use rrelu::{RRelu, RReluConfig};
pub use shrink::*;
pub use sigmoid::*;
pub use silu::*;
pub use softplus::*;
pub use softsign::*;
pub use step::*;
pub use tanh::*;
