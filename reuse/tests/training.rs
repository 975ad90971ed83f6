//! A training as it runs in anybody's project: it learns, its checkpoints can be read, and a
//! resumed one ends where an uninterrupted one does.

#![recursion_limit = "256"]

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::tensor::TensorData;
use burn_extras::optim::NadamConfig;
use burn_extras_reuse::data::{Digit, digits};
use burn_extras_reuse::device::device;
use burn_extras_reuse::model::ConvNet;
use burn_extras_reuse::training::{Plan, accuracy, logits, reload};
use tempfile::TempDir;

fn plan() -> Plan {
    Plan {
        epochs: 3,
        batch_size: 32,
        optimizer: NadamConfig::new().into(),
        learning_rate: 5e-3,
        seed: 1,
    }
}

/// A device draws its random numbers for the whole process: one training after the other.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn images(set: &str, count: usize) -> Vec<Digit> {
    digits(set, count).expect("data/mnist is in the repository")
}

fn outputs(model: &ConvNet, digits: &[Digit]) -> TensorData {
    logits(model, digits, &device()).into_data()
}

#[test]
fn learns_and_is_reloaded() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let (train, test) = (images("train", 640), images("t10k", 200));
    let model = plan().train(&train, folder.path(), None, plan().epochs, &device());
    let accuracy = accuracy(&model, &test, &device());
    // One class alone is 14 % of these.
    assert!(accuracy >= 0.70, "accuracy {accuracy}");

    let reloaded = reload(folder.path(), plan().epochs, &device());
    assert_eq!(outputs(&model, &test), outputs(&reloaded, &test));
    let earlier = ConvNet::new(&device());
    assert_ne!(outputs(&model, &test), outputs(&earlier, &test));
}

#[test]
fn a_resumed_training_ends_where_an_uninterrupted_one_does() {
    let _turn = alone();
    let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let digits = images("train", 160);
    let uninterrupted = plan().train(&digits, whole.path(), None, 3, &device());
    let stopped = plan().train(&digits, parts.path(), None, 2, &device());
    let resumed = plan().train(&digits, parts.path(), Some(2), 3, &device());
    assert_eq!(outputs(&resumed, &digits), outputs(&uninterrupted, &digits));
    assert_ne!(outputs(&stopped, &digits), outputs(&uninterrupted, &digits));
    let saved = |folder: &TempDir| fs::read(folder.path().join("checkpoint/model-3.bpk")).unwrap();
    assert_eq!(saved(&parts), saved(&whole));
}
