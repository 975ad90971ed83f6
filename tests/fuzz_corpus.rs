//! What the fuzzers of `fuzz/` do, on the files that they start from and on those that they once failed on: without a
//! nightly compiler.

#[path = "../fuzz/cases/mod.rs"]
mod cases;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/data.rs"]
mod data;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/fingerprint.rs"]
mod fingerprint;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/predict/picture.rs"]
mod picture;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/print.rs"]
mod print;
#[path = "../fuzz/problem.rs"]
mod problem;
#[path = "../examples/mnist/quietly.rs"]
mod quietly;

use std::path::Path;

/// Runs a case on each file of its corpus.
fn run(name: &str, case: fn(&[u8])) {
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
    run("names", cases::names);
}

#[test]
fn configs() {
    run("configs", cases::configs);
}

#[test]
fn idx() {
    run("idx", cases::idx);
}

#[test]
fn pictures() {
    run("picture", cases::picture);
}
