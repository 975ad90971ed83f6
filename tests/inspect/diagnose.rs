use burn::module::{Module, ModuleMapper, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn_extras::inspect::{Finding, Inspection};
use burn_extras::optim::SgdConfig;

use crate::{devices, network, normal, report, sentences, turn};

const WIDTHS: [usize; 6] = [100, 60, 60, 60, 60, 10];

/// Checks for exactly one finding, and returns it with its sentence.
macro_rules! only {
    ($report:expr, $what:expr, $pattern:pat) => {{
        let report = $report;
        let findings = report.diagnose();
        assert!(
            matches!(&findings[..], [$pattern]),
            "{}: {:?}",
            $what,
            sentences(&report)
        );
        findings[0].to_string()
    }};
}

#[test]
fn small_weights_lose_the_signal() {
    let _turn = turn();
    for (name, device) in devices::all() {
        for activation in ["relu", "tanh", "identity", "gelu"] {
            let what = format!("{name}, {activation}");
            let model = network(&WIDTHS, activation, "normal(std=0.01)", &device);
            let report = report(&model, normal([200, 100], &device));
            let sentence = only!(report, what, Finding::Vanishing { .. });
            assert!(
                sentence.starts_with("layer 2 (layers.1): the signal"),
                "{sentence}"
            );
            assert!(
                sentence.contains("x a layer, with weights of standard deviation 0.0"),
                "{sentence}"
            );
        }
        // Half of what a sigmoid puts out is a constant: the loss of the rest is no less a loss.
        let model = network(&WIDTHS, "sigmoid", "normal(std=0.01)", &device);
        let report = report(&model, normal([200, 100], &device));
        only!(report, name, Finding::Vanishing { .. });
    }
}

#[test]
fn large_weights_blow_the_signal_up() {
    let _turn = turn();
    for (name, device) in devices::all() {
        for activation in ["relu", "identity", "leaky_relu", "bent_identity"] {
            let what = format!("{name}, {activation}");
            let model = network(&WIDTHS, activation, "normal(std=1)", &device);
            let report = report(&model, normal([200, 100], &device));
            let sentence = only!(report, what, Finding::Exploding { .. });
            assert!(sentence.contains("the signal has grown to"), "{sentence}");
            assert!(
                sentence.contains("x a layer, with weights of standard deviation "),
                "{sentence}"
            );
        }
    }
}

#[test]
fn overflow_is_named() {
    let _turn = turn();
    for (name, device) in devices::all() {
        let model = network(&WIDTHS, "identity", "normal(std=1000000000000)", &device);
        let report = report(&model, normal([50, 100], &device));
        let first = &report.diagnose()[0];
        assert!(
            matches!(first, Finding::NotFinite { .. }),
            "{name}: {first}"
        );
    }
}

#[test]
fn large_weights_drive_bounded_activations_to_their_bounds() {
    let _turn = turn();
    for (name, device) in devices::all() {
        for activation in [
            "tanh",
            "sigmoid",
            "softsign",
            "hard_sigmoid",
            "hard_tanh",
            "isru",
        ] {
            let what = format!("{name}, {activation}");
            let model = network(&WIDTHS, activation, "normal(std=3)", &device);
            let report = report(&model, normal([200, 100], &device));
            let sentence = only!(report, what, Finding::Saturated { .. });
            assert!(
                sentence.starts_with("layer 1 (layers.0) and 3 more: "),
                "{sentence}"
            );
            assert!(
                sentence.contains("where the activation is flat"),
                "{sentence}"
            );
        }
    }
}

/// Shifts the biases of the hidden layers behind the first.
struct Shift {
    by: f64,
    biases: usize,
}

impl ModuleMapper for Shift {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let by = self.by;
        self.biases += usize::from(D == 1);
        match D {
            1 if (2..=3).contains(&self.biases) => param.map(|bias| bias.add_scalar(by)),
            _ => param,
        }
    }
}

#[test]
fn negative_biases_kill_units_that_rest() {
    let _turn = turn();
    for (name, device) in devices::all() {
        for activation in [
            "relu",
            "squared_relu",
            "relu6",
            "thresholded_relu(theta=0.1)",
        ] {
            let what = format!("{name}, {activation}");
            let mut shift = Shift {
                by: -30.0,
                biases: 0,
            };
            let model = network(&WIDTHS, activation, "he", &device).map(&mut shift);
            let report = report(&model, normal([200, 100], &device));
            let sentence = only!(report, what, Finding::Dead { .. });
            assert!(
                sentence.starts_with("layer 2 (layers.1) and "),
                "{sentence}"
            );
            assert!(
                sentence.contains("100 % of the units are dead"),
                "{sentence}"
            );
        }
    }
}

#[test]
fn weights_that_are_all_zero_are_called_that() {
    let _turn = turn();
    for (name, device) in devices::all() {
        for activation in ["relu", "tanh", "sigmoid", "gaussian", "hard_shrink"] {
            let what = format!("{name}, {activation}");
            let model = network(&WIDTHS, activation, "constant", &device);
            let report = report(&model, normal([200, 100], &device));
            let sentence = only!(report, what, Finding::AllZero { .. });
            assert!(
                sentence.starts_with("layer 1 (layers.0) and 4 more: all weights are 0"),
                "{sentence}"
            );
        }
    }
}

#[test]
fn an_activation_without_slope_is_named() {
    let _turn = turn();
    for (name, device) in devices::all() {
        for activation in ["step", "sign"] {
            let model = network(&WIDTHS, activation, "xavier", &device);
            let report = report(&model, normal([200, 100], &device));
            only!(
                report,
                format!("{name}, {activation}"),
                Finding::NoSlope { .. }
            );
        }
    }
}

#[test]
fn gradients_that_teach_nothing_are_named() {
    let _turn = turn();
    for (name, device) in devices::all() {
        let device = device.autodiff();
        let inspect = |activation: &str, factor: f64| {
            let model = network(&[10, 20, 5], activation, "xavier", &device);
            let loss = model.forward(normal([30, 10], &device)).square().mean();
            let gradients = GradientsParams::from_grads((loss * factor).backward(), &model);
            Inspection::new()
                .gradients(&model, &gradients)
                .read()
                .unwrap()
        };
        let sentence = only!(inspect("step", 1.0), name, Finding::NoGradient { .. });
        assert!(
            sentence.starts_with("layers.0.weight: its gradient is 0"),
            "{sentence}"
        );
        only!(
            inspect("tanh", f64::NAN),
            name,
            Finding::GradientNotFinite { .. }
        );
        assert!(inspect("tanh", 1.0).diagnose().is_empty(), "{name}");
    }
}

#[test]
fn steps_that_are_too_large_are_named() {
    let _turn = turn();
    for (name, device) in devices::all() {
        let device = device.autodiff();
        let step = |rate: f64| {
            let model = network(&[10, 20, 5], "tanh", "xavier", &device);
            let loss = model.forward(normal([30, 10], &device)).square().mean();
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            let before = model.clone();
            let after = SgdConfig::new().init().step(rate, model, gradients);
            Inspection::new().update(&before, &after).read().unwrap()
        };
        only!(step(100.0), name, Finding::LargeUpdate { .. });
        assert!(step(0.01).diagnose().is_empty(), "{name}");
    }
}
