//! One battery for every optimizer: what any of them has to get right.
#![recursion_limit = "256"]

#[path = "../devices/mod.rs"]
mod devices;

mod gradients;
mod groups;
mod module;
mod numbers;
mod problems;
mod refused;
mod state;
mod state_type;

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData};
use burn_extras::optim::{ModifierConfig, ModuleStep, OptimizerConfig};

/// A learning rate at which every rule gets down the problems below.
pub fn lr(name: &str) -> f64 {
    match rule(name) {
        // As long as the weights are, times this.
        _ if name.contains("trust_ratio") => 0.02,
        // A hundredth of the weights, times this.
        "momentum" if name.contains("adaptive_clip") => 0.5,
        // They find the size of their steps.
        "dadapt_adam" | "dog" | "l_dog" | "prodigy" => 1.0,
        "adadelta" => 5.0,
        "adagrad" | "ftrl" | "shampoo" => 0.5,
        "rprop" | "signum" | "lion" => 0.02,
        "asgd" | "sgd" => 0.1,
        "momentum" | "nesterov" => 0.02,
        _ => 0.05,
    }
}

/// The rule of a name with modifiers.
pub fn rule(name: &str) -> &str {
    name.split(" + ").next().unwrap_or(name)
}

/// Whether nothing is left of the gradients of a layer with one output: optax takes off their mean over the outputs.
pub fn stands_still(name: &str) -> bool {
    name.ends_with("centralized_optax")
}

/// Every rule, and every form of every modifier on two of them.
pub fn configs() -> impl Iterator<Item = (&'static str, OptimizerConfig)> {
    let rules = OptimizerConfig::names().iter().map(ToString::to_string);
    let modified = ModifierConfig::presets()
        .into_iter()
        .flat_map(|modifier| ["adam", "momentum"].map(|rule| format!("{rule} + {modifier}")));
    rules.chain(modified).map(|name| {
        let name: &'static str = name.leak();
        let config = match name {
            // Where the default begins, the first steps are lost in rounding.
            "dog" | "l_dog" => format!("{name}(reps_rel=0.01)").parse(),
            // A gradient that stays the same promises a way without end.
            "dadapt_adam" | "prodigy" => format!("{name}(d0=0.01, growth_rate=1.05)").parse(),
            _ => name.parse(),
        };
        (name, config.unwrap())
    })
}

#[derive(Module, Debug)]
pub struct Point {
    pub at: Param<Tensor<1>>,
}

impl Point {
    pub fn new(at: &[f32], device: &Device) -> Self {
        let at = Tensor::<1>::from_data(TensorData::from(at), device);
        Self {
            at: Param::from_tensor(at.require_grad()),
        }
    }

    pub fn values(&self) -> Vec<f32> {
        self.at.val().into_data().iter().collect()
    }

    /// A step with this gradient.
    pub fn step(self, optimizer: &mut ModuleOptimizer, lr: f64, grad: &[f32]) -> Self {
        let device = self.at.val().inner().device();
        let dtype = self.at.val().dtype();
        let mut grads = GradientsParams::new();
        let grad = Tensor::<1>::from_data(TensorData::from(grad), &device).cast(dtype);
        grads.register(self.at.id, grad);
        ModuleStep::new().step(optimizer, lr, self, grads)
    }
}

#[derive(Module, Debug)]
pub struct TwoLayers {
    pub first: Linear,
    pub second: Linear,
}

/// Points on a plane, and the loss of a linear model on them.
pub fn regression(model: &Linear, device: &Device) -> Tensor<1> {
    let x: Vec<f32> = (0..64)
        .flat_map(|i| [(i as f32 * 0.7).sin(), (i as f32 * 1.3).cos()])
        .collect();
    let y: Vec<f32> = x.chunks(2).map(|x| 0.8 * x[0] - 0.6 * x[1] + 0.3).collect();
    let x = Tensor::<2>::from_data(TensorData::new(x, [64, 2]), device);
    let y = Tensor::<2>::from_data(TensorData::new(y, [64, 1]), device);
    (model.forward(x) - y).square().mean()
}
