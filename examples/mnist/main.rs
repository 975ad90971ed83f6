//! Trains a five-layer network on MNIST, on the CPU or on the GPU.
//!
//!     cargo run --release --example mnist
//!     cargo run --release --example mnist --features wgpu

#![recursion_limit = "256"]

mod advice;
mod args;
mod batch;
mod begin;
mod canonical;
mod check;
mod checkpoints;
mod classifier;
mod config;
mod data;
mod deform;
#[path = "../device/mod.rs"]
mod device;
mod ending;
mod epoch_record;
mod evaluate;
#[path = "../figure/mod.rs"]
#[allow(dead_code, unused_imports, reason = "an example uses a part of it")]
mod figure;
mod figures;
mod fingerprint;
mod header;
mod history;
mod list;
mod loading;
mod lock;
mod logger;
mod norm;
mod part;
mod plain;
mod precision;
mod print;
mod problem;
mod quietly;
#[allow(dead_code, reason = "shared with the compare example")]
mod random;
mod range_test;
mod recipe;
mod results;
mod resume;
mod run_folder;
#[allow(dead_code, reason = "shared with the predict example")]
mod saved;
mod schedule;
mod share;
mod sharing;
mod signal;
mod strategy;
mod summary;
mod terminal;
mod threads;
mod train;
mod values;
mod wait;
mod whole_file;

use std::process::ExitCode;

use burn::data::dataset::Dataset;

use crate::args::Args;
use crate::config::RunConfig;
use crate::data::{Digits, Mnist};
use crate::device::Choice;
use crate::ending::Ending;
use crate::fingerprint::Fingerprint;
use crate::history::History;
use crate::lock::FolderLock;
use crate::print::{lost, say};
use crate::problem::Problem;
use crate::results::Results;
use crate::run_folder::RunFolder;
use crate::sharing::Sharing;
use crate::train::Training;

fn main() -> ExitCode {
    match problem::parse_args::<Args>().and_then(run) {
        Ok(0) => problem::exit_code(Ok(())),
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
    let config = match args.resume {
        true => resume::settings(&args, &folder)?,
        false => args.config()?,
    };
    let device = device::choose(&args.device, &args.servers)?;
    let sharing = Sharing::new(&args, &config, &device)?;
    say(format_args!("device: {}{sharing}", device.line));
    let mnist = Mnist::load(args.data.as_deref())?;
    let (train, validation) = split(&config, &mnist.train)?;
    if args.lr_finder {
        return device.watched(|| {
            threads::in_pool(&config, || {
                range_test::run(&config, &folder, &device.device, &train)
            })
        });
    }
    let run = Run {
        config: &config,
        folder: &folder,
        device: &device,
        sharing,
        data: [&train, &validation, &mnist.test],
        plain: args.plain,
    };
    let status = device.watched(|| run.go(args.resume))?;
    match lost() {
        // A run that was stopped is known to be.
        Some(error) if status == 0 => Err(Problem(format!(
            "standard output was lost ({error}): the run went on to its end, its results are in {}",
            args.out.display()
        ))),
        _ => Ok(status),
    }
}

/// A run whose settings and data are known.
struct Run<'a> {
    config: &'a RunConfig,
    folder: &'a RunFolder,
    device: &'a Choice,
    sharing: Sharing,
    /// To train on, to validate with, and to test with.
    data: [&'a Digits; 3],
    plain: bool,
}

impl Run<'_> {
    /// Trains a new network, or goes on with one; returns the exit status.
    ///
    /// All that can be refused is refused before anything of an earlier run is removed.
    fn go(&self, resumed: bool) -> Result<u8, Problem> {
        let (config, folder) = (self.config, self.folder);
        let [train, validation, test] = self.data;
        let steps = config.steps(train.len());
        let scheduler = schedule::scheduler(config, steps)?;
        let sets = self.data.iter();
        let fingerprint = sets.fold(Fingerprint::of(&[]), |sum, set| set.fingerprint(sum));
        let _lock = FolderLock::take(folder)?;
        let device = &self.device.device;
        let behind = resumed.then(|| resume::behind(folder, config, fingerprint, steps, device));
        let behind = behind.transpose()?;
        self.introduce();
        let history = match &behind {
            None => History::default(),
            Some(behind) => {
                say(header::resumption(config, behind));
                behind.history.clone()
            }
        };
        let done = history.epochs().len();
        let ending = match behind.and_then(|_| Ending::of_complete(config, &history)) {
            Some(ending) => {
                say(format_args!("nothing is left to train: {ending}"));
                begin::keep(folder, config, &history)?;
                ending
            }
            None => {
                match resumed {
                    true => begin::again(folder, config, &history)?,
                    false => begin::anew(folder, config)?,
                }
                let training = Training {
                    config,
                    folder,
                    device: self.device,
                    sharing: self.sharing,
                    train: train.clone(),
                    validation: validation.clone(),
                    data: fingerprint,
                    scheduler,
                    history: history.clone(),
                    done,
                    plain: self.plain,
                };
                threads::in_pool(config, || training.run())?
            }
        };
        let device = match ending {
            Ending::Failed(_) => self.device.after_failure(),
            _ => device.clone(),
        };
        let results = Results {
            config,
            folder,
            device: &device,
            device_name: self.device.name,
            train,
            validation,
            test,
            history: &history,
        };
        results.leave(ending)
    }

    /// Says what the run does.
    fn introduce(&self) {
        let [train, validation, test] = self.data.map(Dataset::len);
        say(header::header(self.config));
        say(format_args!(
            "data: {train} images to train on, {validation} for validation, {test} to test at the end"
        ));
        if let Some(note) = advice::before_start(self.config, train) {
            say(format_args!("note: {note}"));
        }
    }
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
