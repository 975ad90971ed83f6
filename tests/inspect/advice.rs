//! Every line of advice is true: where it is given, following it takes the finding away.
//!
//! Here for networks before their training; `training` has those that a training made ill.

use burn::module::{Module, ModuleMapper, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use burn_extras::inspect::{Advice, Finding, Inspection, Report, Setup};
use burn_extras::model::{Mlp, MlpConfig};

use crate::{normal, reference, report, turn};

const WIDTHS: [usize; 6] = [100, 60, 60, 60, 60, 10];

/// What was set, by name.
#[derive(Clone)]
pub struct Case {
    pub widths: Vec<usize>,
    pub activation: &'static str,
    pub init: &'static str,
    pub norm: bool,
}

impl Case {
    pub fn new(activation: &'static str, init: &'static str) -> Self {
        Self {
            widths: WIDTHS.to_vec(),
            activation,
            init,
            norm: false,
        }
    }

    pub fn network(&self, device: &Device) -> Mlp {
        device.seed(42);
        MlpConfig::new(self.widths.clone())
            .with_activation(self.activation.parse().unwrap())
            .with_initializer(self.init.parse().unwrap())
            .with_norm(self.norm)
            .init(device)
    }

    pub fn setup(&self) -> Setup {
        Setup::new()
            .with_activation(self.activation.parse().unwrap())
            .with_initializer(self.init.parse().unwrap())
            .with_norm(self.norm)
    }

    fn report(&self, device: &Device) -> Report {
        report(&self.network(device), normal([200, 100], device))
    }
}

/// Checks that the network has findings, and that the first comes with this advice alone.
#[track_caller]
fn advised(report: &Report, setup: &Setup, advice: &[Advice], what: &str) {
    let findings = report.diagnose();
    let finding = findings
        .first()
        .unwrap_or_else(|| panic!("{what}: nothing found"));
    let said = finding.explain(setup);
    assert_eq!(finding.advice(setup), advice, "{what}: {said}");
    for advice in advice {
        assert!(said.contains(&advice.to_string()), "{what}: {said}");
    }
}

#[track_caller]
fn healthy(report: &Report, what: &str) {
    let findings = report.diagnose();
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{what}: {said:?}");
}

#[test]
fn auto_cures_weights_of_the_wrong_size() {
    let _turn = turn();
    for (name, device) in reference() {
        for (activation, init) in [
            // The signal vanishes,
            ("relu", "normal(std=0.01)"),
            ("tanh", "normal(std=0.01)"),
            ("sigmoid", "normal(std=0.01)"),
            // explodes,
            ("relu", "normal(std=1)"),
            ("bent_identity", "normal(std=1)"),
            // is driven to the bounds of the activation,
            ("tanh", "normal(std=3)"),
            ("hard_sigmoid", "normal(std=3)"),
            // or is no number any more.
            ("identity", "normal(std=1000000000000)"),
            ("relu", "he(gain=100000000000000)"),
        ] {
            let what = format!("{name}, {activation}, {init}");
            let case = Case::new(activation, init);
            advised(&case.report(&device), &case.setup(), &[Advice::Auto], &what);
            healthy(&Case::new(activation, "auto").report(&device), &what);
        }
    }
}

/// What is in use is not recommended, nor what is no better.
#[test]
fn a_layer_norm_cures_what_auto_does_not() {
    let _turn = turn();
    for (name, device) in reference() {
        for (activation, init) in [
            ("squared_relu", "auto"),
            ("squared_relu", "normal(std=0.01)"),
            ("squared_relu", "he"),
            ("repu3", "auto"),
        ] {
            let what = format!("{name}, {activation}, {init}");
            let mut case = Case::new(activation, init);
            case.widths = [vec![100], vec![60; 20]].concat();
            let advice = [Advice::LayerNorm];
            advised(&case.report(&device), &case.setup(), &advice, &what);
            case.norm = true;
            healthy(&case.report(&device), &what);
        }
    }
}

#[test]
fn nothing_is_recommended_that_is_in_use() {
    let place = burn_extras::inspect::Place {
        number: 5,
        name: "layers.4".into(),
        others: 0,
    };
    let vanishing = Finding::Vanishing {
        place: place.clone(),
        ratio: 0.001,
        weights: None,
    };
    for (activation, init) in [
        ("relu", "he"),
        ("relu", "he_uniform_fan_out"),
        ("leaky_relu", "he"),
        ("relu", "lsuv"),
        ("relu", "auto"),
        ("identity", "lecun"),
        ("identity", "orthogonal"),
    ] {
        let mut case = Case::new(activation, init);
        let advice = vanishing.advice(&case.setup());
        assert_eq!(advice, [Advice::LayerNorm], "{activation}, {init}");
        case.norm = true;
        let advice = vanishing.advice(&case.setup());
        assert!(advice.is_empty(), "{activation}, {init}: {advice:?}");
    }
    let dead = Finding::Dead { place, share: 1.0 };
    let case = Case::new("leaky_relu", "he");
    assert!(dead.advice(&case.setup()).is_empty());
    assert_eq!(dead.explain(&case.setup()), dead.to_string());
}

#[test]
fn random_weights_cure_those_that_are_all_zero() {
    let _turn = turn();
    for (name, device) in reference() {
        let case = Case::new("relu", "constant");
        let advice = [Advice::RandomWeights];
        advised(&case.report(&device), &case.setup(), &advice, name);
        healthy(&Case::new("relu", "he").report(&device), name);
    }
}

#[test]
fn inputs_are_normalised_and_finite() {
    let _turn = turn();
    for (name, device) in reference() {
        for (activation, init, scale) in [
            ("tanh", "xavier", 100.0),
            ("sigmoid", "auto", 100.0),
            ("repu3", "lecun", 1e15),
        ] {
            let what = format!("{name}, {activation} on inputs of {scale}");
            let mut case = Case::new(activation, init);
            case.widths = vec![100, 60, 10];
            let model = case.network(&device);
            let input = normal([200, 100], &device);
            let advice = [Advice::NormalisedInputs];
            let ill = report(&model, input.clone() * scale);
            advised(&ill, &case.setup(), &advice, &what);
            healthy(&report(&model, input), &what);
        }
        let case = Case::new("relu", "he");
        let model = case.network(&device);
        let input = normal([200, 100], &device);
        let advice = [Advice::FiniteInputs];
        let ill = report(&model, input.clone() / input.zeros_like());
        advised(&ill, &case.setup(), &advice, name);
        healthy(&report(&model, input), name);
    }
}

/// Sets the biases of the hidden layers behind the first.
struct Biases {
    to: f64,
    seen: usize,
}

impl ModuleMapper for Biases {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let to = self.to;
        self.seen += usize::from(D == 1);
        match D {
            1 if (2..=3).contains(&self.seen) => param.map(|bias| bias.full_like(to)),
            _ => param,
        }
    }
}

