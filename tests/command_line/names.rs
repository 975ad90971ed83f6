//! Every name that `--list` shows trains the network with whatever else is the default.

use burn_extras::activation::ActivationConfig;
use burn_extras::optim::OptimizerConfig;
use rayon::prelude::*;
use serde_json::Value;

use crate::fixture::{example, printed};
use crate::list::listed;

/// The test accuracy after 180 steps on digits; a network that learned the most common digit alone has 0.1135.
fn accuracy(flag: &str, name: &str) -> f64 {
    let out = tempfile::tempdir().unwrap();
    let more: &[&str] = match name {
        // PyTorch's learning rate for SGD, 0.001, takes ten times as many steps.
        // NovoGrad's, 0.001, wants more as well.
        "sgd" | "novograd" => &["--lr", "0.01"],
        // PyTorch's is 0.001 here too; other libraries take this one.
        "muon" => &["--lr", "0.02"],
        "shampoo" => &["--lr", "0.05"],
        // timm's, 1, is meant for its weight decay, without which it is plain gradient descent.
        "lars" => &["--lr", "0.1"],
        // It passes a gradient to the few features that it picks, and four layers of it little to the first.
        "sparsemax" => &["--hidden", "100"],
        _ => &[],
    };
    let name = match name {
        // A run as short as this is over before the default has found its size.
        "dog" | "l_dog" => format!("{name}(reps_rel=0.001)"),
        // Its roots take a second each for the axis of all pixels, and with its epsilon, 1e-6, those of ten steps ago are
        // too old.
        "shampoo" => "shampoo(matrix_epsilon=0.001, preconditioning_compute_steps=10)".into(),
        _ => name.to_string(),
    };
    let args = [
        flag,
        &name,
        "--train-samples",
        "9000",
        "--validation",
        "1000",
        "--epochs",
        "2",
        "--device",
        "flex",
        "--plain",
        "--out",
        out.path().to_str().unwrap(),
    ];
    printed(&example("mnist", &[&args[..], more].concat()));
    let summary = std::fs::read(out.path().join("summary.json")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    summary["test_accuracy"].as_f64().unwrap()
}

fn assert_trains(flag: &str, names: &[String], least: f64) {
    let failures: Vec<_> = names
        .par_iter()
        .map(|name| (name, accuracy(flag, name)))
        .filter(|(_, accuracy)| *accuracy < least)
        .collect();
    assert!(failures.is_empty(), "below {least}: {failures:?}");
}

#[test]
fn every_differentiable_activation_trains() {
    let mut names = listed("activations");
    assert_eq!(names.len(), ActivationConfig::names().len());
    // They pass no gradient: what learns is the last layer.
    names.retain(|name| name != "step" && name != "sign");
    // It draws one feature of each layer at random: so much noise wants more than two epochs.
    names.retain(|name| name != "gumbel_softmax");
    assert_trains("--activation", &names, 0.4);
}

#[test]
fn every_optimizer_trains() {
    let names = listed("optimizers");
    assert_eq!(names.len(), OptimizerConfig::names().len());
    assert_trains("--optimizer", &names, 0.7);
}
