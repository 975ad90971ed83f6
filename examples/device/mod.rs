//! The device that a name on the command line means, on this machine or on servers: for all examples.

#[cfg(feature = "remote")]
mod remote;
mod servers;
#[cfg(feature = "remote")]
pub mod token;

use burn::tensor::Device;
#[cfg(any(feature = "wgpu", feature = "vulkan", feature = "metal"))]
use burn::tensor::wgpu::WgpuBackend;
use burn_extras::registry::SpecError;

use crate::problem::Problem;
#[cfg(feature = "cube")]
use crate::quietly::quietly;
#[cfg(any(feature = "wgpu", feature = "vulkan", feature = "metal"))]
use crate::wait::Waiting;

#[cfg(feature = "remote")]
use remote::Server;
pub use servers::Servers;

/// A backend that this program was built with or could have been built with.
struct Backend {
    /// Its name on the command line, and the feature that enables it.
    name: &'static str,
    /// The best that it finds on this machine; `None` when it was not built in.
    find: Option<fn() -> Option<Found>>,
    /// What to install where it finds nothing.
    needs: &'static str,
}

/// A device that is there.
#[derive(Clone)]
struct Found {
    device: Device,
    /// Its adapter, unless it is the CPU.
    adapter: Option<Adapter>,
}

/// What a device computes on.
#[cfg_attr(
    not(feature = "cube"),
    allow(dead_code, reason = "a build for the CPU finds none")
)]
#[derive(Clone)]
struct Adapter {
    name: String,
    /// A graphics driver that computes on the CPU.
    software: bool,
}

impl Found {
    fn is_software(&self) -> bool {
        self.adapter
            .as_ref()
            .is_some_and(|adapter| adapter.software)
    }

    /// What the user will wait for.
    fn first_use(&self) -> &'static str {
        match self.adapter {
            None => "",
            Some(_) => "; each kernel is compiled when it is first needed",
        }
    }

    /// ` (CPU)` or ` (GPU: NAME)`.
    fn described(&self) -> String {
        match &self.adapter {
            None => " (CPU)".to_string(),
            Some(Adapter { name, software }) => {
                let kind = if *software { "software" } else { "GPU" };
                format!(" ({kind}: {name})")
            }
        }
    }
}

