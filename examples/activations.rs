//! Every activation and its derivative on one sheet, from the registry.
//!
//! ```text
//! cargo run --release --example activations
//! cargo run --release --example activations -- gelu "elu(alpha=0.5)"
//! cargo run --release --example activations -- --out docs
//! ```
//!
//! Writes `activations-light` and `activations-dark`, as `.svg` and `.png`, to `runs/activations`,
//! or where `--out` says. Names pick the activations to draw.

use std::path::PathBuf;
use std::process::ExitCode;

use burn_extras::activation::ActivationConfig;
use clap::Parser;

use crate::figure::{Axis, Ink, Mark, Panel, Sheet};
use crate::print::say;
use crate::problem::Problem;

#[path = "figure/mod.rs"]
#[allow(dead_code, unused_imports, reason = "an example uses a part of it")]
mod figure;
#[path = "mnist/print.rs"]
mod print;
#[path = "mnist/problem.rs"]
mod problem;
#[path = "mnist/whole_file.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod whole_file;

/// Draws activations and their derivatives.
#[derive(Parser, Debug)]
#[command(name = "activations")]
struct Args {
    /// What to draw, parameters in parentheses [default: every activation that is a formula]
    #[arg(value_name = "NAME")]
    names: Vec<ActivationConfig>,

    /// Folder for the figures
    #[arg(long, value_name = "DIR", default_value = "runs/activations")]
    out: PathBuf,
}

const COLUMNS: usize = 7;
const PANEL: (u32, u32) = (220, 190);

// The same for all, so that their shapes can be compared.
const X: (f64, f64) = (-4.0, 4.0);
const Y: (f64, f64) = (-2.0, 4.0);
const POINTS: u32 = 160;

/// The curve of `f` in pieces: it is broken where `f` jumps.
fn curves(f: impl Fn(f64) -> f64) -> Vec<Vec<(f64, f64)>> {
    let x = |i: u32| X.0 + (X.1 - X.0) * f64::from(i) / f64::from(POINTS);
    let mut pieces = vec![vec![(x(0), f(x(0)))]];
    for i in 1..=POINTS {
        match jump(&f, x(i - 1), x(i)) {
            None => {}
            Some((left, right)) => {
                pieces
                    .last_mut()
                    .expect("never empty")
                    .push((left, f(left)));
                pieces.push(vec![(right, f(right))]);
            }
        }
        pieces
            .last_mut()
            .expect("never empty")
            .push((x(i), f(x(i))));
    }
    pieces
}

/// The two sides of a jump between `left` and `right`: it keeps its height however close one looks.
fn jump(f: impl Fn(f64) -> f64, left: f64, right: f64) -> Option<(f64, f64)> {
    let height = |left: f64, right: f64| (f(right) - f(left)).abs();
    let (mut low, mut high) = (left, right);
    for _ in 0..30 {
        let middle = 0.5 * (low + high);
        match height(low, middle) > height(middle, high) {
            true => high = middle,
            false => low = middle,
        }
    }
    (height(low, high) > 0.01).then_some((low, high))
}

fn panel(activation: &ActivationConfig) -> Result<Panel, Problem> {
    if activation.value(0.0).is_none() {
        return Err(Problem(format!(
            "{activation} has weights of its own, so there is no one curve to draw"
        )));
    }
    let value = |x| activation.value(x).unwrap_or(f64::NAN);
    let slope = |x| activation.slope(x).unwrap_or(f64::NAN);
    let x = Axis::new(X.0, X.1).with_ticks(5);
    let y = Axis::new(Y.0, Y.1).with_ticks(4);
    let lines = |f: &dyn Fn(f64) -> f64, ink, width| {
        curves(f)
            .into_iter()
            .map(move |points| Mark::Line { points, ink, width })
    };
    let mut panel = Panel::new(activation.to_string(), x, y);
    // The thinner one in front: where both are the same, both are seen.
    panel.marks.extend(lines(&value, VALUE, 4));
    panel.marks.extend(lines(&slope, SLOPE, 2));
    Ok(panel)
}

const VALUE: Ink = Ink::Series(0);
const SLOPE: Ink = Ink::Series(1);

fn run(args: Args) -> Result<(), Problem> {
    let activations = match args.names.is_empty() {
        true => ActivationConfig::formulas(),
        false => args.names,
    };
    let panels: Result<Vec<Panel>, Problem> = activations.iter().map(panel).collect();
    let sheet = Sheet::new("Activations")
        .with_legend("f(x)", VALUE)
        .with_legend("derivative f'(x)", SLOPE)
        .with_grid(COLUMNS.min(activations.len()), PANEL)
        .with_panels(panels?);
    figure::writable(&args.out)?;
    let paths = sheet
        .save_both(&args.out, "activations")
        .map_err(|error| Problem(error.to_string()))?;
    for path in paths {
        say(format_args!("wrote {}", path.display()));
    }
    Ok(())
}

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args().and_then(run))
}
