#![no_main]

#[path = "../../examples/mnist/data.rs"]
mod data;
#[path = "../cases/picture.rs"]
mod case;
#[path = "../../examples/predict/picture.rs"]
mod picture;
#[path = "../problem.rs"]
mod problem;

libfuzzer_sys::fuzz_target!(
    // The fuzzer's own hook ends the process at any panic, also at one that is caught.
    init: std::panic::set_hook(Box::new(|_| {})),
    |data: &[u8]| case::picture(data)
);