/// Every backend, the best first.
const BACKENDS: &[Backend] = &[
    Backend {
        name: "cuda",
        #[cfg(feature = "cuda")]
        find: Some(|| compute(burn::tensor::DeviceType::Cuda)),
        #[cfg(not(feature = "cuda"))]
        find: None,
        needs: "an NVIDIA GPU with its driver and CUDA 12 or later",
    },
    Backend {
        name: "rocm",
        #[cfg(feature = "rocm")]
        find: Some(|| compute(burn::tensor::DeviceType::Rocm)),
        #[cfg(not(feature = "rocm"))]
        find: None,
        needs: "an AMD GPU with its driver and ROCm",
    },
    Backend {
        name: "metal",
        #[cfg(feature = "metal")]
        find: Some(|| graphics(&[WgpuBackend::Metal])),
        #[cfg(not(feature = "metal"))]
        find: None,
        needs: "a Mac",
    },
    Backend {
        name: "vulkan",
        #[cfg(feature = "vulkan")]
        find: Some(|| graphics(&[WgpuBackend::Vulkan])),
        #[cfg(not(feature = "vulkan"))]
        find: None,
        needs: VULKAN_DRIVER,
    },
    Backend {
        name: "wgpu",
        #[cfg(feature = "wgpu")]
        find: Some(|| graphics(&[WgpuBackend::Vulkan, WgpuBackend::Metal, WgpuBackend::Dx12])),
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
    /// The other devices of a list.
    pub others: Vec<Device>,
    /// The name of its backend.
    pub name: &'static str,
    /// Which it is, and why.
    pub line: String,
    /// The servers whose devices they are.
    #[cfg(feature = "remote")]
    pub servers: Vec<Server>,
}

impl Choice {
    /// A device of this machine.
    fn here(name: &'static str, device: Device, line: String) -> Self {
        Self {
            device,
            others: Vec::new(),
            name,
            line,
            #[cfg(feature = "remote")]
            servers: Vec::new(),
        }
    }

    /// Every device, the first one first.
    pub fn devices(&self) -> Vec<Device> {
        let devices = [&self.device].into_iter().chain(&self.others);
        devices.cloned().collect()
    }

    /// Does what computes on the device. That a server is gone, where Burn panics, is a problem like others.
    pub fn watched<T>(&self, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
        #[cfg(feature = "remote")]
        return remote::watched(&self.servers, work);
        #[cfg(not(feature = "remote"))]
        work()
    }

    /// Why the work on the device failed, where it is not `why`: a server is gone.
    pub fn failure(&self, why: String) -> String {
        #[cfg(feature = "remote")]
        if !self.servers.is_empty() {
            return remote::ended(&self.servers);
        }
        why
    }

    /// What computes when the device may have failed: this machine's CPU, where servers were to.
    pub fn after_failure(&self) -> Device {
        match self.name {
            ELSEWHERE => Device::flex(),
            _ => self.device.clone(),
        }
    }
}

/// The name of every backend that is on another machine.
const ELSEWHERE: &str = "remote";

/// The device that `name` means.
pub fn choose(name: &str, how: &Servers) -> Result<Choice, Problem> {
    if name.contains("://") {
        return elsewhere(name, how);
    }
    if let Some(flag) = how.flag() {
        return Err(Problem(format!(
            "{flag}: it is for servers, and --device {name} is none"
        )));
    }
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
    match find() {
        Some(found) => {
            let line = format!("{name}{}{}", found.described(), found.first_use());
            Ok(Choice::here(backend.name, found.device, line))
        }
        None => Err(Problem(format!(
            "device {name} finds no adapter that it can compute on: it needs {}",
            backend.needs
        ))),
    }
}

fn choose_best() -> Result<Choice, Problem> {
    let mut passed_over = None;
    for backend in BACKENDS {
        let Some(found) = backend.find.and_then(|find| find()) else {
            continue;
        };
        // Flex is far faster than a graphics driver that computes on the CPU.
        if found.is_software() {
            passed_over = Some((backend.name, found.described()));
            continue;
        }
        let why = match (&found.adapter, passed_over) {
            (None, Some((name, what))) => format!(
                ", because {name} has only a software adapter{what}; --device {name} forces it"
            ),
            (None, None) if built_in().any(is_gpu) => {
                ", because no GPU backend has an adapter".to_string()
            }
            (None, None) => {
                ", because no GPU backend is in this build; --features wgpu adds one".to_string()
            }
            (Some(_), _) => ", the best that has an adapter".to_string(),
        };
        let line = format!(
            "{}{}{why}{}",
            backend.name,
            found.described(),
            found.first_use()
        );
        return Ok(Choice::here(backend.name, found.device, line));
    }
    Err(Problem(match passed_over {
        Some((name, _)) => format!("only a software adapter is there: --device {name} forces it"),
        None => "no backend is in this build: add --features flex for the CPU".to_string(),
    }))
}

/// The devices of a list of servers.
#[cfg(feature = "remote")]
fn elsewhere(list: &str, how: &Servers) -> Result<Choice, Problem> {
    let servers = Server::parse_all(list)?;
    let devices = servers.iter().map(|server| server.connect(how));
    let mut devices = devices.collect::<Result<Vec<_>, _>>()?;
    let line: Vec<String> = servers.iter().map(Server::to_string).collect();
    Ok(Choice {
        device: devices.remove(0),
        others: devices,
        name: ELSEWHERE,
        line: line.join(" and "),
        servers,
    })
}

#[cfg(not(feature = "remote"))]
fn elsewhere(list: &str, _how: &Servers) -> Result<Choice, Problem> {
    Err(Problem(format!(
        "device {list} is on another machine, which this build cannot reach: run it with --features remote"
    )))
}

/// The name of each backend and what it finds here, for `--list`.
pub fn list() -> Vec<(&'static str, String)> {
    BACKENDS
        .iter()
        .map(|backend| {
            let state = match backend.find.map(|find| find()) {
                None => format!("needs --features {}", backend.name),
                Some(None) => format!("no adapter: needs {}", backend.needs),
                Some(Some(found)) => format!("ready{}", found.described()),
            };
            (backend.name, state)
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
fn cpu(device: Device) -> Option<Found> {
    Some(Found {
        device,
        adapter: None,
    })
}

#[cfg(feature = "ndarray")]
#[expect(deprecated, reason = "still a backend of Burn 0.22")]
fn ndarray() -> Device {
    Device::ndarray()
}

/// The first of these graphics interfaces that has a GPU, or else the first that has a driver which
/// computes on the CPU.
///
/// OpenGL is never asked for. Burn falls back to it where there is nothing else, and its drivers
/// lock up in the middle of a training.
#[cfg(any(feature = "wgpu", feature = "vulkan", feature = "metal"))]
fn graphics(interfaces: &[WgpuBackend]) -> Option<Found> {
    let mut software = None;
    for interface in interfaces {
        match open(*interface) {
            Some(found) if found.is_software() => software = software.or(Some(found)),
            Some(found) => return Some(found),
            None => {}
        }
    }
    software
}

/// The best adapter of a graphics interface. Each is opened once: it cannot be opened again.
#[cfg(any(feature = "wgpu", feature = "vulkan", feature = "metal"))]
fn open(interface: WgpuBackend) -> Option<Found> {
    use std::sync::Mutex;

    use burn::tensor::wgpu::wgpu::DeviceType;

    static OPENED: Mutex<Vec<(WgpuBackend, Found)>> = Mutex::new(Vec::new());
    let mut opened = OPENED.lock().ok()?;
    if let Some((_, found)) = opened.iter().find(|(other, _)| *other == interface) {
        return Some(found.clone());
    }
    let _waiting = Waiting::new(move || format!("waiting for the {interface:?} driver"));
    let options = Device::wgpu_options().graphics_api(interface);
    let (device, setup) = quietly(|| options.init_with_setup().ok()).flatten()?;
    let adapter = setup.adapter.get_info();
    let found = Found {
        device,
        adapter: Some(Adapter {
            name: adapter.name,
            software: adapter.device_type == DeviceType::Cpu,
        }),
    };
    opened.push((interface, found.clone()));
    Some(found)
}

/// The first GPU of a backend that has no graphics.
#[cfg(any(feature = "cuda", feature = "rocm"))]
fn compute(device_type: burn::tensor::DeviceType) -> Option<Found> {
    let device = quietly(|| Device::enumerate(device_type).into_vec())?
        .into_iter()
        .next()?;
    let name = quietly(|| device.identity()).flatten()?.name;
    Some(Found {
        device,
        adapter: Some(Adapter {
            name,
            software: false,
        }),
    })
}
