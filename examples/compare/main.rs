//! Which activation, initializer and optimizer is best, in which situation.
//!
//! ```text
//! cargo run --release --example compare -- --quick        # in a few minutes
//! cargo run --release --example compare -- --estimate     # how long the full study takes
//! cargo run --release --example compare                   # the full study; end it and go on as you like
//! cargo run --release --example compare -- --tasks "digits(depth=20)" --activations relu mish --inits he auto
//! ```
//!
//! Trains every candidate on every task, by the protocol of `burn_extras::study`, one training on each core. Each
//! finished training is a line of `runs/compare/study.csv`, and the same command goes on from there. Writes a page for
//! each comparison, `activations.html` and `optimizers.html`, and the figures.

#![recursion_limit = "256"]

mod args;
#[path = "../mnist/batch.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod batch;
#[path = "../mnist/data.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod data;
mod document;
mod estimate;
#[path = "../figure/mod.rs"]
#[allow(dead_code, unused_imports, reason = "shared with other examples")]
mod figure;
mod figures;
#[path = "../mnist/fingerprint.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod fingerprint;
mod grid;
#[path = "../mnist/precision.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod precision;
#[path = "../mnist/print.rs"]
mod print;
#[path = "../mnist/problem.rs"]
mod problem;
mod progress;
#[path = "../mnist/random.rs"]
mod random;
mod results;
mod studies;
mod tasks;
mod theory;
mod training;
#[path = "../mnist/whole_file.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod whole_file;
mod words;

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

use burn_extras::study::{Run, Study, StudyError};

use crate::args::Args;
use crate::data::Mnist;
use crate::grid::Grid;
use crate::print::{say, warn};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::tasks::{Data, DigitTensors, Kind};

/// The trainings that are finished.
const STUDY: &str = "study.csv";

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args().and_then(|args| run(&args)))
}

fn run(args: &Args) -> Result<(), Problem> {
    let mut grid = args.grid()?;
    for note in grid.check()? {
        warn(note);
    }
    if args.estimate {
        let data = load(&grid, args.data.as_deref())?;
        say(estimate::estimate(&grid, &data));
        return Ok(());
    }
    let path = args.out.join(STUDY);
    // Everything that can be wrong is found before a file is made.
    let data = match args.report || args.write_docs.is_some() {
        true if !path.exists() => {
            return Err(Problem(format!(
                "--out {}: there is no {STUDY}; run the study first",
                args.out.display()
            )));
        }
        true => None,
        false => Some(load(&grid, args.data.as_deref())?),
    };
    figure::writable(&args.out)?;
    let mut study = Study::open(grid.whole(), &path).map_err(problem_of)?;
    if let Some(data) = &data {
        train(&grid, data, &mut study)?;
    }
    match &args.write_docs {
        Some(folder) => document::write(&grid, &study, folder)?,
        None => results::write(&grid, &study, &args.out)?,
    }
    Ok(())
}

fn problem_of(error: StudyError) -> Problem {
    Problem(error.to_string())
}

/// The data of every task, by its name.
fn load(grid: &Grid, folder: Option<&Path>) -> Result<HashMap<String, Data>, Problem> {
    let tasks = grid.tasks();
    let digits = tasks.iter().filter(|it| it.kind == Kind::Digits);
    let digits = match digits.map(|it| it.samples).max() {
        Some(samples) => Some(DigitTensors::new(&Mnist::load(folder)?, samples)?),
        None => None,
    };
    let each = tasks
        .into_iter()
        .map(|it| Ok((it.to_string(), it.data(digits.as_ref())?)));
    each.collect()
}

/// Does what is not done yet.
fn train(grid: &Grid, data: &HashMap<String, Data>, study: &mut Study) -> Result<(), Problem> {
    let (tasks, candidates) = grid.by_name();
    let each = study.plan().cells().iter();
    let whole = each.map(|it| tasks[&it.task].cost() * (it.rates.len() as f64 + grid.seeds as f64));
    let whole: f64 = whole.sum();
    let done = study.done();
    let cost = done.iter().map(|it| tasks[&it.run.task].cost()).sum();
    if !done.is_empty() {
        say(format_args!(
            "{} of {} trainings are done",
            done.len(),
            study.plan().runs()
        ));
    }
    let progress = Progress::new(study.plan().runs(), whole, done.len(), cost);
    let one = |run: &Run| {
        let (task, candidate) = (tasks[&run.task], candidates[&run.levels]);
        training::train(run, task, candidate, &data[&run.task])
    };
    let ended = study.run(one, |finished| progress.add(tasks[&finished.run.task]));
    progress.end();
    ended.map_err(problem_of)
}
