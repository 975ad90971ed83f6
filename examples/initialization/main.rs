//! Why a deep network does not train, and what its initial weights have to do with it.
//!
//! ```text
//! cargo run --release --example initialization
//! ```
//!
//! Five layers, 784-50-50-50-50-10, trained by plain gradient descent with a learning rate of 0.01
//! and batches of 100, once for each way to draw the weights. Prints the accuracy over all training
//! and all test images before the training and after each epoch, beside that of the report that
//! this lesson is taken from. Writes the loss curves, and the histograms of each layer's outputs
//! before and after the training, to `runs/initialization`: for ReLU, and for sigmoid and tanh,
//! which are trained for fewer epochs.
//!
//! Pixels are shifted and scaled to mean 0 and variance 1, which `auto` counts on in the first layer.
//! What the report did with its pixels it does not say; here learning is faster.

#![recursion_limit = "256"]

#[path = "../mnist/batch.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod batch;
#[path = "../mnist/data.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod data;
mod experiment;
#[path = "../figure/mod.rs"]
#[allow(dead_code, unused_imports, reason = "shared with other examples")]
mod figure;
mod figures;
#[path = "../mnist/fingerprint.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod fingerprint;
#[path = "../mnist/print.rs"]
mod print;
#[path = "../mnist/problem.rs"]
mod problem;
mod report;
mod sets;
#[path = "../mnist/whole_file.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod whole_file;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use crate::data::Mnist;
use crate::experiment::{Experiment, Outcome};
use crate::print::say;
use crate::problem::Problem;
use crate::sets::Sets;

/// Trains a five-layer network with each way to draw its weights, and shows what becomes of it.
#[derive(Parser, Debug)]
#[command(name = "initialization")]
struct Args {
    /// Passes over the training images, with ReLU
    #[arg(
        long,
        value_name = "N",
        default_value_t = 16,
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..=1000)
    )]
    epochs: u16,

    /// Seed of the weights and of the order of the images
    #[arg(long, default_value_t = 42)]
    seed: u64,

    /// Folder with the four MNIST files, gzipped or plain [default: data/mnist]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Folder for the figures
    #[arg(long, value_name = "DIR", default_value = "runs/initialization")]
    out: PathBuf,
}

/// The initializers, in the order in which they are shown.
const INITS: [&str; 5] = ["normal", "xavier", "he", "auto", "lsuv"];

/// Each activation with the most epochs that it is trained for.
const ACTIVATIONS: [(ActivationConfig, u16); 3] = [
    (ActivationConfig::Relu, u16::MAX),
    (ActivationConfig::Sigmoid, 4),
    (ActivationConfig::Tanh, 4),
];

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args().and_then(run))
}

fn run(args: Args) -> Result<(), Problem> {
    let mnist = Mnist::load(args.data.as_deref())?;
    figure::writable(&args.out)?;
    let sets = Sets::new(&mnist);
    let mut experiments = Vec::new();
    for (activation, most) in &ACTIVATIONS {
        for init in INITS {
            let init: InitConfig = init
                .parse()
                .map_err(|error| Problem(format!("{init}: {error}")))?;
            let epochs = args.epochs.min(*most).into();
            let activation = activation.clone();
            experiments.push(Experiment::new(activation, init, epochs, args.seed, &sets)?);
        }
    }
    let outcomes = run_all(&experiments, &sets)?;
    for outcome in outcomes.iter().filter(|it| it.shows_accuracies()) {
        say(report::block(outcome));
    }
    let paths = figures::write(&outcomes, &args.out)
        .map_err(|error| Problem(format!("the figures cannot be written: {error}")))?;
    say("figures:");
    for path in paths {
        say(format_args!("    {}", path.display()));
    }
    Ok(())
}

/// Runs all experiments, as many at a time as there are processors.
fn run_all(experiments: &[Experiment], sets: &Sets) -> Result<Vec<Outcome>, Problem> {
    let bar = ProgressBar::new(experiments.iter().map(|it| it.epochs as u64).sum());
    bar.set_style(
        ProgressStyle::with_template("training {bar:40} {pos} of {len} epochs, {eta} left")
            .expect("a valid template"),
    );
    bar.enable_steady_tick(std::time::Duration::from_millis(500));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::SeqCst);
            match experiments.get(index) {
                Some(experiment) => done.push((index, experiment.run(sets, &bar))),
                None => return done,
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("an experiment does not panic"))
            .collect()
    });
    bar.finish_and_clear();
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
