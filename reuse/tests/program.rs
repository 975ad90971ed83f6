//! The program as its user runs it.

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, images: &str) -> Output {
    run_with(folder, images, &[])
}

fn run_with(folder: &Path, images: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_burn-extras-reuse"))
        .arg(folder)
        .arg(images)
        .args(more)
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

#[test]
fn an_unknown_device_is_one_line() {
    let output = Command::new(env!("CARGO_BIN_EXE_burn-extras-reuse"))
        .arg("runs")
        .env("REUSE_DEVICE", "abacus")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("error: REUSE_DEVICE is \"abacus\": it can be flex, "),
        "{message}"
    );
    assert_eq!(message.lines().count(), 1);
}

#[test]
fn another_optimizer_and_seed() {
    let folder = tempfile::tempdir().unwrap();
    let given = ["--optimizer", "nadam(state_bits=8)", "--seed", "3"];
    let output = run_with(folder.path(), "640", &given);
    assert!(accuracy(&output) > 50.0, "{output:?}");
    // One that looks at all gradients of a step together.
    let folder = tempfile::tempdir().unwrap();
    accuracy(&run_with(folder.path(), "64", &["--optimizer", "dog"]));
    for (given, expected) in [
        (["--optimizer", "adm"], "did you mean"),
        (["--seed", "one"], "--seed must be a whole number, got one"),
        (["--sed", "1"], "there is no --sed"),
    ] {
        let output = run_with(Path::new("runs"), "640", &given);
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && message.contains(expected),
            "{message}"
        );
    }
}
