//! Every activation with parameters, over the whole range of each of them: against numbers of a thousand
//! digits and of PyTorch and JAX, and its value against its derivative. `goldens/parameters.py` made the
//! numbers.

use burn::tensor::{Device, Tensor};
use burn_extras::activation::{ActivationConfig, EluConfig, HardTanhConfig};
use burn_extras::registry::Spec;
use serde::Deserialize;

#[derive(Deserialize)]
struct Goldens {
    extreme: Vec<f64>,
    ordinary: Vec<f64>,
    cases: Vec<Case>,
}

/// A result is `None` where `f64` cannot hold it.
#[derive(Deserialize)]
struct Case {
    activation: String,
    library: String,
    value: Vec<Option<f64>>,
    slope: Vec<Option<f64>>,
}

impl Goldens {
    fn inputs(&self, case: &Case) -> &[f64] {
        match case.library.as_str() {
            "mpmath" => &self.extreme,
            _ => &self.ordinary,
        }
    }
}

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("goldens/parameters.json")).expect("valid goldens")
}

/// Whether there is a sine of so large a phase.
fn is_phase_beyond(limit: f64, case: &Case, x: f64) -> bool {
    let spec = Spec::parse(&case.activation).unwrap();
    ["sine", "snake"].contains(&spec.name()) && (spec.params()[0].1 * x).abs() > limit
}

fn steepest(case: &Case) -> f64 {
    let slopes = case.slope.iter().flatten();
    slopes.fold(0.0, |steepest, slope| slope.abs().max(steepest))
}

/// In `f64`. A slope that is worked out from the value loses what is small beside the steepest.
#[test]
fn values_and_derivatives_are_right_for_every_parameter() {
    let goldens = goldens();
    for case in &goldens.cases {
        let config: ActivationConfig = case.activation.parse().unwrap();
        for (index, x) in goldens.inputs(case).iter().enumerate() {
            let rounding = 4.0 * f64::EPSILON * steepest(case);
            for (what, got, expected, absolute) in [
                ("value", config.value(*x), case.value[index], 0.0),
                ("derivative", config.slope(*x), case.slope[index], rounding),
            ] {
                let got = got.unwrap();
                let close = match expected {
                    // The phase is rounded, and its last bit is no longer small.
                    _ if is_phase_beyond(1e6, case, *x) => !got.is_nan(),
                    None => !got.is_nan(),
                    Some(expected) => (got - expected).abs() <= 1e-9 * expected.abs() + absolute,
                };
                assert!(
                    close,
                    "{what} of {} at {x:e}: {got:e}, {expected:?} by {}",
                    case.activation, case.library
                );
            }
        }
    }
}

/// The kernels of the CPU in `f32`, against the formula in `f64`.
#[test]
fn f32_is_as_good_as_its_rounding_allows() {
    let goldens = goldens();
    let device = Device::flex().autodiff();
    let inputs: Vec<f32> = goldens.extreme.iter().map(|x| *x as f32).collect();
    // Divided by a parameter, the tiniest would leave the numbers of an `f32`.
    let is_safe = |x: &f32| x.is_finite() && x.abs() > 1e-20;
    let inputs: Vec<f32> = inputs.into_iter().filter(is_safe).collect();
    for case in goldens.cases.iter().filter(|case| case.library == "mpmath") {
        let config: ActivationConfig = case.activation.parse().unwrap();
        let x = Tensor::<1>::from_floats(inputs.as_slice(), &device).require_grad();
        let y = config.init(&device).forward(x.clone());
        let grads = y.clone().sum().backward();
        let values: Vec<f64> = y.inner().into_data().iter().collect();
        let slopes: Vec<f64> = x.grad(&grads).unwrap().into_data().iter().collect();
        for (index, x) in inputs.iter().enumerate() {
            let x = f64::from(*x);
            if is_phase_beyond(100.0, case, x) {
                continue;
            }
            let (value, slope) = (config.value(x).unwrap(), config.slope(x).unwrap());
            let shift = 1e-6 * (x * slope).abs();
            let rounding = 5e-7 * steepest(case);
            for (what, got, exact, absolute) in [
                ("value", values[index], value, shift),
                ("derivative", slopes[index], slope, rounding),
            ] {
                let allowed = 2e-5 * exact.abs() + absolute + f64::from(f32::MIN_POSITIVE);
                let close = (got - exact).abs() <= allowed;
                let overflows = exact.abs() > 0.99 * f64::from(f32::MAX) && !got.is_nan();
                assert!(
                    close || overflows,
                    "{what} of {} at {x:e} in f32: {got:e}, exact {exact:e}",
                    case.activation
                );
            }
        }
    }
}

