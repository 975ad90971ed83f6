#![no_main]

#[path = "../../examples/mnist/data.rs"]
mod data;
#[path = "../cases/idx.rs"]
mod idx;
#[path = "../../examples/mnist/fingerprint.rs"]
mod fingerprint;
#[path = "../../examples/mnist/print.rs"]
mod print;
#[path = "../problem.rs"]
mod problem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| idx::idx(data));
