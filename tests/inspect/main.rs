//! What an inspection measures, against a slow twin, and what it says about networks that were
//! built to be ill, and about healthy ones.

#![recursion_limit = "256"]

#[path = "../devices/mod.rs"]
mod devices;

mod advice;
mod collection;
mod diagnose;
mod healthy;
mod metric;
mod statistics;
mod training;
mod twin;

use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::tensor::{Device, Distribution, Tensor};
use burn_extras::inspect::{Inspection, Report};
use burn_extras::model::{Mlp, MlpConfig};

/// Tests take turns: a seed belongs to a whole device.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A network by the names of its activation and its initializer.
fn network(widths: &[usize], activation: &str, init: &str, device: &Device) -> Mlp {
    device.seed(42);
    MlpConfig::new(widths.to_vec())
        .with_activation(activation.parse().unwrap())
        .with_initializer(init.parse().unwrap())
        .init(device)
}

/// Where advice is tested. Each device draws numbers of its own from a seed, and a training that makes a
/// network ill makes another one less so: what is measured on every device is tested elsewhere.
fn reference() -> [(&'static str, Device); 1] {
    [("flex", Device::flex())]
}

fn normal(shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), device)
}

fn report(model: &Mlp, input: Tensor<2>) -> Report {
    Inspection::new().forward(model, input).read().unwrap()
}

fn sentences(report: &Report) -> Vec<String> {
    report.diagnose().iter().map(ToString::to_string).collect()
}
