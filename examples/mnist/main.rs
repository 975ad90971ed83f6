//! Trains a five-layer network on MNIST, on the CPU or on the GPU.
//!
//!     cargo run --release --example mnist
//!     cargo run --release --example mnist --features wgpu

#![recursion_limit = "256"]

mod advice;
mod args;
mod batch;
mod classifier;
mod config;
mod data;
mod device;
mod evaluate;
#[path = "../figure/mod.rs"]
#[allow(dead_code, unused_imports, reason = "an example uses a part of it")]
mod figure;
mod figures;
mod history;
mod list;
mod norm;
mod plain;
mod print;
mod problem;
mod run_folder;
mod schedule;
mod summary;
mod train;
mod wait;

use std::process::ExitCode;

use burn::data::dataset::Dataset;
use burn::module::Module;

use crate::args::Args;
use crate::config::RunConfig;
use crate::data::{Digits, Mnist};
use crate::device::Choice;
use crate::evaluate::Confusion;
use crate::history::History;
use crate::print::say;
use crate::problem::Problem;
use crate::run_folder::RunFolder;
use crate::summary::Summary;
use crate::train::Training;

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args::<Args>().and_then(run))
}

fn run(args: Args) -> Result<(), Problem> {
    if args.list {
        say(list::text().trim_end());
        return Ok(());
    }
    let folder = RunFolder::new(&args.out);
    let (config, done) = match args.resume {
        true => resumed(&args, &folder)?,
        false => (args.config()?, 0),
    };
    let Choice {
        device,
        name: device_name,
        line,
    } = device::choose(&args.device)?;
    say(format_args!("device: {line}"));
    let mnist = Mnist::load(args.data.as_deref())?;
    let (train, validation) = split(&config, &mnist.train)?;
    let history = match done {
        0 => History::default(),
        done => History::read(&folder.history(), done)?,
    };
    match args.resume {
        true => folder.write_json(&folder.config(), &config)?,
        false => folder.start(&config)?,
    }
    say(format_args!(
        "network: {}, {} activation{}, {} initialization, {} with learning rate {}",
        config::list(&config.widths()),
        config.activation,
        if config.norm {
            " after a layer norm"
        } else {
            ""
        },
        config.init,
        config.optimizer,
        config.lr
    ));
    say(format_args!(
        "data: {} images to train on, {} for validation, {} to test at the end",
        train.len(),
        validation.len(),
        mnist.test.len()
    ));
    if let Some(note) = advice::before_start(&config, train.len()) {
        say(format_args!("note: {note}"));
    }

    let network = Training {
        config: &config,
        folder: &folder,
        device: &device,
        train: train.clone(),
        validation: validation.clone(),
        history: history.clone(),
        done,
        plain: args.plain,
    }
    .run()?;

    let accuracy = |digits: &Digits| Confusion::of(&network, digits, &device).accuracy();
    let seconds = history.epochs().iter().map(|epoch| epoch.seconds).sum();
    let steps = train.len().div_ceil(config.batch_size) * config.epochs;
    let test = Confusion::of(&network, &mnist.test, &device);
    let summary = Summary::new(&config, device_name)
        .with_accuracies(accuracy(&train), accuracy(&validation), test.accuracy())
        .with_speed(seconds, steps);
    let start = train::initial_network(&config, &train)?.to_device(&device);
    let before = figures::inspect(&start, &train, &device)?;
    let after = figures::inspect(&network, &train, &device)?;
    network
        .save_file(folder.model())
        .map_err(|error| Problem(format!("{}: {error}", folder.model().display())))?;
    folder.write_json(&folder.summary(), &summary)?;
    say(summary.report(&test));

    figures::save(
        &figures::curves(&config, &history.epochs()),
        &folder,
        "curves",
    )?;
    figures::save(&figures::layers(&before, &after), &folder, "layers")?;
    for line in advice::after_training(&config, &before.report, &after.report) {
        say(line);
    }
    say(format_args!("results: {}", folder.path().display()));
    Ok(())
}

/// The configuration of the run in `folder`, and the number of epochs that it has behind it.
fn resumed(args: &Args, folder: &RunFolder) -> Result<(RunConfig, usize), Problem> {
    let path = folder.path().display();
    if !folder.config().exists() {
        return Err(Problem(format!(
            "--resume: no run in {path}: start one without --resume, or name its folder with --out"
        )));
    }
    let config = args.resume(folder.saved_config()?)?;
    let Some(done) = folder.last_epoch() else {
        return Err(Problem(format!(
            "--resume: no checkpoint in {path}: the run stopped in its first epoch, start it again without --resume"
        )));
    };
    if done > config.epochs {
        return Err(Problem(format!(
            "--resume: the run in {path} has {done} epochs behind it, more than --epochs {}",
            config.epochs
        )));
    }
    Ok((config, done))
}

/// The images to train on, and those kept for validation: the last ones.
fn split(config: &RunConfig, digits: &Digits) -> Result<(Digits, Digits), Problem> {
    let all = digits.len();
    if config.validation >= all {
        return Err(Problem(format!(
            "--validation {} leaves nothing to train on: there are {all} training images",
            config.validation
        )));
    }
    let rest = all - config.validation;
    let samples = config.train_samples.unwrap_or(rest);
    if samples > rest {
        return Err(Problem(format!(
            "--train-samples {samples} is more than there are: {rest} of {all} images are left with --validation {}",
            config.validation
        )));
    }
    Ok((digits.range(0, samples), digits.range(rest, all)))
}
