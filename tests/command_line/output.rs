//! Standard output that takes nothing, or nothing more: a training goes on, and the exit status says it.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Output, Stdio};

use crate::fixture::{Fixture, assert_refused, content, printed};

const RUN: [&str; 6] = ["--hidden", "8,8", "--epochs", "4", "--batch-size", "5"];

fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

/// A run whose lines go to `stdout`.
fn run_to(fixture: &Fixture, stdout: impl Into<Stdio>) -> Output {
    fixture.mnist_command(&RUN).stdout(stdout).output().unwrap()
}

fn whole() -> Fixture {
    let whole = Fixture::new();
    printed(&whole.mnist(&RUN));
    whole
}

#[test]
fn a_full_disk_behind_standard_output_ends_no_training() {
    let fixture = Fixture::new();
    let output = run_to(&fixture, full());
    assert_refused(
        &output,
        &["standard output was lost", "went on to its end", "out"],
    );
    assert_eq!(content(&fixture.out()), content(&whole().out()));
}

#[test]
fn a_reader_that_goes_ends_no_training() {
    let fixture = Fixture::new();
    let mut command = fixture.mnist_command(&RUN);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // As `head -3` does.
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.take(3).filter(Result::is_ok).count(), 3);
    let output = child.wait_with_output().unwrap();
    assert_refused(&output, &["standard output was lost", "went on to its end"]);
    assert_eq!(content(&fixture.out()), content(&whole().out()));
}

#[test]
fn nobody_need_listen_at_all() {
    let fixture = Fixture::new();
    let mut command = fixture.mnist_command(&RUN);
    let output = command.stdout(full()).stderr(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(content(&fixture.out()), content(&whole().out()));
}

#[test]
fn what_is_only_to_be_read_may_be_read_in_part() {
    let fixture = Fixture::new();
    let output = fixture.mnist_command(&["--list"]).stdout(full()).output();
    assert_refused(&output.unwrap(), &["standard output is lost"]);
    let mut command = fixture.mnist_command(&["--list"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    printed(&child.wait_with_output().unwrap());
}
