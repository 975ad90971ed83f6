//! The table of gains in the docs: `UPDATE_GAINS=1 cargo test --test init gains` writes it.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use burn_extras::activation::ActivationConfig;
use burn_extras::init::{Stability, VarianceMap};

fn table() -> String {
    let mut table = String::from(
        "| activation | gain | by convention | slope | gradient | 20 layers |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for activation in ActivationConfig::formulas() {
        let map = VarianceMap::of(&activation).unwrap();
        let convention = match activation.conventional_gain() {
            Some(gain) => format!("{gain:.4}"),
            None => String::new(),
        };
        let stability = match map.stability(20, 256) {
            Stability::Stable => "stable",
            Stability::Drifting => "drifting: deviations grow slowly",
            Stability::Unstable => "unstable: deviations grow",
        };
        // A rounded -0.000 would depend on the last bit.
        let slope = (1e3 * map.slope).round() / 1e3 + 0.0;
        writeln!(
            table,
            "| {activation} | {:.4} | {convention} | {slope:.3} | {:.3} | {stability} |",
            map.gain, map.gradient
        )
        .unwrap();
    }
    table
}

#[test]
fn the_table_in_the_docs_is_what_is_computed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/init/gains.md");
    if std::env::var_os("UPDATE_GAINS").is_some() {
        fs::write(&path, table()).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    assert_eq!(committed, table(), "write it anew with UPDATE_GAINS=1");
}

fn gain(name: &str) -> f64 {
    let activation: ActivationConfig = name.parse().unwrap();
    VarianceMap::of(&activation).unwrap().gain
}

/// `E[f(z)^2]` in closed form.
#[test]
fn gains_that_can_be_worked_out_by_hand() {
    for (name, mean_square) in [
        ("identity", 1.0),
        ("relu", 0.5),
        ("leaky_relu(negative_slope=0.25)", (1.0 + 0.0625) / 2.0),
        ("prelu(alpha=0.25)", (1.0 + 0.0625) / 2.0),
        ("squared_relu", 1.5),
        ("step", 0.5),
        ("sign", 1.0),
        ("gaussian", 1.0 / 5f64.sqrt()),
        ("sine", (1.0 - (-2f64).exp()) / 2.0),
        ("exponential", 2f64.exp()),
        ("selu", 1.0),
    ] {
        let error = gain(name) * mean_square.sqrt() - 1.0;
        assert!(error.abs() < 1e-12, "{name}: {error:e}");
    }
}

#[test]
fn some_have_no_gain() {
    for name in [
        "swiglu(d_input=4, d_output=4)",
        "thresholded_relu(theta=1000)",
    ] {
        let activation: ActivationConfig = name.parse().unwrap();
        let message = VarianceMap::of(&activation).unwrap_err().to_string();
        assert!(
            message.starts_with("no gain keeps the variance of "),
            "{message}"
        );
        assert!(message.contains(name), "{message}");
    }
}
