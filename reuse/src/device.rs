use burn::tensor::Device;

/// The device of the backend that burn-extras was built for.
#[allow(deprecated, reason = "ndarray is a backend of Burn 0.22 all the same")]
pub fn device() -> Device {
    #[cfg(feature = "wgpu")]
    return Device::wgpu(Default::default());
    #[cfg(all(feature = "flex", not(feature = "wgpu")))]
    return Device::flex();
    #[cfg(all(feature = "ndarray", not(any(feature = "flex", feature = "wgpu"))))]
    return Device::ndarray();
    #[cfg(not(any(feature = "flex", feature = "ndarray", feature = "wgpu")))]
    compile_error!("choose a backend: --features flex, ndarray or wgpu");
}
