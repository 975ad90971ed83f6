//! The devices that tests run on: one for each backend that is compiled in.

use burn::tensor::Device;

/// Each device with its name.
pub fn all() -> Vec<(&'static str, Device)> {
    #[allow(unused_mut, reason = "which are added depends on features")]
    let mut devices = Vec::new();
    #[cfg(feature = "flex")]
    devices.push(("flex", Device::flex()));
    #[cfg(feature = "ndarray")]
    devices.push(("ndarray", Device::ndarray()));
    #[cfg(feature = "wgpu")]
    devices.push(("wgpu", Device::wgpu(Default::default())));
    devices
}
