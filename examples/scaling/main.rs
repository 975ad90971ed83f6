//! Measures what a training step costs on servers, and fits the model of docs/scaling.md to it.
//!
//!     cargo run --release --features remote --example scaling
//!
//! It runs the examples `mnist` and `serve`, which have to be built: `cargo build --release --features remote --examples`.

#[path = "../mnist/print.rs"]
mod print;
#[path = "../mnist/problem.rs"]
mod problem;

mod case;
mod fit;
mod link;
mod measure;
mod model;
mod programs;
mod tables;

use std::process::ExitCode;

use clap::Parser;

use crate::case::Case;
use crate::measure::Measured;
use crate::model::Model;
use crate::print::say;
use crate::problem::Problem;

/// Measures training steps here and on servers of this machine, and fits a model to them.
///
/// Every server is a process of this machine, so that they share its processor: what more of them cost is measured, and
/// what more machines would save follows from the model.
#[derive(Parser, Debug)]
#[command(name = "scaling")]
struct Args {
    /// Which measurements: steps (one server beside none), servers (1, 2 and 4, and the model), or all
    #[arg(long, value_name = "WHAT", default_value = "all", value_parser = ["steps", "servers", "all"])]
    what: String,

    /// Seconds that an epoch lasts, about: of several the shortest counts
    #[arg(long, default_value_t = 0.5)]
    seconds: f64,
}

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args::<Args>().and_then(run))
}

fn run(args: Args) -> Result<(), Problem> {
    if !(0.01..=60.0).contains(&args.seconds) {
        return Err(Problem(format!(
            "--seconds {}: expected 0.01 to 60",
            args.seconds
        )));
    }
    let measured = |cases: Vec<Case>| -> Result<Vec<Measured>, Problem> {
        let each = cases.into_iter();
        each.map(|case| measure::measure(case, args.seconds))
            .collect()
    };
    if args.what != "servers" {
        say(tables::steps(&measured(case::steps())?));
    }
    if args.what != "steps" {
        let fitted = measured(case::fitted())?;
        let others = measured(case::others())?;
        let model = Model::fit(&fitted)?;
        say(tables::servers(&fitted, &model));
        say(tables::others(&others, &model));
        say(tables::model(&model));
    }
    Ok(())
}
