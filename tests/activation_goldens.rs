//! Each activation against PyTorch, JAX or Keras, whichever has it: `goldens/activation.py` made the
//! numbers. Functions that no library has are spelled out there in PyTorch's own operations, so
//! that their derivatives come from its autodiff and not from our formulas.

use burn_extras::activation::ActivationConfig;
use serde::Deserialize;

#[derive(Deserialize)]
struct Goldens {
    inputs: Vec<f64>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    activation: String,
    library: String,
    value: Vec<f64>,
    slope: Vec<f64>,
}

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("goldens/activation.json")).expect("valid goldens")
}

/// Both sides are `f64`; what remains is cancellation in the library's expression.
const TOLERANCE: f64 = 1e-9;

fn assert_close(got: f64, expected: f64, what: &str) {
    assert!(
        (got - expected).abs() <= TOLERANCE * expected.abs().max(1.0),
        "{what}: got {got:e}, expected {expected:e}"
    );
}

#[test]
fn values_and_derivatives_agree_with_the_libraries() {
    let goldens = goldens();
    for case in &goldens.cases {
        let config: ActivationConfig = case.activation.parse().expect("a known name");
        for (i, x) in goldens.inputs.iter().enumerate() {
            let what = format!("{} ({}) at {x}", case.activation, case.library);
            assert_close(config.value(*x).unwrap(), case.value[i], &what);
            assert_close(
                config.slope(*x).unwrap(),
                case.slope[i],
                &format!("derivative of {what}"),
            );
        }
    }
}

#[test]
fn every_activation_has_a_golden() {
    let goldens = goldens();
    for config in ActivationConfig::formulas() {
        let name = config.to_string();
        let name = name.split('(').next().unwrap();
        assert!(
            goldens
                .cases
                .iter()
                .any(|case| case.activation.split('(').next() == Some(name)),
            "{name} has no golden"
        );
    }
}

#[test]
fn derivatives_agree_with_finite_differences() {
    let step = 1e-6;
    for config in ActivationConfig::formulas() {
        for x in goldens().inputs {
            let ahead = config.value(x + step).unwrap();
            let behind = config.value(x - step).unwrap();
            let slope = config.slope(x).unwrap();
            let difference = (ahead - behind) / (2.0 * step);
            // Rounding of the values over the step, and the curvature over it.
            let tolerance = 1e-8 * ahead.abs().max(1.0) + 1e-5 * slope.abs();
            // Inputs of 1e-6 straddle the kink at 0.
            assert!(
                x.abs() < 2.0 * step || (slope - difference).abs() < tolerance,
                "{config} at {x}: {slope} against {difference}"
            );
        }
    }
}
