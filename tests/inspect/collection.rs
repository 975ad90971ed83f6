//! A collection of poor set-ups, each of which is told why it is poor, and of healthy ones, which are told nothing.

use burn::module::{Module, ModuleMapper, Param};
use burn::nn::loss::{MseLoss, Reduction};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use burn_extras::inspect::{Finding, Inspection, Report};
use burn_extras::optim::OptimizerConfig;

use crate::{network, normal, reference, sentences, turn};

/// A network and the first step that it takes.
#[derive(Clone, Copy)]
struct SetUp {
    widths: &'static [usize],
    activation: &'static str,
    init: &'static str,
    optimizer: &'static str,
    lr: f64,
    /// What is added to the biases of hidden layers.
    bias: f64,
    /// What the inputs are multiplied by.
    scale: f64,
}

const WIDE: &[usize] = &[100, 60, 60, 60, 60, 10];
const THIN: &[usize] = &[100, 60, 1, 60, 60, 10];
const SHALLOW: &[usize] = &[100, 60, 10];
const DEEP: &[usize] = &[100, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 10];

const USUAL: SetUp = SetUp {
    widths: WIDE,
    activation: "relu",
    init: "he",
    optimizer: "adam",
    lr: 1e-3,
    bias: 0.0,
    scale: 1.0,
};

const fn net(widths: &'static [usize], activation: &'static str, init: &'static str) -> SetUp {
    SetUp {
        widths,
        activation,
        init,
        ..USUAL
    }
}

const fn with(activation: &'static str, init: &'static str) -> SetUp {
    net(WIDE, activation, init)
}

const fn step(optimizer: &'static str, lr: f64) -> SetUp {
    SetUp {
        optimizer,
        lr,
        ..USUAL
    }
}

const fn shifted(widths: &'static [usize], activation: &'static str, bias: f64) -> SetUp {
    SetUp {
        bias,
        ..net(widths, activation, "he")
    }
}

const fn scaled(activation: &'static str, init: &'static str, scale: f64) -> SetUp {
    SetUp {
        scale,
        ..with(activation, init)
    }
}

/// What is poor, and the first thing that is to be said.
const POOR: [(SetUp, &str); 40] = [
    (step("sgd", 1e-7), "SmallUpdate"),
    (step("sgd", 1e-6), "SmallUpdate"),
    (step("adam", 1e-8), "SmallUpdate"),
    (step("adamw", 1e-7), "SmallUpdate"),
    (step("momentum", 1e-6), "SmallUpdate"),
    (step("lion", 1e-8), "SmallUpdate"),
    (step("rmsprop", 1e-9), "SmallUpdate"),
    (step("sgd", 0.0), "SmallUpdate"),
    (step("adam", 1.0), "LargeUpdate"),
    (step("sgd", 1e4), "LargeUpdate"),
    (step("lion", 0.5), "LargeUpdate"),
    (net(THIN, "relu", "he"), "Bottleneck"),
    (net(THIN, "tanh", "xavier"), "Bottleneck"),
    (net(THIN, "gelu", "auto"), "Bottleneck"),
    (net(THIN, "sigmoid", "xavier"), "Bottleneck"),
    (net(&[100, 1, 10], "relu", "he"), "Bottleneck"),
    (net(&[100, 60, 1, 10], "silu", "auto"), "Bottleneck"),
    (with("thresholded_relu(theta=3)", "he"), "Dead"),
    (with("thresholded_relu(theta=6)", "he"), "Dead"),
    (with("thresholded_relu(theta=20)", "he"), "Dead"),
    (with("hard_shrink(lambda=8)", "he"), "Dead"),
    (with("soft_shrink(lambda=20)", "he"), "Dead"),
    (with("shrink(lambda=20)", "he"), "Dead"),
    (shifted(WIDE, "relu", -30.0), "Dead"),
    (shifted(WIDE, "relu6", -30.0), "Dead"),
    (shifted(SHALLOW, "relu", -3.0), "Idle"),
    (shifted(SHALLOW, "squared_relu", -3.0), "Idle"),
    (with("relu", "normal(std=0.01)"), "Vanishing"),
    (with("tanh", "normal(std=0.01)"), "Vanishing"),
    (with("sigmoid", "normal(std=0.01)"), "Vanishing"),
    (net(DEEP, "sigmoid", "xavier"), "Vanishing"),
    (with("relu", "normal(std=1)"), "Exploding"),
    (with("identity", "normal(std=1)"), "Exploding"),
    (with("tanh", "normal(std=3)"), "Saturated"),
    (scaled("tanh", "xavier", 100.0), "Saturated"),
    (scaled("sigmoid", "xavier", 100.0), "Saturated"),
    (with("relu", "constant"), "AllZero"),
    (with("tanh", "constant(value=0.1)"), "AllSame"),
    (with("step", "xavier"), "NoSlope"),
    (scaled("relu", "he", 1e300), "NotFinite"),
];

