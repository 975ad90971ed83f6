//! Initializers: how the weights of a network start, for any Burn module.
//!
//! A signal that passes through a layer becomes larger or smaller, depending on the weights. Over
//! many layers only one scale of the weights neither loses it nor blows it up. Which one that is
//! depends on the size of the layers and on the activation between them: [`InitConfig::Auto`]
//! works it out ([`VarianceMap`] has the mathematics and a table of all activations),
//! [`VarianceScalingConfig`] has the classics, [`LsuvConfig`] measures it on data.
//!
//! ```
//! use burn::tensor::Device;
//! use burn_extras::activation::ActivationConfig;
//! use burn_extras::init::InitConfig;
//! use burn_extras::model::MlpConfig;
//!
//! let device = Device::flex();
//! device.seed(42);
//! let model = MlpConfig::new(vec![784, 100, 100, 100, 100, 10])
//!     .with_activation(ActivationConfig::BentIdentity)
//!     .with_initializer("auto".parse()?)
//!     .init(&device);
//! # let _ = model;
//! # Ok::<(), burn_extras::registry::SpecError>(())
//! ```

mod constant;
mod fan;
mod initialize;
mod lsuv;
mod normal;
mod orthogonal;
mod quadrature;
mod registry;
mod settings;
mod variance_map;
mod variance_scaling;

pub use constant::ConstantConfig;
pub use fan::{Fan, Fans};
pub use initialize::{Initialize, initialize};
pub use lsuv::{LayerByLayer, LsuvConfig};
pub use normal::{NormalConfig, TruncatedNormalConfig};
pub use orthogonal::OrthogonalConfig;
pub use registry::InitConfig;
pub use variance_map::{NoGain, Stability, VarianceMap};
pub use variance_scaling::{Draw, Scaling, VarianceScalingConfig};
