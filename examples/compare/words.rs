//! How things are said to a reader.

use burn_extras::study::Standing;

use crate::tasks::{Kind, Task};

/// A task in words: `digits, 20 layers with layer norms`.
pub fn title(task: &Task) -> String {
    let default = Task::new(task.kind);
    let mut title = format!("{}, {} layers", subject(task), task.depth);
    if task.norm {
        title += " with layer norms";
    }
    if task.width != default.width {
        title += &format!(", {} wide", task.width);
    }
    if task.samples != default.samples {
        title += &format!(", {} examples", task.samples);
    }
    if task.noise > 0.0 {
        title += &match task.kind {
            Kind::Digits => format!(", {} of the labels at random", percent(task.noise)),
            _ => format!(", noise of {} on its values", percent(task.noise)),
        };
    }
    if task.rates != 1.0 {
        let size = if task.rates < 1.0 { "small" } else { "large" };
        title += &format!(", {size} learning rates (all times {})", task.rates);
    }
    if task.half {
        title += ", half precision";
    }
    title
}

/// What is learned.
pub fn subject(task: &Task) -> &'static str {
    match task.kind {
        Kind::Digits => "digits",
        Kind::Smooth => "a smooth function",
        Kind::Periodic => "a periodic function",
        Kind::Picture => "a picture as a function of its coordinates",
    }
}

/// A candidate among others that share some levels: only what differs.
pub fn name(levels: &[String], differs: &[bool]) -> String {
    let told = levels.iter().zip(differs).filter(|(_, differs)| **differs);
    told.map(|(level, _)| level.as_str())
        .collect::<Vec<_>>()
        .join(" · ")
}

/// In which factors the candidates differ.
pub fn differing(standings: &[Standing]) -> Vec<bool> {
    let Some(first) = standings.first() else {
        return Vec::new();
    };
    let indices = 0..first.levels.len();
    let differs = |index: usize| {
        standings
            .iter()
            .any(|it| it.levels[index] != first.levels[index])
    };
    let differ: Vec<bool> = indices.map(differs).collect();
    match differ.contains(&true) {
        true => differ,
        // One alone is told in full.
        false => vec![true; differ.len()],
    }
}

/// An error as it is read: `2.31 ± 0.05 %`.
pub fn error(standing: &Standing) -> String {
    let digits = if standing.mean < 0.1 { 2 } else { 1 };
    format!(
        "{:.digits$} ± {:.digits$} %",
        100.0 * standing.mean,
        100.0 * standing.spread
    )
}

/// `30 %`.
pub fn percent(share: f64) -> String {
    let digits = if share < 0.1 { 2 } else { 1 };
    let text = format!("{:.digits$}", 100.0 * share);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// `never`, `once`, `twice`, `12 times`.
pub fn times(count: usize) -> String {
    match count {
        0 => "never".into(),
        1 => "once".into(),
        2 => "twice".into(),
        _ => format!("{count} times"),
    }
}

/// `1 h 20 min`, `5 min`, `12 s`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..100 => format!("{whole} s"),
        100..6000 => format!("{} min", whole.div_ceil(60)),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}
