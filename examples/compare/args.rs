use std::path::PathBuf;

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::optim::{AdamConfig, OptimizerConfig};
use clap::Parser;

use crate::grid::{Comparison, Grid};
use crate::problem::Problem;
use crate::studies;
use crate::tasks::{Kind, Task};

/// Compares activations, initializers and optimizers on tasks that differ, and says which one is best when.
///
/// Without --quick and without lists of one's own it runs the full study, which takes hours: --estimate says how many.
/// End it whenever you like: the same command goes on from there.
#[derive(Parser, Debug)]
#[command(name = "compare")]
pub struct Args {
    /// A small study that takes two or three minutes
    #[arg(long, conflicts_with_all = ["activations", "inits", "optimizers", "tasks"])]
    quick: bool,

    /// A study of your own, of these activations [default: relu gelu tanh]
    #[arg(long, value_name = "NAME", num_args = 1..)]
    activations: Vec<ActivationConfig>,

    /// The same, of these initializers [default: auto]
    #[arg(long, value_name = "NAME", num_args = 1..)]
    inits: Vec<InitConfig>,

    /// The same, of these optimizers [default: adam]
    #[arg(long, value_name = "NAME", num_args = 1..)]
    optimizers: Vec<OptimizerConfig>,

    /// The same, of these tasks: digits, smooth, periodic, picture, each with (depth, width, norm, samples, noise, rates,
    /// half, steps, batch) [default: digits]
    #[arg(long, value_name = "TASK", num_args = 1..)]
    tasks: Vec<Task>,

    /// Every task with networks of so many layers
    #[arg(long, value_name = "N", num_args = 1.., allow_negative_numbers = true)]
    depths: Vec<usize>,

    /// Every task with layers of so many units
    #[arg(long, value_name = "N", num_args = 1.., allow_negative_numbers = true)]
    widths: Vec<usize>,

    /// Every training with so many steps
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    steps: Option<usize>,

    /// Learning rates to try, in units of the usual one of the optimizer [default: 0.1 0.3 1 3 10]
    #[arg(long, value_name = "X", num_args = 1.., allow_negative_numbers = true)]
    rates: Vec<f64>,

    /// Trainings at the learning rate that was chosen, 3 or more
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seeds: Option<u64>,

    /// Folder for the results, and to go on in
    #[arg(long, value_name = "DIR", default_value = "runs/compare")]
    pub out: PathBuf,

    /// Folder with the four MNIST files, gzipped or plain [default: data/mnist]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Train one candidate of each task, and say how long all of it takes
    #[arg(long, conflicts_with_all = ["report", "write_docs"])]
    pub estimate: bool,

    /// Train nothing, and write the reports from what is there
    #[arg(long)]
    pub report: bool,

    /// Train nothing, and write choosing.md with its figures into a folder, from a study that is done
    #[arg(long, value_name = "DIR")]
    pub write_docs: Option<PathBuf>,
}

impl Args {
    /// What is to be compared.
    pub fn grid(&self) -> Result<Grid, Problem> {
        let own = !(self.activations.is_empty()
            && self.inits.is_empty()
            && self.optimizers.is_empty()
            && self.tasks.is_empty());
        let mut grid = match (self.quick, own) {
            (true, _) => studies::quick()?,
            (false, true) => self.own(),
            (false, false) => studies::full()?,
        };
        for comparison in &mut grid.comparisons {
            comparison.tasks = self.varied(&comparison.tasks)?;
        }
        if !self.rates.is_empty() {
            grid.ladder = self.rates.clone();
        }
        grid.seeds = self.seeds.unwrap_or(grid.seeds);
        Ok(grid)
    }

    fn own(&self) -> Grid {
        let or = |given: &[ActivationConfig]| match given {
            [] => vec![
                ActivationConfig::Relu,
                ActivationConfig::Gelu,
                ActivationConfig::Tanh,
            ],
            given => given.to_vec(),
        };
        let inits = match self.inits.as_slice() {
            [] => vec![InitConfig::Auto],
            given => given.to_vec(),
        };
        let optimizers = match self.optimizers.as_slice() {
            [] => vec![AdamConfig::new().into()],
            given => given.to_vec(),
        };
        let tasks = match self.tasks.as_slice() {
            [] => vec![Task::new(Kind::Digits)],
            given => given.to_vec(),
        };
        Grid {
            comparisons: vec![Comparison {
                name: "comparison",
                title: "Which one, when",
                tasks,
                candidates: studies::product(&or(&self.activations), &inits, &optimizers),
            }],
            ladder: studies::LADDER.to_vec(),
            seeds: 3,
        }
    }

    /// The tasks at every depth and width that is asked for.
    fn varied(&self, tasks: &[Task]) -> Result<Vec<Task>, Problem> {
        let each = |given: &[usize]| -> Vec<Option<usize>> {
            match given {
                [] => vec![None],
                given => given.iter().copied().map(Some).collect(),
            }
        };
        let mut varied: Vec<Task> = Vec::new();
        for task in tasks {
            for depth in each(&self.depths) {
                for width in each(&self.widths) {
                    let task = Task {
                        depth: depth.unwrap_or(task.depth),
                        width: width.unwrap_or(task.width),
                        steps: self.steps.unwrap_or(task.steps),
                        ..task.clone()
                    };
                    // What a task may be is said in one place: where it is read.
                    let task: Task = task.to_string().parse()?;
                    if !varied.contains(&task) {
                        varied.push(task);
                    }
                }
            }
        }
        Ok(varied)
    }
}
