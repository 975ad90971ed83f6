#![no_main]

#[path = "../../examples/mnist/check.rs"]
mod check;
#[path = "../../examples/mnist/config.rs"]
mod config;
#[path = "../../examples/mnist/data.rs"]
mod data;
#[path = "../../examples/mnist/deform/mod.rs"]
mod deform;
#[path = "../../examples/mnist/epoch_record.rs"]
mod epoch_record;
#[path = "../../examples/mnist/fingerprint.rs"]
mod fingerprint;
#[path = "../../examples/mnist/history.rs"]
mod history;
#[path = "../../examples/mnist/part.rs"]
mod part;
#[path = "../../examples/mnist/precision.rs"]
mod precision;
#[path = "../../examples/mnist/print.rs"]
mod print;
#[path = "../problem.rs"]
mod problem;
#[path = "../../examples/mnist/quietly.rs"]
mod quietly;
#[path = "../../examples/mnist/random.rs"]
mod random;
#[path = "../../examples/mnist/run_folder.rs"]
mod run_folder;
#[path = "../cases/run.rs"]
mod case;
#[path = "../../examples/mnist/saved.rs"]
mod saved;
#[path = "../../examples/mnist/whole_file.rs"]
mod whole_file;

libfuzzer_sys::fuzz_target!(|data: &[u8]| case::run(data));
