//! What the system counts: Linux has it in files.

use std::fs;

/// Bytes that have gone over the loopback link so far.
pub fn bytes() -> Option<f64> {
    let text = fs::read_to_string("/sys/class/net/lo/statistics/rx_bytes").ok()?;
    text.trim().parse().ok()
}

/// The most memory that a process has had, in bytes.
pub fn peak_memory(process: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(1024.0 * kilobytes)
}
