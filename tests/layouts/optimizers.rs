//! Optimizer steps of parameters and gradients that lie in memory in every way.

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Distribution, Tensor};
use burn_extras::optim::{ModifierConfig, ModuleStep, OptimizerConfig};

use crate::devices;
use crate::view::{VIEWS, View, same};

#[derive(Module, Debug)]
struct Weights {
    all: Param<Tensor<2>>,
}

/// The weights after a step for each gradient.
fn walk(config: &OptimizerConfig, start: &Tensor<2>, grads: &[Tensor<2>], view: View) -> Vec<f32> {
    let start = view.of(start.clone()).autodiff();
    let mut weights = Weights {
        all: Param::from_tensor(start.require_grad()),
    };
    let mut optimizer = config.init();
    for grad in grads {
        let mut of_step = GradientsParams::new();
        of_step.register(weights.all.id, view.of(grad.clone()));
        weights = ModuleStep::new().step(&mut optimizer, 0.01, weights, of_step);
    }
    weights.all.val().into_data().iter().collect()
}

#[test]
fn views_are_stepped_as_plain_tensors_are() {
    for (device_name, device) in devices::all() {
        let random = |device: &Device| -> Tensor<2> {
            Tensor::random([13, 6], Distribution::Normal(0.0, 1.0), device)
        };
        let start = random(&device);
        let grads = [random(&device), random(&device), random(&device)];
        let modifiers = ModifierConfig::presets().into_iter();
        let modified = modifiers.map(|modifier| format!("adam + {modifier}"));
        for name in OptimizerConfig::presets().into_iter().chain(modified) {
            let config = name.parse().expect("a name");
            let plain = walk(&config, &start, &grads, View::Plain);
            for view in VIEWS {
                let viewed = walk(&config, &start, &grads, view);
                let is_same = same(device_name, &viewed, &plain);
                assert!(is_same, "{name}, {view:?} on {device_name}");
            }
        }
    }
}

/// One row that stands for all: the step gives each number memory of its own.
#[test]
fn expanded_tensors_are_stepped_as_their_copies_are() {
    for (device_name, device) in devices::all() {
        let row = || Tensor::<2>::random([1, 6], Distribution::Normal(0.0, 1.0), &device);
        let (start, grad) = (row().expand([13, 6]), row().expand([13, 6]));
        for name in OptimizerConfig::names() {
            let config: OptimizerConfig = name.parse().expect("a name");
            let steps = [grad.clone(), grad.clone()];
            let plain = walk(&config, &start, &steps, View::Plain);
            let mut weights = Weights {
                all: Param::from_tensor(start.clone().autodiff().require_grad()),
            };
            let mut optimizer = config.init();
            for grad in steps {
                let mut grads = GradientsParams::new();
                grads.register(weights.all.id, grad);
                weights = ModuleStep::new().step(&mut optimizer, 0.01, weights, grads);
            }
            let end: Vec<f32> = weights.all.val().into_data().iter().collect();
            let is_same = same(device_name, &end, &plain);
            assert!(is_same, "{name} on {device_name}: {end:?}, not {plain:?}");
        }
    }
}
