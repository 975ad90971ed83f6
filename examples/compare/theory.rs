//! What the theory of `burn_extras::init` says before anything is trained, beside what happened.

use burn_extras::init::{InitConfig, Stability, VarianceMap};
use burn_extras::study::{Standing, TaskSummary};

use crate::grid::Grid;
use crate::tasks::Task;

/// What an answer that is always the same has for an error: one digit of ten, or the mean of a function.
fn guess(task: &Task) -> f64 {
    match task.kind {
        crate::tasks::Kind::Digits => 0.9,
        _ => 1.0,
    }
}

/// How far gradients may shrink or grow over all layers and still be of use, to either side.
const GRADIENT: f64 = 1e3;

/// An activation in a deep network with the gain that theory gives it.
pub struct Prediction {
    pub activation: String,
    pub stability: Stability,
    /// What becomes of a gradient on its way to the first layer.
    pub gradient: f64,
    /// The test error that was measured.
    pub error: f64,
    /// Whether it should learn.
    pub predicted: bool,
    /// Whether it learned: whether its error is less than half of that of a guess.
    pub happened: bool,
}

/// The predictions for a task, of all activations that were trained with `auto`.
pub fn predictions(grid: &Grid, task: &Task, summary: &TaskSummary) -> Vec<Prediction> {
    let (_, candidates) = grid.by_name();
    let predict = |it: &Standing| {
        let candidate = candidates.get(&it.levels)?;
        if candidate.init != InitConfig::Auto {
            return None;
        }
        let map = VarianceMap::of(&candidate.activation).ok()?;
        let stability = map.stability(task.depth, task.width);
        let gradient = map.gradient.powf((task.depth - 1) as f64 / 2.0);
        Some(Prediction {
            activation: it.levels[0].clone(),
            stability,
            gradient,
            error: it.mean,
            predicted: stability != Stability::Unstable
                && (1.0 / GRADIENT..=GRADIENT).contains(&gradient),
            happened: it.mean < guess(task) / 2.0,
        })
    };
    summary.standings.iter().filter_map(predict).collect()
}

/// Whether a candidate has learned next to nothing.
pub fn has_not_learned(task: &Task, standing: &Standing) -> bool {
    !standing.mean.is_finite() || standing.mean > 0.9 * guess(task)
}
