#![no_main]

#[path = "../../examples/mnist/data.rs"]
mod data;
#[path = "../cases/picture.rs"]
mod case;
#[path = "../../examples/predict/cut.rs"]
mod cut;
#[path = "../../examples/predict/marks.rs"]
mod marks;
#[path = "../../examples/predict/page.rs"]
mod page;
#[path = "../../examples/predict/paper.rs"]
mod paper;
#[path = "../../examples/predict/pen.rs"]
mod pen;
#[path = "../../examples/predict/photo.rs"]
mod photo;
#[path = "../../examples/predict/plane.rs"]
mod plane;
#[path = "../../examples/predict/ruling.rs"]
mod ruling;
#[path = "../../examples/predict/signs.rs"]
mod signs;
#[path = "../../examples/mnist/fingerprint.rs"]
mod fingerprint;
#[path = "../../examples/mnist/print.rs"]
mod print;
#[path = "../problem.rs"]
mod problem;
#[path = "../../examples/mnist/quietly.rs"]
mod quietly;

libfuzzer_sys::fuzz_target!(|data: &[u8]| case::picture(data));
