use burn_extras::model::MatmulPrecision;
use burn_extras::schedule::ScheduleConfig;

use crate::config::{RunConfig, list};
use crate::resume::Behind;

/// Every setting in force, in a few lines.
pub fn header(config: &RunConfig) -> String {
    [network(config), training(config), length(config)].join("\n")
}

fn network(config: &RunConfig) -> String {
    let mut parts = vec![list(&config.widths())];
    if config.hidden.is_empty() {
        parts.push("no hidden layer: softmax regression".into());
    } else {
        let norm = if config.norm {
            " after a layer norm"
        } else {
            ""
        };
        parts.push(format!("{} activation{norm}", config.activation));
    }
    if config.dropout > 0.0 {
        parts.push(format!("dropout {}", config.dropout));
    }
    parts.push(format!("{} initialization", config.init));
    if config.matmul_precision != MatmulPrecision::Highest {
        parts.push(format!("products of {} precision", config.matmul_precision));
    }
    format!("network: {}", parts.join(", "))
}

fn training(config: &RunConfig) -> String {
    let mut parts = vec![format!(
        "{} with learning rate {}",
        config.optimizer, config.lr
    )];
    parts.push(format!("{} schedule", config.schedule));
    if let Some(warmup) = config.warmup.filter(|it| *it > 0.0) {
        parts.push(format!("{} of warm-up", epochs(warmup)));
    }
    if let Some(others) = &config.others {
        parts.push(format!("{others} for all but the hidden matrices"));
    }
    if config.no_decay {
        parts.push("no decay of vectors".into());
    }
    if let Some(factor) = config.layer_decay {
        parts.push(format!("rates {factor} of the next layer's"));
    }
    if let Some(clip) = config.clip {
        parts.push(format!("gradients clipped to norm {clip}"));
    }
    if config.skip_non_finite {
        parts.push("steps that are not finite left out".into());
    }
    if let Some(rho) = config.sam {
        parts.push(format!("SAM with rho {rho}"));
    }
    if !config.deform.is_none() {
        parts.push(format!("images deformed by {}", config.deform));
    }
    if config.label_smoothing > 0.0 {
        parts.push(format!("labels smoothed by {}", config.label_smoothing));
    }
    format!("training: {}", parts.join(", "))
}

fn length(config: &RunConfig) -> String {
    let mut parts = vec![format!(
        "{} in batches of {}",
        epochs(config.epochs as f64),
        config.batch_size
    )];
    if let Some(patience) = config.patience {
        parts.push(format!("patience {patience}"));
    }
    parts.push(format!("seed {}", config.seed));
    format!("length: {}", parts.join(", "))
}

/// What to know about a run that goes on.
pub fn resumption(config: &RunConfig, behind: &Behind) -> String {
    let done = behind.history.epochs().len();
    let mut text = format!("resumed after {}", epochs(done as f64));
    if let Some(all) = &behind.passed_over {
        text += &format!(", for these cannot be used: {all}");
    }
    let was = behind.was;
    if was != config.epochs {
        text += &format!(", now to epoch {} and not {was}", config.epochs);
        let is_short_and_long_alike = matches!(
            config.schedule,
            ScheduleConfig::Constant(_) | ScheduleConfig::ReduceOnPlateau(_)
        );
        if !is_short_and_long_alike {
            text += &format!(
                ": from here on the {} schedule is that of a run of {}",
                config.schedule,
                epochs(config.epochs as f64)
            );
        }
    }
    text
}

/// `1 epoch`, `0.5 epochs`.
pub fn epochs(number: f64) -> String {
    match number {
        1.0 => "1 epoch".into(),
        _ => format!("{number} epochs"),
    }
}
