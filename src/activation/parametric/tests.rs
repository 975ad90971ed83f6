//! Every formula with learned parameters, beside the same with constants, and its derivatives beside
//! differences.

use super::Parametric;
use crate::activation::slopes::{configs, edges};
use crate::activation::{
    ActivationConfig, HardTanh, LearnedConfig, ScaledTanh, Smu, Snake, SoftShrink, Swish,
};
use crate::fused::{Double, Dual};

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
            let step = 1e-6 * start.abs();
            let moved = |by: f64| learned.clone().with_start(name, start + by);
            // At 0 a width has one side only.
            if start == 0.0 {
                continue;
            }
            let [above, below] = [step, -step].map(|by| moved(by).expect("in the range"));
            for x in points {
                let difference = (above.evaluate(x).0 - below.evaluate(x).0) / (2.0 * step);
                let slope = learned.evaluate(x).1[index + 1];
                // The difference has lost half of its digits.
                assert!(
                    close(slope, difference, 1e-6),
                    "{learned} by {name} at {x}: {slope}, difference {difference}"
                );
            }
        }
    }
}

/// Where training may take a parameter: the table in `docs/activations.md` says the same.
#[test]
fn beyond_its_range_a_parameter_does_what_is_documented() {
    fn at<F: Parametric<P>, const P: usize>(x: f64, parameters: [f64; P]) -> f64 {
        F::value_with(Double(x), parameters.map(Double)).0
    }
    for x in [-1e4_f64, -3.0, -0.5, 0.0, 0.25, 2.0, 1e4] {
        let swish = at::<Swish, 1>(x, [-2.0]);
        assert!(
            close(swish, x / (1.0 + (2.0 * x).exp()), 1e-15),
            "{x}: {swish}"
        );
        let scaled = at::<ScaledTanh, 2>(x, [1.5, -2.0]);
        assert!(
            close(scaled, -1.5 * (2.0 * x).tanh(), 1e-15),
            "{x}: {scaled}"
        );
        assert_eq!(at::<ScaledTanh, 2>(x, [1.5, 0.0]), 0.0);
        assert_eq!(at::<HardTanh, 2>(x, [2.0, -0.5]), -0.5);
        assert_eq!(at::<SoftShrink, 1>(x, [-0.5]), x + 0.5);
        assert_eq!(at::<Smu, 2>(x, [0.25, -2.0]), at::<Smu, 2>(x, [0.25, 2.0]));
    }
}

#[test]
fn a_snake_without_a_frequency_is_its_input() {
    for x in [-3.0, 0.0, 0.5] {
        for a in [0.0, 1e-40, -1e-30] {
            let variables = Dual::variables([x, a].map(Double));
            let y = Snake::value_with(variables[0], [variables[1]]);
            assert_eq!(y.value().0, x);
            assert_eq!(y.slopes().map(|slope| slope.0), [1.0, x * x]);
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
