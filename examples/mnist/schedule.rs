use burn_extras::registry::SpecError;
use burn_extras::schedule::{AnyScheduler, ScheduleConfig, Warmup};

use crate::config::RunConfig;
use crate::problem::Problem;

/// The learning rate of each step of a run, where an epoch has so many steps.
pub fn scheduler(config: &RunConfig, steps: usize) -> Result<AnyScheduler, Problem> {
    let scheduler = with_warmup(config, steps)
        .and_then(|schedule| schedule.init(config.lr, steps * config.epochs));
    scheduler.map_err(|error| Problem(format!("--schedule {}: {error}", config.schedule)))
}

/// The schedule, with the warm-up that `--warmup` asks for, if it does.
fn with_warmup(config: &RunConfig, steps: usize) -> Result<ScheduleConfig, SpecError> {
    match config.warmup {
        // A schedule that takes no warm-up has none of 0 epochs.
        Some(epochs) if epochs > 0.0 || config.schedule.warmup().is_some() => {
            let warmup = Warmup::steps((epochs * steps as f64).round() as usize);
            config.schedule.with_warmup(warmup)
        }
        _ => Ok(config.schedule),
    }
}
