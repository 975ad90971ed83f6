use burn_extras::schedule::ScheduleConfig;

use crate::config::{RunConfig, list};
use crate::problem::Problem;

/// More would not fit in memory with its gradients and the state of an optimizer.
const MAX_PARAMETERS: usize = 200_000_000;

/// More images than any file of digits holds.
const MAX_BATCH: usize = 1_000_000;
/// More would take years, and the number of their steps must fit in a number.
const MAX_EPOCHS: usize = 1_000_000_000;
/// Each is a step of the way back, and many times as many make no better network.
const MAX_LAYERS: usize = 10_000;

/// Refuses settings that cannot be, and those that cannot go together.
///
/// The first is what the command line does by itself; a configuration file may say anything.
pub fn check(config: &RunConfig) -> Result<(), Problem> {
    check_numbers(config)?;
    check_network(config)?;
    check_training(config)
}

/// Whether a number may be, and what is expected of it.
type Rule = (fn(f64) -> bool, &'static str);

/// Each number by itself.
fn check_numbers(config: &RunConfig) -> Result<(), Problem> {
    let refuse = |flag: &str, value: &dyn std::fmt::Display, expected: &str| {
        Err(Problem(format!("--{flag} {value}: expected {expected}")))
    };
    let counts = [
        ("batch-size", Some(config.batch_size), MAX_BATCH),
        ("epochs", Some(config.epochs), MAX_EPOCHS),
        ("patience", config.patience, usize::MAX),
        ("train-samples", config.train_samples, usize::MAX),
    ];
    for (flag, count, most) in counts {
        match count {
            Some(0) => return refuse(flag, &0, "a whole number of at least 1"),
            Some(count) if count > most => {
                return refuse(flag, &count, &format!("at most {most}"));
            }
            _ => {}
        }
    }
    let above_zero: Rule = (
        |it| it > 0.0 && it.is_finite(),
        "a finite number greater than 0",
    );
    let numbers: [(_, _, Rule); 7] = [
        ("lr", Some(config.lr), above_zero),
        ("clip", config.clip, above_zero),
        ("sam", config.sam, above_zero),
        (
            "layer-decay",
            config.layer_decay,
            (|it| it > 0.0 && it <= 1.0, "a number above 0 and at most 1"),
        ),
        (
            "warmup",
            config.warmup,
            (
                |it| it >= 0.0 && it.is_finite(),
                "a finite number of at least 0",
            ),
        ),
        (
            "dropout",
            Some(config.dropout),
            (|it| (0.0..1.0).contains(&it), "a number from 0 to below 1"),
        ),
        (
            "label-smoothing",
            Some(config.label_smoothing),
            (|it| (0.0..1.0).contains(&it), "a number from 0 to below 1"),
        ),
    ];
    for (flag, number, (is_allowed, expected)) in numbers {
        if let Some(number) = number.filter(|it| !is_allowed(*it)) {
            return refuse(flag, &number, expected);
        }
    }
    Ok(())
}

fn check_network(config: &RunConfig) -> Result<(), Problem> {
    let refuse = |problem: String| Err(Problem(problem));
    if config.hidden.len() > MAX_LAYERS {
        return refuse(format!(
            "--hidden: {} layers, expected at most {MAX_LAYERS}",
            config.hidden.len()
        ));
    }
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
    Ok(())
}

fn check_training(config: &RunConfig) -> Result<(), Problem> {
    let refuse = |problem: String| Err(Problem(problem));
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
