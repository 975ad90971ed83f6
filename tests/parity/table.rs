use std::fmt::Write;
use std::path::Path;

use burn::tensor::Device;

use crate::case::{Case, Distance};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/parity.md");

/// What computes there, where the backend can tell.
fn described(name: &str, device: &Device) -> String {
    #[cfg(feature = "cube")]
    if let Some(identity) = device.identity() {
        return format!("{name} ({})", identity.name);
    }
    let _ = device;
    name.to_string()
}

/// Writes the table of what was measured.
pub fn write(cases: &[Case], devices: &[(&str, Device)], rows: &[Vec<Distance>]) {
    let mut text = String::from(
        "# How close the devices are\n\n\
         The largest distance from the reference, in `f32`, relative to the larger of 1 and the expected\n\
         number, and where it is. The reference is Flex in `f64`; for the initializers, Flex. `remote` is Flex\n\
         on a server, to which each formula is one operation. Written by\n\n    \
         PARITY_TABLE=1 cargo test --features wgpu,ndarray --test parity\n\n\
         with the column `remote` put in from what `cargo test --features remote --test parity -- --nocapture`\n\
         prints: a build with wgpu cannot send all of it (see docs/scaling.md).\n\n",
    );
    let names: Vec<String> = devices.iter().map(|(n, d)| described(n, d)).collect();
    writeln!(
        text,
        "| | {} | allowed on a CPU, a GPU |",
        names.join(" | ")
    )
    .unwrap();
    writeln!(text, "|{}", " --- |".repeat(names.len() + 2)).unwrap();
    for (case, row) in cases.iter().zip(rows) {
        let cells: Vec<String> = row.iter().map(Distance::to_string).collect();
        let [cpu, gpu] = case.tolerance;
        let cells = cells.join(" | ");
        writeln!(text, "| {} | {cells} | {cpu:.0e}, {gpu:.0e} |", case.what).unwrap();
    }
    text.push_str("\nWhy no less is allowed:\n\n");
    for case in cases {
        writeln!(text, "- {}: {}.", case.what, case.why).unwrap();
    }
    std::fs::write(Path::new(FILE), text).expect("docs is writable");
}
