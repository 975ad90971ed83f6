//! Which device a run is computed on.

use crate::fixture::{Fixture, printed};

#[test]
fn the_device_is_named() {
    let fixture = Fixture::new();
    let text = printed(&fixture.mnist(&["--hidden", "4", "--epochs", "1"]));
    assert!(text.starts_with("device: flex (CPU)\n"), "{text}");
}

#[cfg(not(feature = "remote"))]
#[test]
fn a_build_without_servers_says_how_to_get_them() {
    let device = ["--device", "ws://127.0.0.1:3000"];
    Fixture::new().refuses(&device, &["ws://127.0.0.1:3000", "--features remote"]);
}

/// A machine whose only graphics driver is one for OpenGL, or none at all.
#[cfg(all(feature = "wgpu", target_os = "linux"))]
mod without_vulkan {
    use std::process::{Command, Output};
    use std::time::{Duration, Instant};

    use crate::fixture::{Fixture, assert_refused, printed, program};

    fn mnist(fixture: &Fixture, device: &str, args: &[&str]) -> Output {
        let start = Instant::now();
        let output = Command::new(program("mnist"))
            .args(["--plain", "--hidden", "4", "--epochs", "1"])
            .args(["--validation", "10", "--device", device])
            .arg("--data")
            .arg(fixture.data())
            .arg("--out")
            .arg(fixture.out())
            .args(args)
            .env("VK_ICD_FILENAMES", "/dev/null")
            .env("VK_DRIVER_FILES", "/dev/null")
            .output()
            .unwrap();
        assert!(start.elapsed() < Duration::from_secs(60));
        output
    }

    #[test]
    fn wgpu_says_what_to_install() {
        let fixture = Fixture::new();
        let output = mnist(&fixture, "wgpu", &[]);
        assert_refused(
            &output,
            &["device wgpu", "no adapter", "mesa-vulkan-drivers"],
        );
        assert!(!fixture.out().exists());
    }

    #[test]
    fn auto_falls_back_to_the_cpu() {
        let fixture = Fixture::new();
        let text = printed(&mnist(&fixture, "auto", &[]));
        let line = "device: flex (CPU), because no GPU backend has an adapter\n";
        assert!(text.starts_with(line), "{text}");
    }

    #[test]
    fn the_list_says_so_too() {
        let text = printed(&mnist(&Fixture::new(), "auto", &["--list"]));
        let mut lines = text.lines().map(str::trim);
        let line = lines.find(|line| line.starts_with("wgpu")).unwrap();
        assert!(line.contains("no adapter"), "{text}");
    }
}
