//! What no step is taken with: learning rates that are none, and tensors of another shape than the parameter.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::module::Param;
use burn::optim::{ModuleOptimizer, OptimizerRecord};

use crate::{Point, configs, devices};

const START: [f32; 3] = [1.0, -2.0, 3.0];

/// Those without a tensor as large as the parameter among what they remember.
const REMEMBER_NO_TENSOR: [&str; 2] = ["lars", "sgd"];

/// What the panic says, or the numbers where there is none.
fn outcome(step: impl FnOnce() -> Point) -> Result<Vec<f32>, String> {
    catch_unwind(AssertUnwindSafe(|| step().values())).map_err(|panic| {
        let text = panic.downcast_ref::<String>();
        text.expect("a formatted message").clone()
    })
}

/// The same point, with another's numbers: a parameter that was pruned or grown, or the wrong file.
fn with_values(point: &Point, other: Point) -> Point {
    Point {
        at: Param::initialized(point.at.id, other.at.val()),
    }
}

#[test]
fn a_learning_rate_below_0_or_not_finite() {
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        for (name, config) in configs() {
            for lr in [-0.1, f64::NAN, f64::INFINITY, -f64::INFINITY] {
                let point = Point::new(&START, &device);
                let step = || point.step(&mut config.init(), lr, &[0.5, 1.0, -2.0]);
                let message = outcome(step).expect_err(name);
                let expected = format!("the learning rate must be 0 or more and finite, got {lr}");
                assert!(
                    message.contains(&expected),
                    "{name} on {device_name}: {message}"
                );
            }
            for lr in [0.0, -0.0] {
                let point = Point::new(&START, &device);
                let step = || point.step(&mut config.init(), lr, &[0.5, 1.0, -2.0]);
                assert!(outcome(step).is_ok(), "{name} on {device_name}");
            }
        }
    }
}

/// Longer, shorter, and one that would be spread.
#[test]
fn a_gradient_of_another_shape() {
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        for (name, config) in configs() {
            for grad in [&[0.5, 1.0, -2.0, 4.0][..], &[0.5, 1.0], &[0.5], &[]] {
                let point = Point::new(&START, &device);
                let step = || point.step(&mut config.init(), 0.01, grad);
                let message = outcome(step).expect_err(name);
                let expected =
                    format!("the gradient has shape [{}], the parameter [3]", grad.len());
                assert!(
                    message.contains(&expected),
                    "{name} on {device_name}: {message}"
                );
            }
        }
    }
}

/// Both that of an optimizer that is running and one that was saved.
#[test]
fn a_state_of_another_shape() {
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        let mut took = BTreeSet::new();
        for (name, config) in configs() {
            let mut optimizer = config.init();
            let stepped = Point::new(&START, &device);
            let stepped = stepped.step(&mut optimizer, 0.01, &[0.5, 1.0, -2.0]);
            let bytes = optimizer.to_record().into_bytes().unwrap();
            let record = OptimizerRecord::from_bytes(bytes).unwrap();
            let loaded = config.init().load_record(record);
            for (at, grad) in [
                (&[1.0, -2.0][..], &[0.5, -1.0][..]),
                (&[1.0, -2.0, 3.0, 4.0], &[0.5, -1.0, 2.0, 1.0]),
            ] {
                let step = |optimizer: &ModuleOptimizer| {
                    let point = with_values(&stepped, Point::new(at, &device));
                    outcome(|| point.step(&mut optimizer.clone(), 0.01, grad))
                };
                for result in [step(&optimizer), step(&loaded)] {
                    let Err(message) = result else {
                        took.insert(name);
                        continue;
                    };
                    // A matrix of a state may have the parameter's length twice.
                    let shapes = [
                        format!("has shape [{}", START.len()),
                        format!("where [{}", at.len()),
                    ];
                    assert!(
                        shapes.iter().all(|it| message.contains(it)),
                        "{name} on {device_name}: {message}"
                    );
                }
            }
        }
        let took: Vec<_> = took.into_iter().collect();
        assert_eq!(took, REMEMBER_NO_TENSOR, "{device_name}");
    }
}
