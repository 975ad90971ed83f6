//! Activations, optimizers, initializers and diagnostics that [Burn](https://burn.dev) does not have,
//! and much faster versions of those it has.
//!
//! Everything is an ordinary Burn module or optimizer, so `Learner`, checkpoints, parameter groups,
//! schedulers and gradient clipping work as they do with Burn's own, on every backend. A formula is
//! written once: on the CPU it runs as one vectorised pass in several threads, on a GPU as tensor
//! operations that Burn fuses into one kernel, and its derivative is that of autodiff.
//!
//! <figure>
//! <style>figure svg { max-width: 100%; height: auto; }</style>
#![doc = include_str!("../docs/strip/activations-light.svg")]
//! </figure>
//!
//! *Fourteen of the activations that Burn lacks, and their derivatives.*
//!
//! This fits `|x|` with an activation and an optimizer that Burn lacks:
//!
//! ```
//! use burn::nn::loss::{MseLoss, Reduction};
//! use burn::nn::{Linear, LinearConfig};
//! use burn::optim::GradientsParams;
//! use burn::tensor::{Device, Tensor};
//! use burn_extras::activation::BentIdentity;
//! use burn_extras::optim::NadamConfig;
//!
//! let device = Device::default().autodiff();
//! let x = Tensor::<2>::from_floats([[-2.0], [-1.0], [0.0], [1.0], [2.0]], &device);
//! let y = x.clone().abs();
//!
//! let mut layers: (Linear, BentIdentity, Linear) = (
//!     LinearConfig::new(1, 16).init(&device),
//!     BentIdentity,
//!     LinearConfig::new(16, 1).init(&device),
//! );
//! let mut optimizer = NadamConfig::new().init();
//! let mut losses = Vec::new();
//! for _ in 0..200 {
//!     let hidden = layers.1.forward(layers.0.forward(x.clone()));
//!     let loss = MseLoss::new().forward(layers.2.forward(hidden), y.clone(), Reduction::Mean);
//!     let grads = GradientsParams::from_grads(loss.backward(), &layers);
//!     layers = optimizer.step(0.01, layers, grads);
//!     losses.push(loss.into_scalar::<f32>());
//! }
//! assert!(losses[199] < 0.1 * losses[0]);
//! ```
//!
//! | module | what |
//! | --- | --- |
//! | [`activation`] | activations, as modules, functions and names |
//! | [`optim`] | optimizers by the conventions of PyTorch, Keras, optax and textbooks |
//! | [`schedule`] | how the learning rate moves, and a search for where it starts |
//! | [`init`] | how the weights start |
//! | [`inspect`] | what goes on inside a network: statistics of activations and gradients |
//! | [`model`] | a multilayer perceptron, and the layer that it is made of |
//! | [`study`] | candidates compared fairly, on tasks of your own |
//! | `train` | what makes a resumed training equal an uninterrupted one; with the feature of that name |
//! | `remote` | formulas on the servers of Burn's remote devices; with the feature of that name |
//! | [`fused`] | formulas and update rules of your own |
//! | [`registry`] | names with parameters: `elu(alpha=0.5)` |
//! | [`porting`] | for those who come from PyTorch, Keras or optax |
//!
//! # Features
//!
//! | feature | what |
//! | --- | --- |
//! | `flex` | Burn's CPU backend, with kernels of our own; on by default |
//! | `rayon` | threads on the CPU; on by default |
//! | `x86-v4` | AVX-512 on the CPU, where the machine has it; on by default |
//! | `ndarray` | Burn's older CPU backend |
//! | `wgpu` | any GPU, through Vulkan, Metal or DirectX 12 |
//! | `vulkan`, `metal`, `cuda`, `rocm` | GPUs through their own compilers |
//! | `train` | for burn-train's `Learner`: [`inspect`]'s metrics, and a data loader that resumes exactly |
//! | `remote` | devices of other machines, and a server that offers this machine's |
//! | `download` | lets the examples fetch MNIST |
//!
//! On a backend that your project turns on in Burn but not here, everything is composed of Burn's own
//! operations: slower, not wrong.
//!
//! # Activations
//!
#![doc = include_str!("../docs/activations.md")]
//!
//! # Optimizers
//!
#![doc = include_str!("../docs/optimizers.md")]
//!
//! # Modifiers of optimizers
//!
#![doc = include_str!("../docs/modifiers.md")]
//!
//! # Schedules
//!
#![doc = include_str!("../docs/schedules.md")]
#![warn(missing_docs)]

pub mod activation;
pub mod fused;
pub mod init;
pub mod inspect;
mod linear;
mod matrix;
pub mod model;
pub mod optim;
mod product;
pub mod registry;
#[cfg(feature = "remote")]
pub mod remote;
pub mod schedule;
mod splitmix;
pub mod study;
#[cfg(feature = "train")]
pub mod train;

#[doc = include_str!("../docs/porting.md")]
pub mod porting {}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
