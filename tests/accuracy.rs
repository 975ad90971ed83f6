//! How far each activation and its derivative are from the truth: `f32` from the same formula in `f64`, and that from
//! the formula in a thousand digits, which `goldens/accuracy.py` has worked out.
//!
//! Every test run goes through a sample of all floats. The exhaustive run takes a quarter of an hour
//! of processor time and writes the tables of worst errors, `docs/accuracy.md`:
//!
//! ```text
//! cargo test --release --test accuracy -- --ignored --nocapture
//! ```

use burn::tensor::Device;
use burn_extras::activation::ActivationConfig;
use rayon::prelude::*;
use serde::Deserialize;

mod evaluate;

use evaluate::evaluate;

/// How many floats go through a tensor at a time: few enough to stay in the cache.
const CHUNK: u64 = 1 << 13;

/// The source document's activations and the three that networks use most.
const EXHAUSTIVE: [&str; 16] = [
    "identity",
    "step",
    "sign",
    "sigmoid",
    "tanh",
    "softsign",
    "arctan",
    "relu",
    "elu",
    "thresholded_relu",
    "softplus",
    "bent_identity",
    "gaussian",
    "gelu",
    "silu",
    "mish",
];

/// What is allowed: the larger of some units in the last place and an absolute error, the latter
/// relative to the larger of 1 and the result.
#[derive(Clone, Copy)]
struct Limit {
    ulps: f64,
    absolute: f64,
}

const VALUE: Limit = Limit {
    ulps: 2.0,
    absolute: 1e-7,
};
const SLOPE: Limit = Limit {
    ulps: 4.0,
    absolute: 2e-7,
};

/// The same for `f64`, whose last place at 1 is worth 2.2e-16.
const DOUBLE_VALUE: Limit = Limit {
    ulps: 2.0,
    absolute: 2e-16,
};
const DOUBLE_SLOPE: Limit = Limit {
    ulps: 4.0,
    absolute: 4e-16,
};

/// An error, where it is, and how large it is by the measures of [`Limit`].
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    /// 1 is the limit.
    ratio: f64,
    ulps: f64,
    absolute: f64,
    at: f64,
}

impl Limit {
    /// The error of one result; without branches, so that a loop over it is vectorised.
    #[inline]
    fn error(self, at: f32, got: f32, expected: f64) -> Worst {
        let rounded = expected as f32;
        let same = got == rounded || (got.is_nan() && rounded.is_nan());
        let error = (f64::from(got) - expected).abs();
        let magnitude = rounded.abs();
        let ulp = f64::from(f32::from_bits(magnitude.to_bits() + 1)) - f64::from(magnitude);
        self.measured(f64::from(at), same, error, ulp, expected)
    }

    /// The error of one result in `f64`.
    fn error_in_double(self, at: f64, got: f64, expected: Option<Parts>) -> Worst {
        let Some([nearest, rest]) = expected else {
            // The truth is beyond the largest number.
            let ratio = if got.is_nan() { f64::INFINITY } else { 0.0 };
            return Worst {
                ratio,
                at,
                ..Worst::default()
            };
        };
        let error = ((got - nearest) - rest).abs();
        let ulp = nearest.abs().next_up() - nearest.abs();
        self.measured(at, got == nearest, error, ulp, nearest)
    }

    #[inline]
    fn measured(self, at: f64, same: bool, error: f64, ulp: f64, expected: f64) -> Worst {
        let allowed = (self.ulps * ulp).max(self.absolute * expected.abs().max(1.0));
        let ratio = if error.is_finite() && allowed.is_finite() {
            error / allowed
        } else {
            f64::INFINITY
        };
        Worst {
            ratio: if same { 0.0 } else { ratio },
            ulps: error / ulp,
            absolute: error,
            at,
        }
    }

    /// The worst of many results.
    fn worst(self, at: &[f32], got: &[f32], expected: &[f64]) -> Worst {
        let errors = || {
            let results = at.iter().zip(got).zip(expected);
            results.map(|((at, got), expected)| self.error(*at, *got, *expected))
        };
        let largest = errors().fold(0.0, |largest, error| {
            if error.ratio > largest {
                error.ratio
            } else {
                largest
            }
        });
        let at_largest = errors().find(|error| error.ratio == largest);
        at_largest.filter(|_| largest > 0.0).unwrap_or_default()
    }
}

impl Worst {
    fn or(self, other: Self) -> Self {
        if other.ratio > self.ratio {
            other
        } else {
            self
        }
    }
}

/// The worst errors of value and derivative over the floats `start`, `start + stride`, ...
fn sweep(config: &ActivationConfig, stride: u64) -> (Worst, Worst) {
    let activation = config.init(&Device::flex());
    let chunks = (1u64 << 32).div_ceil(CHUNK * stride);
    let chunk = |index: u64| {
        let first = index * CHUNK * stride;
        let bits = (0..CHUNK).map(|i| first + i * stride);
        let inputs: Vec<f32> = bits
            .take_while(|bits| *bits < 1 << 32)
            .map(|bits| f32::from_bits(bits as u32))
            .filter(|x| x.is_finite())
            .collect();
        if inputs.is_empty() {
            return Default::default();
        }
        let [value, slope] = evaluate(&activation, inputs.clone());
        let exact = inputs.iter().map(|x| f64::from(*x)).collect();
        let [exact_value, exact_slope] = evaluate::<f64>(&activation, exact);
        (
            VALUE.worst(&inputs, &value, &exact_value),
            SLOPE.worst(&inputs, &slope, &exact_slope),
        )
    };
    let worse = |a: (Worst, Worst), b: (Worst, Worst)| (a.0.or(b.0), a.1.or(b.1));
    (0..chunks)
        .into_par_iter()
        .map(chunk)
        .reduce(Default::default, worse)
}

