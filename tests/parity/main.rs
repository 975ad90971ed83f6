//! The same program gives the same numbers on every device.
//!
//! One table of devices (`tests/devices`), one of cases ([`CASES`]). The reference is Flex in `f64`
//! where the operation has it. `PARITY_TABLE=1` writes `docs/parity.md`, which shows how close each
//! device is. `remote` is Flex on a server of the test's own, to which each formula is one operation.

#![recursion_limit = "256"]

#[path = "../devices/mod.rs"]
mod devices;

mod activations;
mod case;
mod initializers;
mod optimizers;
mod table;
mod training;
mod wide;

use case::{Case, Distance};

const CASES: &[Case] = &[
    Case {
        what: "activations, values",
        measure: activations::values,
        tolerance: [2e-6, 3e-5],
        why: "a few roundings; a GPU's driver chooses the precision of `exp`, `sqrt`, division, \
              and its `sin` and `atan` are good to about 1e-5",
    },
    Case {
        what: "activations, derivatives",
        measure: activations::slopes,
        tolerance: [2e-6, 3e-5],
        why: "as the values",
    },
    Case {
        what: "activations, extreme inputs",
        measure: activations::extreme_values,
        tolerance: [2e-6, 3e-5],
        why: "as the values; none of what is finite may become infinite or NaN",
    },
    Case {
        what: "derivatives, extreme inputs",
        measure: activations::extreme_slopes,
        tolerance: [2e-6, 3e-5],
        why: "as the values",
    },
    Case {
        what: "gated, learned and row-wise activations, values",
        measure: wide::values,
        tolerance: [2e-6, 3e-5],
        why: "as the values of formulas",
    },
    Case {
        what: "gated, learned and row-wise activations, gradients",
        measure: wide::slopes,
        tolerance: [1e-5, 3e-5],
        why: "as the values, times an incoming gradient of up to 6",
    },
    Case {
        what: "optimizers, 20 steps",
        measure: optimizers::trajectories,
        tolerance: [1e-5, 1e-5],
        why: "20 roundings of the weights, and those of the state",
    },
    Case {
        what: "initializers, standard deviation",
        measure: initializers::deviations,
        tolerance: [0.02, 0.02],
        why: "of 60,000 numbers: five standard errors on both sides; each device has its own \
              generator, and the same seed must draw the same numbers again",
    },
    Case {
        what: "five layers, losses of 50 steps, SGD",
        measure: training::losses_sgd,
        tolerance: [1e-5, 1e-5],
        why: "sums in another order differ by some 1e-7 a step, and 50 steps amplify it",
    },
    Case {
        what: "five layers, losses of 50 steps, Adam",
        measure: training::losses_adam,
        tolerance: [1e-3, 1e-3],
        why: "as with SGD, and Adam divides small gradients by small numbers",
    },
    Case {
        what: "five layers, accuracy after 100 steps",
        measure: training::accuracy,
        tolerance: [0.01, 0.01],
        why: "of 1000 images a few lie between two classes",
    },
];

#[test]
fn every_device_is_close_to_the_reference() {
    let devices = devices::all();
    let mut failures = Vec::new();
    let rows: Vec<Vec<Distance>> = CASES
        .iter()
        .map(|case| {
            let measured = devices.iter().map(|(name, device)| {
                let distance = (case.measure)(device);
                let tolerance = case.tolerance_on(name);
                println!("{name}: {}: {distance}, allowed {tolerance:.0e}", case.what);
                if distance.size > tolerance {
                    failures.push(format!(
                        "{} on {name}: {distance}, allowed {tolerance:.0e}",
                        case.what
                    ));
                }
                distance
            });
            measured.collect()
        })
        .collect();
    if std::env::var_os("PARITY_TABLE").is_some() {
        table::write(CASES, &devices, &rows);
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
