use burn::tensor::Device;
use burn_extras::registry::SpecError;

use crate::problem::Problem;

/// A backend that this program was built with or could have been built with.
struct Backend {
    /// Its name on the command line, and the feature that enables it.
    name: &'static str,
    /// What it finds on this machine; `None` when it was not built in.
    find: Option<fn() -> Vec<Found>>,
    /// What to install where it finds nothing.
    needs: &'static str,
}

/// A device that is there.
struct Found {
    device: Device,
    /// A graphics driver that computes on the CPU.
    software: bool,
}

/// Every backend, the best first.
const BACKENDS: &[Backend] = &[
    Backend {
        name: "cuda",
        #[cfg(feature = "cuda")]
        find: Some(|| gpus(burn::tensor::DeviceType::Cuda, None)),
        #[cfg(not(feature = "cuda"))]
        find: None,
        needs: "an NVIDIA GPU with its driver and CUDA 12 or later",
    },
    Backend {
        name: "rocm",
        #[cfg(feature = "rocm")]
        find: Some(|| gpus(burn::tensor::DeviceType::Rocm, None)),
        #[cfg(not(feature = "rocm"))]
        find: None,
        needs: "an AMD GPU with its driver and ROCm",
    },
    Backend {
        name: "metal",
        #[cfg(feature = "metal")]
        find: Some(|| gpus(burn::tensor::DeviceType::Metal, None)),
        #[cfg(not(feature = "metal"))]
        find: None,
        needs: "a Mac",
    },
    Backend {
        name: "vulkan",
        #[cfg(feature = "vulkan")]
        find: Some(|| {
            let software = Device::vulkan(burn::tensor::DeviceKind::Cpu);
            gpus(burn::tensor::DeviceType::Vulkan, Some(software))
        }),
        #[cfg(not(feature = "vulkan"))]
        find: None,
        needs: VULKAN_DRIVER,
    },
    Backend {
        name: "wgpu",
        #[cfg(feature = "wgpu")]
        find: Some(|| {
            let software = Device::wgpu(burn::tensor::DeviceKind::Cpu);
            gpus(burn::tensor::DeviceType::Wgpu, Some(software))
        }),
        #[cfg(not(feature = "wgpu"))]
        find: None,
        needs: VULKAN_DRIVER,
    },
    Backend {
        name: "flex",
        #[cfg(feature = "flex")]
        find: Some(|| cpu(Device::flex())),
        #[cfg(not(feature = "flex"))]
        find: None,
        needs: "nothing",
    },
    Backend {
        name: "ndarray",
        #[cfg(feature = "ndarray")]
        find: Some(|| cpu(ndarray())),
        #[cfg(not(feature = "ndarray"))]
        find: None,
        needs: "nothing",
    },
];

const VULKAN_DRIVER: &str = "a GPU driver with Vulkan, Metal or DirectX 12; on Debian, mesa-vulkan-drivers has one for \
     most GPUs and one that computes on the CPU";

/// The device that a name means.
pub struct Choice {
    pub device: Device,
    /// The name of its backend.
    pub name: &'static str,
    /// Which it is, and why.
    pub line: String,
}

/// The device that `name` means.
pub fn choose(name: &str) -> Result<Choice, Problem> {
    let name = name.trim().to_lowercase();
    if name == "auto" {
        return choose_best();
    }
    let Some(backend) = BACKENDS.iter().find(|backend| backend.name == name) else {
        let names: Vec<&str> = ["auto"]
            .into_iter()
            .chain(BACKENDS.iter().map(|backend| backend.name))
            .collect();
        return Err(Problem(
            SpecError::unknown("device", &name, &names).to_string(),
        ));
    };
    let Some(find) = backend.find else {
        return Err(Problem(format!(
            "device {name} is not in this build: run it with --features {name} (built in: {})",
            built_in().collect::<Vec<_>>().join(", ")
        )));
    };
    match find().into_iter().next() {
        Some(found) => Ok(Choice {
            line: format!("{name}{}", described(backend, &found)),
            name: backend.name,
            device: found.device,
        }),
        None => Err(Problem(format!(
            "device {name} finds no adapter on this machine: it needs {}",
            backend.needs
        ))),
    }
}

