//! What goes on inside a network: the statistics of its layers, gradients and updates, and what they
//! say.
//!
//! An [`Inspection`] collects statistics on the device and reads them back once, as a [`Report`];
//! [`Report::diagnose`] finds what is wrong, and [`Finding::advice`] says what to try, given the
//! [`Setup`]. A network takes part by [`Inspect`].
//!
//! ```
//! use burn::tensor::{Device, Distribution, Tensor};
//! use burn_extras::inspect::Inspection;
//! use burn_extras::model::MlpConfig;
//!
//! let device = Device::flex();
//! device.seed(42);
//! let images = Tensor::<2>::random([64, 784], Distribution::Normal(0.0, 1.0), &device);
//! let config = MlpConfig::new(vec![784, 50, 50, 50, 50, 10]);
//!
//! let model = config.clone().with_initializer("normal(std=0.01)".parse()?).init(&device);
//! let report = Inspection::new().forward(&model, images.clone()).read()?;
//! let findings = report.diagnose();
//! assert!(findings[0].to_string().starts_with("layer 2 (layers.1): the signal has shrunk to"));
//!
//! let model = config.init(&device);
//! let report = Inspection::new().forward(&model, images).read()?;
//! assert!(report.diagnose().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod advice;
mod diagnose;
mod finding;
mod inspection;
#[cfg(feature = "train")]
mod metric;
mod parameters;
mod probe;
mod report;
mod setup;
mod slope;
mod statistics;

pub use advice::Advice;
pub use finding::{Finding, Place};
pub use inspection::Inspection;
#[cfg(feature = "train")]
pub use metric::LayerMetric;
pub use probe::{Inspect, Probe};
pub use report::{Layer, Parameter, Report, Saturation, Update};
pub use setup::Setup;
pub use statistics::{Histogram, Statistics};