#[test]
fn zero_biases_and_leaky_activations_cure_dead_units() {
    let _turn = turn();
    for (name, device) in reference() {
        let ill = |activation| {
            let mut biases = Biases { to: -30.0, seen: 0 };
            let model = Case::new(activation, "he").network(&device);
            report(&model.map(&mut biases), normal([200, 100], &device))
        };
        // Who drew the weights is not known, so neither is how the biases started.
        let unknown = Setup::new().with_activation("relu".parse().unwrap());
        let advice = [Advice::ZeroBiases, Advice::LeakyActivation];
        advised(&ill("relu"), &unknown, &advice, name);
        healthy(&Case::new("relu", "he").report(&device), name);
        let leaky = ill("leaky_relu").diagnose();
        assert!(
            !leaky.iter().any(|it| matches!(it, Finding::Dead { .. })),
            "{name}"
        );

        // Biases start at 0 here: it is the threshold that kills.
        let case = Case::new("thresholded_relu(theta=3.9)", "lecun");
        let advice = [Advice::LeakyActivation];
        advised(&case.report(&device), &case.setup(), &advice, name);
        healthy(&Case::new("leaky_relu", "lecun").report(&device), name);
    }
}

#[test]
fn an_activation_with_a_slope_replaces_one_without() {
    let _turn = turn();
    for (name, device) in reference() {
        for activation in ["step", "sign"] {
            let case = Case::new(activation, "xavier");
            let advice = [Advice::SlopedActivation];
            advised(&case.report(&device), &case.setup(), &advice, name);
        }
        for activation in ["tanh", "relu"] {
            healthy(&Case::new(activation, "xavier").report(&device), name);
        }
    }
}

/// A gradient that is 0 or no number comes of something that is found on the way forward.
#[test]
fn gradients_have_their_reasons_in_other_findings() {
    let _turn = turn();
    for (name, device) in reference() {
        let device = device.autodiff();
        let inspect = |case: &Case, scale: f64| {
            let model = case.network(&device);
            let input = normal([50, 100], &device) * scale;
            let loss = model.forward(input.clone()).square().mean();
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            let inspection = Inspection::new().forward(&model, input);
            let report = inspection.gradients(&model, &gradients).read().unwrap();
            let (of_gradients, others): (Vec<_>, Vec<_>) =
                report.diagnose().into_iter().partition(|finding| {
                    matches!(
                        finding,
                        Finding::NoGradient { .. } | Finding::GradientNotFinite { .. }
                    )
                });
            (of_gradients, others)
        };
        for (ill, scale, well) in [
            (
                Case::new("step", "xavier"),
                1.0,
                Case::new("tanh", "xavier"),
            ),
            (Case::new("relu", "constant"), 1.0, Case::new("relu", "he")),
            (Case::new("relu", "he"), f64::NAN, Case::new("relu", "he")),
        ] {
            let what = format!("{name}, {}, {}", ill.activation, ill.init);
            let (of_gradients, others) = inspect(&ill, scale);
            assert_eq!(of_gradients.len(), 1, "{what}");
            let advice = of_gradients[0].advice(&ill.setup());
            assert_eq!(advice, [Advice::OtherFindings], "{what}");
            assert!(!others.is_empty(), "{what}");
            let (of_gradients, others) = inspect(&well, 1.0);
            assert!(of_gradients.is_empty() && others.is_empty(), "{what}");
        }
    }
}
