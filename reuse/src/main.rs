//! Trains on digits of MNIST, from the last checkpoint in the folder if there is one, and says how
//! many test images the network reads rightly.

#![recursion_limit = "256"]

use std::path::PathBuf;
use std::process::ExitCode;

use burn_extras_reuse::data::digits;
use burn_extras_reuse::device::device;
use burn_extras_reuse::training::{Plan, accuracy, reload};

const PLAN: Plan = Plan {
    epochs: 3,
    batch_size: 64,
    learning_rate: 2e-3,
    seed: 1,
};

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(accuracy) => {
            println!("test accuracy {:.2} %", 100.0 * accuracy);
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The accuracy on the test images.
fn run(arguments: Vec<String>) -> Result<f64, String> {
    let (folder, images) =
        match arguments.as_slice() {
            [folder] => (PathBuf::from(folder), 60_000),
            [folder, images] => match images.parse() {
                Ok(images @ 1..=60_000) => (PathBuf::from(folder), images),
                _ => return Err(format!("IMAGES must be 1 to 60000, got {images}")),
            },
            _ => return Err(
                "expected FOLDER [IMAGES]: where to keep checkpoints, how many images to train on"
                    .into(),
            ),
        };
    let missing = |error| format!("data/mnist in the repository: {error}");
    let train = digits("train", images).map_err(missing)?;
    let test = digits("t10k", images.min(10_000)).map_err(missing)?;
    let device = device();
    // Burn writes each file whole, but the three of a checkpoint in no order.
    let done = (1..=PLAN.epochs).rfind(|epoch| {
        let mut parts = ["model", "optim", "scheduler"].iter();
        parts.all(|part| {
            folder
                .join(format!("checkpoint/{part}-{epoch}.bpk"))
                .exists()
        })
    });
    let model = match done {
        Some(epoch) if epoch == PLAN.epochs => reload(&folder, epoch, &device),
        _ => PLAN.train(&train, &folder, done, PLAN.epochs, &device),
    };
    Ok(accuracy(&model, &test, &device))
}
