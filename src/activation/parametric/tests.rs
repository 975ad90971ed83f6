//! Every formula with learned parameters, beside the same with constants, and its derivatives beside
//! differences.

use crate::activation::slopes::{configs, edges};
use crate::activation::{ActivationConfig, LearnedConfig};

/// Each constant activation that can be learned, and the learned one that starts with its parameters.
fn pairs() -> Vec<(ActivationConfig, LearnedConfig)> {
    let mut pairs = Vec::new();
    for constant in configs() {
        if constant.parameters().is_empty() || matches!(constant, ActivationConfig::Step(_)) {
            continue;
        }
        let text = constant.to_string();
        let text = match text.split_once('(') {
            Some((name, settings)) => format!("learned({name}, {settings}"),
            None => format!("learned({text})"),
        };
        match text.parse().expect("it can be learned") {
            ActivationConfig::Learned(learned) => pairs.push((constant, learned)),
            other => panic!("{other} is not learned"),
        }
    }
    pairs
}

fn close(got: f64, wanted: f64, tolerance: f64) -> bool {
    got == wanted
        || (got.is_nan() && wanted.is_nan())
        || (got - wanted).abs() <= tolerance * wanted.abs().max(1.0)
}

#[test]
fn learned_and_constant_parameters_have_one_formula() {
    let pairs = pairs();
    assert!(pairs.len() > 50, "{}", pairs.len());
    for (constant, learned) in pairs {
        for x in edges() {
            let (value, slopes) = learned.evaluate(x);
            let wanted = [constant.value(x), constant.slope(x)].map(|it| it.expect("a formula"));
            for (got, wanted) in [value, slopes[0]].into_iter().zip(wanted) {
                // Beyond the largest f32 there is only infinity, where a sine has no derivative.
                let lost = x.is_infinite() && wanted.is_nan();
                assert!(
                    lost || close(got, wanted, 4e-15),
                    "{learned} at {x:e}: {got:e}, with constants {wanted:e}"
                );
            }
        }
    }
}

#[test]
fn derivatives_by_parameters_are_quotients_of_differences() {
    // Beside the kinks.
    let points = [
        -7.3, -2.7, -1.3, -0.6, -0.2, 0.1, 0.3, 0.45, 0.9, 1.3, 2.6, 8.1,
    ];
    for (_, learned) in pairs() {
        let starts: Vec<_> = learned.starts().collect();
        for (index, (name, start)) in starts.into_iter().enumerate() {
            let step = 1e-4 * start.abs();
            let moved = |by: f64| learned.clone().with_start(name, start + by);
            // At 0 a width has one side only.
            let [Ok(near), Ok(far)] = [moved(step), moved(-step)] else {
                continue;
            };
            if start == 0.0 {
                continue;
            }
            for x in points {
                let difference = (near.evaluate(x).0 - far.evaluate(x).0) / (2.0 * step);
                let slope = learned.evaluate(x).1[index + 1];
                // What is left out has the third derivative, by a frequency that of a phase.
                assert!(
                    close(slope, difference, 1e-5),
                    "{learned} by {name} at {x}: {slope}, difference {difference}"
                );
            }
        }
    }
}

/// What is infinite, or becomes infinite on the way, has a derivative all the same; sines have none there.
#[test]
fn derivatives_by_parameters_are_numbers_far_out() {
    for (_, learned) in pairs() {
        let name = learned.name();
        if ["learned(sine)", "learned(snake)"].contains(&name.as_str()) {
            continue;
        }
        for x in edges() {
            for slopes in learned.compare(x) {
                for (index, (slope, _)) in slopes.into_iter().enumerate() {
                    assert!(!slope.is_nan(), "{learned}: slope {index} at {x:e}");
                }
            }
        }
    }
}
