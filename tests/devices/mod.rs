//! The devices that tests run on: one for each backend that is compiled in.

use burn::tensor::Device;

/// Each device with its name.
#[allow(deprecated, reason = "ndarray stays a partner until Burn removes it")]
pub fn all() -> Vec<(&'static str, Device)> {
    vec![
        #[cfg(feature = "flex")]
        ("flex", Device::flex()),
        #[cfg(feature = "ndarray")]
        ("ndarray", Device::ndarray()),
        #[cfg(feature = "wgpu")]
        ("wgpu", Device::wgpu(Default::default())),
    ]
}
