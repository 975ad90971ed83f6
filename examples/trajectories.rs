//! The paths of every optimizer on `f(x, y) = x^2 / 20 + y^2` from (-7, 2): a long, flat valley, in
//! which gradients hardly point at the minimum.
//!
//! ```text
//! cargo run --release --example trajectories
//! cargo run --release --example trajectories -- --out docs
//! ```
//!
//! Writes `trajectories-light` and `trajectories-dark`, as `.svg` and `.png`, to
//! `runs/trajectories`, or where `--out` says.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use burn_extras::optim::{ModuleStep, OptimizerConfig};
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

/// Draws the paths of every optimizer on one valley.
#[derive(Parser, Debug)]
#[command(name = "trajectories")]
struct Args {
    /// Folder for the figures
    #[arg(long, value_name = "DIR", default_value = "runs/trajectories")]
    out: PathBuf,
}

const START: [f32; 2] = [-7.0, 2.0];

/// Each rule with a learning rate that shows its character, and how many steps to show. (To Muon and SOAP a point is
/// a vector, which they leave to Adam.)
const PATHS: &[(&str, f64, usize)] = &[
    ("sgd", 0.95, 40),
    ("momentum_book", 0.1, 40),
    ("nesterov_book", 0.1, 40),
    ("adagrad_book", 1.5, 40),
    ("rmsprop(rho=0.9)", 0.3, 40),
    ("adam", 0.3, 60),
    ("nadam", 0.3, 60),
    ("adamw", 0.3, 60),
    ("nadamw", 0.3, 60),
    ("radam", 0.3, 250),
    ("amsgrad", 0.3, 60),
    ("adamax", 0.5, 60),
    ("adamaxw", 0.5, 60),
    ("adabelief", 0.3, 60),
    ("yogi", 0.3, 60),
    ("adadelta", 20.0, 150),
    ("asgd", 0.8, 60),
    ("rprop", 0.1, 40),
    ("ftrl", 1.5, 60),
    ("signum", 0.2, 60),
    ("lion", 0.2, 60),
    ("adopt", 0.3, 60),
    ("ademamix", 0.1, 100),
    ("madgrad", 0.3, 60),
    ("adafactor", 0.15, 60),
    ("lars(always_adapt=1)", 150.0, 60),
    ("lamb", 0.1, 60),
    ("novograd", 0.1, 60),
    ("dadapt_adam(d0=0.1)", 1.0, 60),
    ("prodigy(d0=0.1)", 1.0, 60),
    ("dog(reps_rel=0.1)", 1.0, 60),
    ("shampoo(matrix_epsilon=0.001)", 1.5, 60),
    ("kron", 0.1, 100),
    ("adam + cautious", 0.3, 60),
    ("momentum_book + lookahead", 0.1, 60),
];

const COLUMNS: usize = 5;
const PANEL: (u32, u32) = (320, 210);

#[derive(Module, Debug)]
struct Point {
    at: Param<Tensor<1>>,
}

/// Where the optimizer has been after each step.
fn path(config: &OptimizerConfig, lr: f64, steps: usize) -> Vec<(f64, f64)> {
    let device = Device::flex().autodiff();
    let at = Tensor::<1>::from_data(START, &device).require_grad();
    let mut point = Point {
        at: Param::from_tensor(at),
    };
    let curvature = Tensor::<1>::from_data([1.0 / 20.0, 1.0], &device);
    let mut optimizer = config.init();
    let mut path = vec![(START[0].into(), START[1].into())];
    for _ in 0..steps {
        let height = (point.at.val().square() * curvature.clone()).sum();
        let grads = GradientsParams::from_grads(height.backward(), &point);
        point = ModuleStep::new().step(&mut optimizer, lr, point, grads);
        let at: Vec<f64> = point.at.val().into_data().iter().collect();
        path.push((at[0], at[1]));
    }
    path
}

/// An ellipse on which the function has this value.
fn contour(height: f64) -> Mark {
    let radius = height.sqrt();
    let points = (0..=48)
        .map(|i| f64::from(i) * core::f64::consts::TAU / 48.0)
        .map(|angle| (radius * 20f64.sqrt() * angle.cos(), radius * angle.sin()))
        .collect();
    Mark::Line {
        points,
        ink: Ink::Faint,
        width: 1,
    }
}

fn panel(spec: &str, lr: f64, steps: usize) -> Result<Panel, Box<dyn Error>> {
    let config: OptimizerConfig = spec.parse()?;
    let points = path(&config, lr, steps);
    let x = Axis::new(-8.0, 8.0);
    let y = Axis::new(-3.0, 3.0).with_ticks(4);
    let mut panel = Panel::new(format!("{config}, lr {lr}"), x, y);
    panel.marks = [0.05, 0.4, 1.2, 2.5, 4.5, 7.0].map(contour).to_vec();
    Ok(panel
        .with(Mark::Line {
            points: points.clone(),
            ink: Ink::Series(1),
            width: 1,
        })
        .with(Mark::Dots {
            points,
            ink: Ink::Series(1),
            radius: 3,
        })
        .with(Mark::Cross {
            at: (0.0, 0.0),
            ink: Ink::Series(0),
        }))
}

fn sheet() -> Result<Sheet, Box<dyn Error>> {
    let panels: Result<Vec<Panel>, _> = PATHS
        .iter()
        .map(|&(spec, lr, steps)| panel(spec, lr, steps))
        .collect();
    Ok(Sheet::new("f(x, y) = x\u{b2}/20 + y\u{b2} from (-7, 2)")
        .with_grid(COLUMNS, PANEL)
        .with_panels(panels?))
}

fn run(args: Args) -> Result<(), Problem> {
    figure::writable(&args.out)?;
    let paths = sheet()
        .and_then(|sheet| sheet.save_both(&args.out, "trajectories"))
        .map_err(|error| Problem(error.to_string()))?;
    for path in paths {
        say(format_args!("wrote {}", path.display()));
    }
    Ok(())
}

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args().and_then(run))
}
