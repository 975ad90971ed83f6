use burn::tensor::Device;

/// The device to work on: the one that the variable `REUSE_DEVICE` names, without it the first of `wgpu`, `flex` and
/// `ndarray` that is in this build.
pub fn chosen() -> Result<Device, String> {
    let wanted = std::env::var("REUSE_DEVICE").ok();
    let is = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    #[cfg(feature = "wgpu")]
    if is("wgpu") {
        return Ok(Device::wgpu(Default::default()));
    }
    #[cfg(feature = "flex")]
    if is("flex") {
        return Ok(Device::flex());
    }
    #[cfg(feature = "ndarray")]
    if is("ndarray") {
        #[allow(deprecated, reason = "ndarray is a backend of Burn 0.22 all the same")]
        return Ok(Device::ndarray());
    }
    let wanted = wanted.unwrap_or_default();
    Err(format!(
        "REUSE_DEVICE is {wanted:?}: it can be flex, ndarray or wgpu, where --features names it"
    ))
}

/// The same.
///
/// # Panics
///
/// When it is not in this build.
pub fn device() -> Device {
    chosen().unwrap_or_else(|problem| panic!("{problem}"))
}

#[cfg(not(any(feature = "flex", feature = "ndarray", feature = "wgpu")))]
compile_error!("choose a backend: --features flex, ndarray or wgpu");
