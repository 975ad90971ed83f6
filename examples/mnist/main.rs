//! Trains a five-layer network on MNIST, on the CPU or on the GPU.
//!
//!     cargo run --release --example mnist
//!     cargo run --release --example mnist --features wgpu

#![recursion_limit = "256"]

mod advice;
mod args;
mod batch;
mod check;
mod classifier;
mod config;
mod data;
mod device;
mod ending;
mod evaluate;
#[path = "../figure/mod.rs"]
#[allow(dead_code, unused_imports, reason = "an example uses a part of it")]
mod figure;
mod figures;
mod header;
mod history;
mod list;
mod logger;
mod norm;
mod plain;
mod print;
mod problem;
mod range_test;
mod results;
mod resume;
mod run_folder;
#[allow(dead_code, reason = "shared with the predict example")]
mod saved;
mod schedule;
mod signal;
mod strategy;
mod summary;
mod terminal;
mod threads;
mod train;
mod values;
mod wait;

use std::process::ExitCode;

use burn::data::dataset::Dataset;

use crate::args::Args;
use crate::config::RunConfig;
use crate::data::{Digits, Mnist};
use crate::device::Choice;
use crate::ending::Ending;
use crate::history::History;
use crate::print::say;
use crate::problem::Problem;
use crate::results::Results;
use crate::run_folder::RunFolder;
use crate::train::Training;

fn main() -> ExitCode {
    match problem::parse_args::<Args>().and_then(run) {
        Ok(status) => ExitCode::from(status),
        Err(problem) => problem::exit_code(Err(problem)),
    }
}

/// Does what `args` ask for; returns the exit status.
fn run(args: Args) -> Result<u8, Problem> {
    if args.list {
        say(list::text().trim_end());
        return Ok(0);
    }
    let folder = RunFolder::new(&args.out);
    let (config, done) = match args.resume {
        true => resume::resumed(&args, &folder)?,
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
    if args.lr_finder {
        return threads::in_pool(&config, || {
            range_test::run(&config, &folder, &device, &train)
        });
    }
    let scheduler = schedule::scheduler(&config, config.steps(train.len()))?;
    let history = match done {
        0 => History::default(),
        done => History::read(&folder.history(), done)?,
    };
    say(header::header(&config));
    say(format_args!(
        "data: {} images to train on, {} for validation, {} to test at the end",
        train.len(),
        validation.len(),
        mnist.test.len()
    ));
    if let Some(note) = advice::before_start(&config, train.len()) {
        say(format_args!("note: {note}"));
    }
    let ended = match args.resume {
        true => {
            say(header::resumption(
                &config,
                folder.saved_config()?.epochs,
                done,
            ));
            Ending::of_complete(&config, &history)
        }
        false => None,
    };
    let ending = match ended {
        Some(ending) => {
            say(format_args!("nothing is left to train: {ending}"));
            folder.write_json(&folder.config(), &config)?;
            ending
        }
        None => {
            match args.resume {
                true => folder.go_on(&config)?,
                false => folder.start(&config)?,
            }
            let training = Training {
                config: &config,
                folder: &folder,
                device: &device,
                train: train.clone(),
                validation: validation.clone(),
                scheduler,
                history: history.clone(),
                done,
                plain: args.plain,
            };
            threads::in_pool(&config, || training.run())?
        }
    };
    let results = Results {
        config: &config,
        folder: &folder,
        device: &device,
        device_name,
        train: &train,
        validation: &validation,
        test: &mnist.test,
        history: &history,
    };
    results.leave(ending)
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
