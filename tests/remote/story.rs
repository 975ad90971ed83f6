use std::process::Command;

use crate::fixture::{Fixture, history};

/// How far the losses of a run on servers may be from those of a run on the local device, relative to the larger of 1 and
/// the loss.
///
/// Sums are in another order where each server has a share of a batch, which differs by some 1e-7 a step; Adam divides
/// small gradients by small numbers, which makes more of it, as `docs/parity.md` has it.
pub const TOLERANCE: f64 = 1e-3;

/// The five-layer network, for as many epochs.
pub fn training<'a>(device: &'a str, out: &'a str, epochs: &'a str) -> Vec<&'a str> {
    let run = ["--device", device, "--out", out, "--epochs", epochs];
    let small = ["--batch-size", "10", "--hidden", "100,100,100,100"];
    [&run[..], &small].concat()
}

/// A training that is started and not waited for.
pub fn command(fixture: &Fixture, args: &[&str], more: &[&str]) -> Command {
    fixture.mnist_command(&[args, more].concat())
}

/// The numbers of a run's history: epoch, loss, accuracy, and both of the validation.
pub fn numbers(fixture: &Fixture, out: &str) -> Vec<Vec<f64>> {
    let lines = history(&fixture.path(out));
    let number = |cell: &str| cell.parse().expect("a number");
    let row = |line: &String| line.split(',').map(number).collect();
    lines.iter().skip(1).map(row).collect()
}

/// Checks that two runs came to the same.
pub fn assert_same(found: &[Vec<f64>], expected: &[Vec<f64>], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}: epochs");
    for (found, expected) in found.iter().zip(expected) {
        for (found, expected) in found.iter().zip(expected) {
            let distance = (found - expected).abs() / expected.abs().max(1.0);
            assert!(
                distance <= TOLERANCE,
                "{what}: {found} where one device has {expected}"
            );
        }
    }
}
