use std::fmt::Write;

use burn_extras::init::{InitConfig, NormalConfig};

use crate::experiment::Outcome;

/// What the report printed with He's initialization: training and test accuracy.
const HE: [&str; 17] = [
    "0.1206 0.1157",
    "0.8011 0.8104",
    "0.8559 0.8610",
    "0.8818 0.8847",
    "0.8954 0.8964",
    "0.9051 0.9082",
    "0.9128 0.9142",
    "0.9186 0.9188",
    "0.9265 0.9265",
    "0.9287 0.9275",
    "0.9323 0.9313",
    "0.9364 0.9354",
    "0.9376 0.9345",
    "0.9418 0.9390",
    "0.9435 0.9385",
    "0.9438 0.9388",
    "0.9462 0.9420",
];

/// What it printed with a standard deviation of 0.01: the share of the ones in both sets, and
/// somewhere among the lines once that of the sevens.
const SMALL: [&str; 3] = [
    "0.11236666666666667 0.1135, 16 times of 17: the network",
    "takes every digit for a one, and",
    "0.10441666666666667 0.1028 once: for a seven",
];

/// Where the report's column begins.
const COLUMN: usize = 44;

/// The accuracies of one training, a line for each epoch, beside those of the report.
pub fn block(outcome: &Outcome) -> String {
    let init = &outcome.init;
    let (title, reported): (String, &[&str]) = if *init == InitConfig::he() {
        ("he: N(0, 2 / fan in)".into(), &HE)
    } else if *init == NormalConfig::new().into() {
        ("normal: N(0, 0.01^2)".into(), &SMALL)
    } else {
        (init.to_string(), &[])
    };
    let heading = if reported.is_empty() {
        ""
    } else {
        "the report"
    };
    let mut block = format!("{title:COLUMN$}{heading}").trim_end().to_string();
    for (index, (train, test)) in outcome.accuracies.iter().enumerate() {
        let line = format!("{train:?} {test:?}");
        let beside = reported.get(index).unwrap_or(&"");
        write!(block, "\n{}", format!("{line:COLUMN$}{beside}").trim_end())
            .expect("a String can be written");
    }
    for (when, outputs) in [("before", &outcome.before), ("after", &outcome.after)] {
        let stds: Vec<String> = outputs
            .iter()
            .map(|it| format!("{:.2e}", std(it)))
            .collect();
        write!(
            block,
            "\nstandard deviation of the hidden layers' outputs {when} the training: {}",
            stds.join(" ")
        )
        .expect("a String can be written");
    }
    block.push('\n');
    block
}

fn std(values: &[f32]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().map(|it| f64::from(*it)).sum::<f64>() / count;
    let squares = values.iter().map(|it| (f64::from(*it) - mean).powi(2));
    (squares.sum::<f64>() / count).sqrt()
}
