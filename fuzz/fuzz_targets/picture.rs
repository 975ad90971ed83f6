#![no_main]

#[path = "../../examples/mnist/data.rs"]
mod data;
#[path = "../cases/picture.rs"]
mod case;
#[path = "../../examples/predict/picture.rs"]
mod picture;
#[path = "../../examples/mnist/fingerprint.rs"]
mod fingerprint;
#[path = "../../examples/mnist/print.rs"]
mod print;
#[path = "../problem.rs"]
mod problem;
#[path = "../../examples/mnist/quietly.rs"]
mod quietly;

libfuzzer_sys::fuzz_target!(|data: &[u8]| case::picture(data));
