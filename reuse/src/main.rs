//! Trains on digits of MNIST, from the last checkpoint in the folder if there is one, and says how
//! many test images the network reads rightly.

#![recursion_limit = "256"]

use std::path::PathBuf;
use std::process::ExitCode;

use burn_extras::optim::NadamConfig;
use burn_extras_reuse::data::digits;
use burn_extras_reuse::device::chosen;
use burn_extras_reuse::training::{Plan, accuracy, reload};

/// What it is to do.
struct Arguments {
    /// Where checkpoints are kept.
    folder: PathBuf,
    /// How many images it trains on.
    images: usize,
    plan: Plan,
}

impl Arguments {
    fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        const USAGE: &str = "expected FOLDER [IMAGES] [--optimizer NAME] [--seed N]: where to keep checkpoints, how many \
                             images to train on";
        let mut plan = Plan {
            epochs: 3,
            batch_size: 64,
            optimizer: NadamConfig::new().into(),
            learning_rate: NadamConfig::new().default_lr(),
            seed: 1,
        };
        let mut places = Vec::new();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let missing = || format!("{argument} wants a value");
                arguments.next().ok_or_else(missing)
            };
            match argument.as_str() {
                "--optimizer" => {
                    plan.optimizer = value()?.parse().map_err(|error| format!("{error}"))?;
                    plan.learning_rate = plan.optimizer.default_lr();
                }
                "--seed" => {
                    let seed = value()?;
                    let wrong = |_| format!("--seed must be a whole number, got {seed}");
                    plan.seed = seed.parse().map_err(wrong)?;
                }
                other if other.starts_with('-') => {
                    return Err(format!("there is no {other}: {USAGE}"));
                }
                _ => places.push(argument),
            }
        }
        let (folder, images) = match places.as_slice() {
            [folder] => (folder, 60_000),
            [folder, images] => match images.parse() {
                Ok(images @ 1..=60_000) => (folder, images),
                _ => return Err(format!("IMAGES must be 1 to 60000, got {images}")),
            },
            _ => return Err(USAGE.into()),
        };
        Ok(Self {
            folder: PathBuf::from(folder),
            images,
            plan,
        })
    }
}

fn main() -> ExitCode {
    match Arguments::read(std::env::args().skip(1)).and_then(run) {
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
fn run(arguments: Arguments) -> Result<f64, String> {
    let Arguments {
        folder,
        images,
        plan,
    } = arguments;
    let missing = |error| format!("data/mnist in the repository: {error}");
    let train = digits("train", images).map_err(missing)?;
    let test = digits("t10k", images.min(10_000)).map_err(missing)?;
    let device = chosen()?;
    // Burn writes each file whole, but the three of a checkpoint in no order.
    let done = (1..=plan.epochs).rfind(|epoch| {
        let mut parts = ["model", "optim", "scheduler"].iter();
        parts.all(|part| {
            folder
                .join(format!("checkpoint/{part}-{epoch}.bpk"))
                .exists()
        })
    });
    let model = match done {
        Some(epoch) if epoch == plan.epochs => reload(&folder, epoch, &device),
        _ => plan.train(&train, &folder, done, plan.epochs, &device),
    };
    Ok(accuracy(&model, &test, &device))
}
