#![no_main]

#[path = "../cases/configs.rs"]
mod configs;

libfuzzer_sys::fuzz_target!(|data: &[u8]| configs::configs(data));