/// The value against the derivative, by two difference quotients that say how far to trust them.
#[test]
fn derivatives_are_those_of_the_values() {
    let goldens = goldens();
    let mut checked = 0;
    for case in goldens.cases.iter().filter(|case| case.library == "mpmath") {
        let config: ActivationConfig = case.activation.parse().unwrap();
        let value = |x: f64| config.value(x).unwrap();
        for x in &goldens.extreme {
            let quotient = |step: f64| (value(x + step) - value(x - step)) / (2.0 * step);
            let step = 1e-4 * x.abs();
            let (wide, narrow) = (quotient(step), quotient(0.5 * step));
            let slope = config.slope(*x).unwrap();
            let trust = (wide - narrow).abs();
            let rounding = 8.0 * f64::EPSILON * (value(*x).abs() / step + slope.abs() * 1e4);
            let allowed = 2.0 * trust + rounding + 4.0 * f64::EPSILON * steepest(case);
            // The steps must be short beside a period.
            if !allowed.is_finite() || is_phase_beyond(100.0, case, *x) {
                continue;
            }
            assert!(
                (slope - narrow).abs() <= allowed,
                "{} at {x:e}: {slope:e}, {narrow:e} by differences, allowed {allowed:e}",
                case.activation
            );
            checked += usize::from(allowed < 0.01 * slope.abs());
        }
    }
    assert!(checked > 1500, "only {checked} derivatives could be told");
}

#[test]
fn every_parameter_has_an_end() {
    let mut parameters = 0;
    for case in goldens().cases {
        let spec = Spec::parse(&case.activation).unwrap();
        for (parameter, _) in spec.params() {
            for value in ["1e16", "-1e16", "1e300"] {
                let text = format!("{}({parameter}={value})", spec.name());
                let error = text.parse::<ActivationConfig>().unwrap_err().to_string();
                assert!(error.contains(&format!("{parameter} must be ")), "{error}");
                parameters += 1;
            }
        }
    }
    assert!(parameters > 100);
}

/// However it is made: by its name, from code or from a file.
#[test]
fn a_value_out_of_its_range_is_refused() {
    let expected = "EluConfig: alpha must be greater than 0, got -1";
    let config = EluConfig::new().with_alpha(-1.0);
    assert_eq!(config.validate().unwrap_err().to_string(), expected);
    let named = ActivationConfig::from(config);
    assert_eq!(named.validate().unwrap_err().to_string(), expected);
    let json = serde_json::from_str::<EluConfig>(r#"{"alpha":-1.0}"#).unwrap_err();
    assert!(json.to_string().starts_with(expected), "{json}");
    let json = serde_json::from_str::<ActivationConfig>(r#""elu(alpha=-1)""#).unwrap_err();
    assert!(json.to_string().starts_with(expected), "{json}");

    let expected = "HardTanhConfig: max must be greater than min, got 1";
    let config = HardTanhConfig::new().with_min(1.0);
    assert_eq!(config.validate().unwrap_err().to_string(), expected);
    for text in [
        "elu(alpha=1e-16)",
        "prelu(alpha=1e99)",
        "swiglu(d_input=1e300)",
    ] {
        assert!(text.parse::<ActivationConfig>().is_err(), "{text}");
    }
}

#[test]
#[should_panic(expected = "EluConfig: alpha must be greater than 0, got -1")]
fn no_activation_is_made_of_it() {
    EluConfig::new().with_alpha(-1.0).init();
}

/// Burn's configurations: built, saved and loaded.
#[test]
fn configurations_are_written_and_read() {
    use burn::config::Config;

    let config = HardTanhConfig::new().with_min(-2.0).with_max(0.5);
    assert_eq!((config.min(), config.max()), (-2.0, 0.5));
    let activation = config.init();
    assert_eq!((activation.min(), activation.max()), (-2.0, 0.5));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    config.save(&path).unwrap();
    assert_eq!(HardTanhConfig::load(&path).unwrap(), config);
    std::fs::write(&path, r#"{"min":2.0,"max":1.0}"#).unwrap();
    let error = HardTanhConfig::load(&path).unwrap_err().to_string();
    assert!(
        error.contains("max must be greater than min, got 1"),
        "{error}"
    );
}
