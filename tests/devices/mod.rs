//! The devices that tests run on: one for each backend that is compiled in.

use burn::tensor::Device;

/// Each device with its name.
///
/// # Panics
///
/// When a backend that is compiled in finds no adapter: then nothing would be tested on it.
#[allow(deprecated, reason = "ndarray stays a partner until Burn removes it")]
pub fn all() -> Vec<(&'static str, Device)> {
    vec![
        #[cfg(feature = "flex")]
        ("flex", Device::flex()),
        #[cfg(feature = "ndarray")]
        ("ndarray", Device::ndarray()),
        #[cfg(feature = "remote")]
        ("remote", remote::device()),
        #[cfg(feature = "wgpu")]
        ("wgpu", gpu::first(burn::tensor::DeviceType::Wgpu)),
        #[cfg(feature = "vulkan")]
        ("vulkan", gpu::first(burn::tensor::DeviceType::Vulkan)),
        #[cfg(feature = "metal")]
        ("metal", gpu::first(burn::tensor::DeviceType::Metal)),
        #[cfg(feature = "cuda")]
        ("cuda", gpu::first(burn::tensor::DeviceType::Cuda)),
        #[cfg(feature = "rocm")]
        ("rocm", gpu::first(burn::tensor::DeviceType::Rocm)),
    ]
}

#[cfg(feature = "remote")]
#[allow(dead_code, reason = "other tests kill servers")]
mod server;

#[cfg(feature = "remote")]
mod remote {
    use std::sync::OnceLock;

    use burn::tensor::Device;
    use burn::tensor::remote::RemoteHost;
    use burn_extras::remote::send_formulas;

    use super::server::Server;

    /// Flex, on a server of this test's own, which runs formulas as one operation.
    pub fn device() -> Device {
        static SERVER: OnceLock<Server> = OnceLock::new();
        let server = SERVER.get_or_init(|| Server::start(&[]));
        let host = RemoteHost::websocket(&server.url);
        let device = Device::remote_options(&host).init();
        let device = device.expect("the server lets everybody in");
        send_formulas(&device);
        device
    }
}

#[cfg(feature = "cube")]
mod gpu {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use burn::tensor::{Device, DeviceType};

    /// The first device of a GPU backend.
    pub fn first(kind: DeviceType) -> Device {
        let found = catch_unwind(AssertUnwindSafe(|| {
            Device::enumerate(kind.clone()).into_vec()
        }));
        let first = found.ok().and_then(|found| found.into_iter().next());
        first.unwrap_or_else(|| {
            panic!(
                "{kind:?} is in this build but finds no adapter: install the GPU's driver, or \
                 Debian's mesa-vulkan-drivers, with which wgpu runs on the CPU"
            )
        })
    }
}
