//! What `release_memory` gives back, as the system counts it. Alone in its process: it looks at all of its memory.
#![cfg(all(target_os = "linux", target_env = "gnu", feature = "flex"))]

use burn::tensor::{Device, Tensor};
use burn_extras::activation::gelu;
use burn_extras::fused::release_memory;

/// The resident memory of this process in MiB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes
        .and_then(|it| it.parse::<f64>().ok())
        .expect("a number")
        / 1024.0
}

/// A few large blocks, which the C library maps one by one, and many of a size that it keeps in its heap.
#[test]
fn the_system_counts_what_is_given_back() {
    let device = Device::flex();
    for (count, len) in [(3, 16 << 20), (150, 256 << 10)] {
        let held = (count * len * 4) as f64 / (1 << 20) as f64;
        let x = Tensor::<1>::ones([len], &device);
        let outputs: Vec<_> = (0..count).map(|_| gelu(x.clone())).collect();
        drop(outputs);
        let before = resident();
        release_memory();
        let after = resident();
        println!("{count} of {len} numbers, {held} MiB: {before:.0} MiB before, {after:.0} after");
        assert!(
            before - after > 0.9 * held,
            "{before} MiB before, {after} after, {held} held"
        );
    }
}
