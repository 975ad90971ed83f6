//! The studies that are run without another word: the full one, and one to see what it does.

use burn_extras::optim::OptimizerConfig;

use crate::grid::{Comparison, Grid};
use crate::problem::Problem;
use crate::tasks::Task;
use crate::training::Candidate;

/// Situations, one a line.
const TASKS: [&str; 15] = [
    "digits",
    "digits(depth=20)",
    "digits(depth=50)",
    "digits(norm=1)",
    "digits(depth=20, norm=1)",
    "digits(depth=50, norm=1)",
    "digits(rates=0.01)",
    "digits(rates=30)",
    "digits(samples=200)",
    "digits(noise=0.3)",
    "digits(half=1)",
    "smooth(steps=1000)",
    "smooth(noise=0.3, steps=1000)",
    "periodic(steps=1000)",
    "picture(steps=1000)",
];

const ACTIVATIONS: [&str; 22] = [
    "relu",
    "leaky_relu",
    "prelu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "softplus",
    "squared_relu",
    "tanh",
    "sigmoid",
    "softsign",
    "sine",
    "sine(omega=5)",
    "snake",
    "gaussian",
    "sinc",
    "gcu",
    "bent_identity",
    "swiglu",
    "identity",
];

const OPTIMIZERS: [&str; 26] = [
    "sgd",
    "momentum",
    "nesterov",
    "adagrad",
    "adadelta",
    "rmsprop",
    "adam",
    "adamw",
    "adamax",
    "nadam",
    "radam",
    "amsgrad",
    "adabelief",
    "yogi",
    "adopt",
    "ademamix",
    "adafactor",
    "lamb",
    "lion",
    "signum",
    "muon",
    "rprop",
    "dog",
    "prodigy",
    "adam + lookahead",
    "adam + ema(decay=0.98)",
];

const QUICK_TASKS: [&str; 4] = [
    "digits(samples=2000, steps=150)",
    "digits(depth=20, samples=2000, steps=150)",
    "smooth(steps=300)",
    "periodic(steps=300)",
];

const QUICK_ACTIVATIONS: [&str; 7] = [
    "relu",
    "gelu",
    "selu",
    "tanh",
    "sigmoid",
    "sine",
    "bent_identity",
];

const QUICK_OPTIMIZERS: [&str; 6] = ["sgd", "momentum", "rmsprop", "adam", "lion", "muon"];

const INITS: [&str; 3] = ["he", "auto", "lsuv"];

/// A hundredfold range of learning rates.
pub const LADDER: [f64; 5] = [0.1, 0.3, 1.0, 3.0, 10.0];
const QUICK_LADDER: [f64; 3] = [0.3, 1.0, 3.0];

pub fn full() -> Result<Grid, Problem> {
    grid(&TASKS, &ACTIVATIONS, &OPTIMIZERS, &LADDER)
}

pub fn quick() -> Result<Grid, Problem> {
    grid(
        &QUICK_TASKS,
        &QUICK_ACTIVATIONS,
        &QUICK_OPTIMIZERS,
        &QUICK_LADDER,
    )
}

fn grid(
    tasks: &[&str],
    activations: &[&str],
    optimizers: &[&str],
    ladder: &[f64],
) -> Result<Grid, Problem> {
    let tasks: Vec<Task> = parsed(tasks)?;
    let adam = OptimizerConfig::Adam(Default::default());
    let mut each = product(&parsed(activations)?, &parsed(&INITS)?, &[adam]);
    // There is no `auto` for an activation with weights of its own.
    each.retain(|it| it.init.check(&it.activation).is_ok());
    Ok(Grid {
        comparisons: vec![
            Comparison {
                name: "activations",
                title: "Which activation, when",
                tasks: tasks.clone(),
                candidates: each,
            },
            Comparison {
                name: "optimizers",
                title: "Which optimizer, when",
                tasks,
                candidates: product(&parsed(&["relu"])?, &parsed(&["he"])?, &parsed(optimizers)?),
            },
        ],
        ladder: ladder.to_vec(),
        seeds: 3,
    })
}

/// All combinations.
pub fn product(
    activations: &[burn_extras::activation::ActivationConfig],
    inits: &[burn_extras::init::InitConfig],
    optimizers: &[OptimizerConfig],
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for activation in activations {
        for init in inits {
            candidates.extend(optimizers.iter().map(|optimizer| Candidate {
                activation: activation.clone(),
                init: init.clone(),
                optimizer: optimizer.clone(),
            }));
        }
    }
    candidates
}

fn parsed<T>(names: &[&str]) -> Result<Vec<T>, Problem>
where
    T: std::str::FromStr,
    Problem: From<T::Err>,
{
    names.iter().map(|it| Ok(it.parse()?)).collect()
}
