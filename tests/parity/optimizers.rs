use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_extras::optim::{ModifierConfig, ModuleStep, OptimizerConfig};
use serde::Deserialize;

use crate::case::Distance;

const STEPS: usize = 20;

/// The weights and gradients of the goldens: of all sizes, and no sign is in doubt.
#[derive(Deserialize)]
struct Problem {
    params: Vec<f64>,
    grads: Vec<Vec<f64>>,
    cases: Vec<Golden>,
}

#[derive(Deserialize)]
struct Golden {
    spec: String,
}

impl Problem {
    fn new() -> Self {
        serde_json::from_str(include_str!("../goldens/optim.json")).unwrap()
    }

    /// Every preset, every modifier on Adam, and the settings that the goldens try.
    fn configs(&self) -> Vec<OptimizerConfig> {
        let modifiers = ModifierConfig::presets().into_iter();
        let modified = modifiers.map(|modifier| format!("adam + {modifier}"));
        let specs = OptimizerConfig::presets().into_iter().chain(modified);
        let known = specs.map(|spec| match spec.as_str() {
            // Its own epsilon is about what `f32` rounds off of its sums, and roots make a thousand times as much of it.
            "shampoo_pytorch_optimizer" => "shampoo(matrix_epsilon=0.1)".parse().unwrap(),
            spec => spec.parse().unwrap(),
        });
        let goldens = self.cases.iter().map(|case| case.spec.parse().unwrap());
        let mut configs = Vec::new();
        for config in known.chain(goldens) {
            if !configs.contains(&config) {
                configs.push(config);
            }
        }
        configs
    }

    /// The weights after the last step.
    fn walk(&self, config: &OptimizerConfig, device: &Device, dtype: DType) -> Vec<f64> {
        let tensor = |numbers: &[f64], device: &Device| {
            Tensor::<1>::from_data(TensorData::from(numbers), (device, dtype))
        };
        let start = tensor(&self.params, &device.clone().autodiff());
        let mut weights = Weights {
            all: Param::from_tensor(start.require_grad()),
        };
        let mut optimizer = config.init();
        for grad in &self.grads[..STEPS] {
            let mut grads = GradientsParams::new();
            grads.register(weights.all.id, tensor(grad, device));
            weights = ModuleStep::new().step(&mut optimizer, config.default_lr(), weights, grads);
        }
        weights.all.val().into_data().iter().collect()
    }
}

#[derive(Module, Debug)]
struct Weights {
    all: Param<Tensor<1>>,
}

pub fn trajectories(device: &Device) -> Distance {
    let problem = Problem::new();
    let mut distance = Distance::default();
    for config in problem.configs() {
        let expected = problem.walk(&config, &Device::flex(), DType::F64);
        let found = problem.walk(&config, device, DType::F32);
        for (found, expected) in found.into_iter().zip(expected) {
            distance.include(found, expected, &config);
        }
    }
    distance
}