/// A name, and the worst errors of its value and derivative.
type Row = (String, Worst, Worst);

/// The nearest `f64` to a number, and what is missing to it.
type Parts = [f64; 2];

#[derive(Deserialize)]
struct Goldens {
    inputs: Vec<f64>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    activation: String,
    value: Vec<Option<Parts>>,
    slope: Vec<Option<Parts>>,
}

/// The worst errors of each activation in `f64`.
fn doubles() -> Vec<Row> {
    let goldens: Goldens =
        serde_json::from_str(include_str!("goldens/accuracy.json")).expect("valid goldens");
    let row = |case: &Case| {
        let config: ActivationConfig = case.activation.parse().expect("a known name");
        let inputs = &goldens.inputs[..case.value.len()];
        let [value, slope] = evaluate::<f64>(&config.init(&Device::flex()), inputs.to_vec());
        let worst = |limit: Limit, got: &[f64], expected: &[Option<Parts>]| {
            let errors = inputs.iter().zip(got).zip(expected);
            errors
                .map(|((x, got), expected)| limit.error_in_double(*x, *got, *expected))
                .fold(Worst::default(), Worst::or)
        };
        (
            case.activation.clone(),
            worst(DOUBLE_VALUE, &value, &case.value),
            worst(DOUBLE_SLOPE, &slope, &case.slope),
        )
    };
    goldens.cases.iter().map(row).collect()
}

fn tables(singles: &[Row], doubles: &[Row]) -> String {
    let mut text = String::from(
        "# Accuracy\n\n\
         The worst error of each activation at its defaults on the CPU, and of its derivative. Written by\n\n\
         \x20   cargo test --release --test accuracy -- --ignored --nocapture\n\n\
         ## `f32`\n\n\
         Against the same formula in `f64`. Every float is an input for those in bold, every 64th for\n\
         the rest. The limit is 2 units in the last place or 1e-7 for the value, 4 units or 2e-7 for\n\
         the derivative, the latter relative to the larger of 1 and the result; the worst is what\n\
         comes closest to it.\n\n",
    );
    text += &table(
        singles,
        |name| EXHAUSTIVE.contains(&name),
        |at| format!("{:e}", at as f32),
    );
    text += "\n## `f64`\n\n\
         Against the formula in a thousand digits, at 106 inputs from 1e-300 to 1e300. The limit is 2 units\n\
         in the last place or 2e-16 for the value, 4 units or 4e-16 for the derivative.\n\n";
    text += &table(doubles, |_| false, |at| format!("{at:.3e}"));
    text
}

fn table(rows: &[Row], is_bold: impl Fn(&str) -> bool, place: impl Fn(f64) -> String) -> String {
    let mut text = String::from(
        "| activation | value: ulp | error | at x | derivative: ulp | error | at x |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for (name, value, slope) in rows {
        let bold = if is_bold(name) { "**" } else { "" };
        text += &format!("| {bold}{name}{bold} |");
        for worst in [value, slope] {
            text += &match worst.ratio {
                0.0 => String::from(" exact | | |"),
                _ => format!(
                    " {:.2} | {:.1e} | {} |",
                    worst.ulps,
                    worst.absolute,
                    place(worst.at)
                ),
            };
        }
        text.push('\n');
    }
    text
}

fn check(rows: &[Row]) {
    let failures: Vec<_> = rows
        .iter()
        .filter(|(_, value, slope)| value.ratio > 1.0 || slope.ratio > 1.0)
        .collect();
    assert!(failures.is_empty(), "beyond the limit: {failures:#?}");
}

/// Sweeps over every activation, each with its own stride.
fn sweeps(stride: impl Fn(&str) -> u64) -> Vec<Row> {
    let configs = ActivationConfig::formulas();
    let rows = configs.iter().map(|config| {
        let name = config.to_string();
        let (value, slope) = sweep(config, stride(&name));
        println!("{name:20} {value:?} {slope:?}");
        (name, value, slope)
    });
    rows.collect()
}

#[test]
fn a_sample_of_all_floats_is_accurate() {
    check(&sweeps(|_| 65_521));
}

#[test]
fn doubles_are_accurate() {
    let rows = doubles();
    let names: Vec<_> = rows.iter().map(|(name, ..)| name.clone()).collect();
    for config in ActivationConfig::formulas() {
        assert!(
            names.contains(&config.to_string()),
            "{config} has no golden"
        );
    }
    check(&rows);
}

#[test]
#[ignore = "goes through every float: its command is in the README"]
fn every_float_is_accurate() {
    let rows = sweeps(|name| if EXHAUSTIVE.contains(&name) { 1 } else { 64 });
    std::fs::write(
        concat!(env!("CARGO_MANIFEST_DIR"), "/docs/accuracy.md"),
        tables(&rows, &doubles()),
    )
    .expect("docs can be written");
    check(&rows);
}