/// Twenty-four activations with weights that suit them; each in four networks.
const HEALTHY: [(&str, &str); 24] = [
    ("relu", "he"),
    ("relu", "lsuv"),
    ("leaky_relu", "he"),
    ("relu6", "he"),
    ("tanh", "xavier"),
    ("tanh", "lecun"),
    ("hard_tanh", "xavier"),
    ("softsign", "auto"),
    ("arctan", "auto"),
    ("isru", "auto"),
    ("arsinh", "auto"),
    ("selu", "lecun"),
    ("elu", "auto"),
    ("celu", "auto"),
    ("gelu", "auto"),
    ("silu", "auto"),
    ("mish", "auto"),
    ("hard_swish", "auto"),
    ("softplus", "auto"),
    ("squareplus", "auto"),
    ("bent_identity", "auto"),
    ("lisht", "auto"),
    ("identity", "orthogonal"),
    ("thresholded_relu", "auto"),
];

/// How healthy networks step.
const STEPS: [(&[usize], &str, f64); 4] = [
    (WIDE, "adam", 1e-3),
    (SHALLOW, "sgd", 0.05),
    (WIDE, "momentum", 0.01),
    (SHALLOW, "adamw", 1e-4),
];

struct Shift(f64);

impl ModuleMapper for Shift {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match D {
            1 => param.map(|bias| bias.add_scalar(self.0)),
            _ => param,
        }
    }
}

impl SetUp {
    /// What a batch, its gradients and one step show.
    fn report(&self, device: &Device) -> Report {
        let device = device.clone().autodiff();
        let teacher = network(&[100, 30, 10], "tanh", "xavier", &device);
        let model = network(self.widths, self.activation, self.init, &device);
        let model = model.map(&mut Shift(self.bias));
        let input = normal([200, 100], &device) * self.scale;
        let target = teacher.forward(input.clone()).detach();
        let loss = MseLoss::new().forward(model.forward(input.clone()), target, Reduction::Mean);
        let grads = GradientsParams::from_grads(loss.backward(), &model);
        let inspection = Inspection::new()
            .forward(&model, input)
            .gradients(&model, &grads);
        let config: OptimizerConfig = self.optimizer.parse().unwrap();
        let after = config.init().step(self.lr, model.clone(), grads);
        inspection.update(&model, &after).read().unwrap()
    }

    fn what(&self) -> String {
        format!(
            "{} from {} in {:?}, biases {}, inputs {}, {} at {}",
            self.activation, self.init, self.widths, self.bias, self.scale, self.optimizer, self.lr
        )
    }
}

fn kind(finding: &Finding) -> String {
    let text = format!("{finding:?}");
    text.split([' ', '{'])
        .next()
        .unwrap_or_default()
        .to_string()
}

#[test]
fn poor_ones_are_told_why() {
    let _turn = turn();
    let (_, device) = &reference()[0];
    let mut wrong = Vec::new();
    for (set_up, expected) in POOR {
        let report = set_up.report(device);
        let found = report.diagnose();
        if found.first().map(kind).as_deref() != Some(expected) {
            wrong.push(format!(
                "{}: not {expected}, but {:?}",
                set_up.what(),
                sentences(&report)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn healthy_ones_are_told_nothing() {
    let _turn = turn();
    let (_, device) = &reference()[0];
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (activation, init) in HEALTHY {
        for (widths, optimizer, lr) in STEPS {
            let set_up = SetUp {
                optimizer,
                lr,
                ..net(widths, activation, init)
            };
            let said = sentences(&set_up.report(device));
            count += 1;
            if !said.is_empty() {
                wrong.push(format!("{}: {said:?}", set_up.what()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}: {wrong:#?}", wrong.len());
}
