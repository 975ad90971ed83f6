//! What the fuzzers of `fuzz/` do, on the files that they start from and on those that they once failed on: without a
//! nightly compiler.

#[path = "../fuzz/cases/mod.rs"]
mod cases;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/check.rs"]
mod check;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/config.rs"]
mod config;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/cut.rs"]
mod cut;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/data.rs"]
mod data;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/deform/mod.rs"]
mod deform;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/epoch_record.rs"]
mod epoch_record;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/fingerprint.rs"]
mod fingerprint;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/history.rs"]
mod history;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/marks.rs"]
mod marks;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/page.rs"]
mod page;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/paper.rs"]
mod paper;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/part.rs"]
mod part;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/pen.rs"]
mod pen;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/photo.rs"]
mod photo;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/plane.rs"]
mod plane;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/precision.rs"]
mod precision;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/print.rs"]
mod print;
#[path = "../fuzz/problem.rs"]
mod problem;
#[path = "../examples/mnist/quietly.rs"]
mod quietly;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/random.rs"]
mod random;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/ruling.rs"]
mod ruling;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/run_folder.rs"]
mod run_folder;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/saved.rs"]
mod saved;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/signs.rs"]
mod signs;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/whole_file.rs"]
mod whole_file;

use std::path::Path;

/// Runs a case on each file of its corpus.
fn each(name: &str, case: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut count = 0;
    for file in folder.read_dir().expect("a corpus") {
        let path = file.expect("a file").path();
        println!("{}", path.display());
        case(&std::fs::read(&path).expect("its bytes"));
        count += 1;
    }
    assert!(count > 10, "{count} files in {}", folder.display());
}

#[test]
fn names() {
    each("names", cases::names);
}

#[test]
fn configs() {
    each("configs", cases::configs);
}

#[test]
fn idx() {
    each("idx", cases::idx);
}

#[test]
fn pictures() {
    each("picture", cases::picture);
}

#[test]
fn runs() {
    each("run", cases::run);
}
