use burn_extras::schedule::ScheduleConfig;

use crate::config::{RunConfig, list};
use crate::problem::Problem;

/// More would not fit in memory with its gradients and the state of an optimizer.
const MAX_PARAMETERS: usize = 200_000_000;

/// Refuses settings that cannot go together.
pub fn check(config: &RunConfig) -> Result<(), Problem> {
    let refuse = |problem: String| Err(Problem(problem));
    if let Err(error) = config.init.check(&config.activation) {
        return refuse(format!("--init {}: {error}", config.init));
    }
    let network = config.network();
    if let Err(error) = network.validate() {
        return refuse(error.to_string());
    }
    if network.num_params().is_none_or(|it| it > MAX_PARAMETERS) {
        return refuse(format!(
            "--hidden {}: the network would have more than {} million parameters; narrow it",
            list(&config.hidden),
            MAX_PARAMETERS / 1_000_000
        ));
    }
    if config.dropout > 0.0 && config.hidden.is_empty() {
        return refuse(format!(
            "--dropout {}: it acts on hidden layers, of which --hidden \"\" has none; leave one of them out",
            config.dropout
        ));
    }
    if config.no_decay && config.optimizer.weight_decay().is_none() {
        return refuse(format!(
            "--no-decay: --optimizer {} has no weight decay to leave out",
            config.optimizer
        ));
    }
    if let Some(patience) = config.patience
        && config.validation == 0
    {
        return refuse(format!(
            "--patience {patience}: it waits for a better validation loss, which --validation 0 leaves out"
        ));
    }
    if matches!(config.schedule, ScheduleConfig::ReduceOnPlateau(_)) && config.validation == 0 {
        return refuse(format!(
            "--schedule {}: it waits for the validation loss, which --validation 0 leaves out",
            config.schedule
        ));
    }
    let warmup = config.warmup.unwrap_or(0.0);
    // The text form names what is not as usual.
    if warmup > 0.0 && config.schedule.to_string().contains("warmup_") {
        return refuse(format!(
            "--warmup {warmup}: --schedule {} has a warm-up as well; leave one of them out",
            config.schedule
        ));
    }
    if warmup >= config.epochs as f64 {
        return refuse(format!(
            "--warmup {warmup}: it must be shorter than the training, --epochs {}",
            config.epochs
        ));
    }
    Ok(())
}
