//! The program as its user runs it.

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, images: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_burn-extras-reuse"))
        .arg(folder)
        .arg(images)
        .output()
        .unwrap()
}

fn accuracy(output: &Output) -> f64 {
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.lines().last().expect("a line at least");
    let percent = last
        .strip_prefix("test accuracy ")
        .and_then(|rest| rest.strip_suffix(" %"));
    percent.unwrap_or_else(|| panic!("{last}")).parse().unwrap()
}

#[test]
fn trains_and_finds_what_it_has_trained() {
    let folder = tempfile::tempdir().unwrap();
    let first = accuracy(&run(folder.path(), "640"));
    assert!(first > 50.0, "{first} %");
    let again = run(folder.path(), "640");
    assert_eq!(accuracy(&again), first);
    let lines = String::from_utf8(again.stdout).unwrap().lines().count();
    assert_eq!(lines, 1, "it trains again");
}

#[test]
fn a_bad_number_is_one_line() {
    let output = run(Path::new("runs"), "many");
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message, "error: IMAGES must be 1 to 60000, got many\n");
}