fn choose_best() -> Result<Choice, Problem> {
    let mut passed_over = None;
    for backend in BACKENDS {
        for found in backend.find.map(|find| find()).unwrap_or_default() {
            // Flex is far faster than a graphics driver that computes on the CPU.
            if found.software {
                passed_over = Some((backend.name, described(backend, &found)));
                continue;
            }
            let why = match (is_gpu(backend.name), passed_over) {
                (false, Some((name, what))) => format!(
                    ", because {name} has only a software adapter{what}; --device {name} forces it"
                ),
                (false, None) if built_in().any(is_gpu) => {
                    ", because no GPU backend has an adapter".to_string()
                }
                (false, None) => {
                    ", because no GPU backend is in this build; --features wgpu adds one"
                        .to_string()
                }
                _ => ", the best that has an adapter".to_string(),
            };
            return Ok(Choice {
                line: format!("{}{}{why}", backend.name, described(backend, &found)),
                name: backend.name,
                device: found.device,
            });
        }
    }
    Err(Problem(match passed_over {
        Some((name, _)) => format!("only a software adapter is there: --device {name} forces it"),
        None => "no backend is in this build: add --features flex for the CPU".to_string(),
    }))
}

/// What `--list` says: each backend and what it finds here.
pub fn list() -> Vec<String> {
    BACKENDS
        .iter()
        .map(|backend| {
            let state = match backend.find.map(|find| find()) {
                None => format!("needs --features {}", backend.name),
                Some(found) if found.is_empty() => format!("no adapter: needs {}", backend.needs),
                Some(found) => format!("ready{}", described(backend, &found[0])),
            };
            format!("{:8} {state}", backend.name)
        })
        .collect()
}

fn built_in() -> impl Iterator<Item = &'static str> {
    BACKENDS
        .iter()
        .filter(|backend| backend.find.is_some())
        .map(|backend| backend.name)
}

fn is_gpu(name: &str) -> bool {
    !matches!(name, "flex" | "ndarray")
}

#[cfg(any(feature = "flex", feature = "ndarray"))]
fn cpu(device: Device) -> Vec<Found> {
    vec![Found {
        device,
        software: false,
    }]
}

#[cfg(feature = "ndarray")]
#[expect(deprecated, reason = "still a backend of Burn 0.22")]
fn ndarray() -> Device {
    Device::ndarray()
}

/// The devices of a GPU backend, hardware first; `software` is what its CPU adapter equals.
#[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
fn gpus(device_type: burn::tensor::DeviceType, software: Option<Device>) -> Vec<Found> {
    // Some drivers' libraries panic where they are missing.
    let devices = quietly(|| Device::enumerate(device_type).into_vec());
    let mut found: Vec<Found> = devices
        .unwrap_or_default()
        .into_iter()
        .map(|device| Found {
            software: software.as_ref() == Some(&device),
            device,
        })
        .collect();
    found.sort_by_key(|found| found.software);
    found
}

/// `f`'s value, or `None` if it panics, with nothing printed.
#[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
fn quietly<T>(f: impl FnOnce() -> T) -> Option<T> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let value = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).ok();
    std::panic::set_hook(hook);
    value
}

#[cfg(any(feature = "wgpu", feature = "cuda", feature = "rocm"))]
fn adapter_name(device: &Device) -> Option<String> {
    quietly(|| device.identity()).flatten().map(|it| it.name)
}

#[cfg(not(any(feature = "wgpu", feature = "cuda", feature = "rocm")))]
fn adapter_name(_device: &Device) -> Option<String> {
    None
}

/// ` (CPU)` or ` (NAME OF THE ADAPTER)`.
fn described(backend: &Backend, found: &Found) -> String {
    if !is_gpu(backend.name) {
        return " (CPU)".to_string();
    }
    let kind = if found.software { "software" } else { "GPU" };
    match adapter_name(&found.device) {
        Some(name) => format!(" ({kind}: {name})"),
        None => format!(" ({kind})"),
    }
}
