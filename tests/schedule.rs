//! The learning rates of the mnist example are those of PyTorch's and optax' schedules.

use clap::ValueEnum;
use serde::Deserialize;

#[path = "../examples/mnist/schedule.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod schedule;

use schedule::{Rate, Schedule};

#[derive(Deserialize)]
struct Goldens {
    lr: f64,
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    schedule: Schedule,
    warmup: usize,
    steps: usize,
    library: String,
    rates: Vec<f64>,
}

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("goldens/schedule.json")).unwrap()
}

#[test]
fn every_rate_is_that_of_the_libraries() {
    let goldens = goldens();
    for case in goldens.cases {
        assert_eq!(case.rates.len(), case.steps);
        let rate = Rate {
            schedule: case.schedule,
            lr: goldens.lr,
            warmup: case.warmup,
            step: 0,
            steps: case.steps,
        };
        for (step, expected) in case.rates.iter().enumerate() {
            let distance = (rate.at(step) - expected).abs();
            // The libraries go from step to step, which adds up roundings of 1e-17.
            assert!(
                distance < 1e-14,
                "{} of {}, step {step} of {} with {} of warm-up: {} and not {expected}",
                case.schedule,
                case.library,
                case.steps,
                case.warmup,
                rate.at(step)
            );
        }
    }
}

#[test]
fn every_schedule_has_goldens() {
    let cases = goldens().cases;
    for schedule in Schedule::value_variants() {
        assert!(
            cases.iter().any(|case| case.schedule == *schedule),
            "{schedule}"
        );
    }
}

#[test]
fn no_step_has_a_rate_of_zero() {
    for schedule in Schedule::value_variants() {
        for (warmup, steps) in [(0, 1), (0, 7), (3, 10), (9, 10), (10, 10)] {
            let rate = Rate {
                schedule: *schedule,
                lr: 0.1,
                warmup,
                step: 0,
                steps,
            };
            for step in 0..steps {
                assert!(rate.at(step) > 0.0, "{schedule}, step {step} of {steps}");
                assert!(rate.at(step) <= 0.1, "{schedule}, step {step} of {steps}");
            }
        }
    }
}
