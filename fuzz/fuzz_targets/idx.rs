#![no_main]

#[path = "../../examples/mnist/data.rs"]
mod data;
#[path = "../cases/idx.rs"]
mod idx;
#[path = "../problem.rs"]
mod problem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| idx::idx(data));
