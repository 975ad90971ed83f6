//! Tensors without a number.

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Tensor};
use burn_extras::fused::{Formula, Number, apply_many};
use burn_extras::optim::{ModifierConfig, ModuleStep, OptimizerConfig};

use crate::activations::activations;
use crate::devices;

#[test]
fn activations_take_them_both_ways() {
    for (device_name, device) in devices::all() {
        // Drivers allow no buffer without a byte.
        if device_name == "wgpu" {
            continue;
        }
        let device = device.autodiff();
        for (name, forward) in activations(10, &device) {
            let x = Tensor::<2>::zeros([0, 10], &device).require_grad();
            let y = forward(x.clone(), x.clone());
            assert_eq!(y.dims()[0], 0, "{name} on {device_name}");
            let grads = y.sum().backward();
            let grad = x.grad(&grads).map(|grad| grad.dims());
            assert_eq!(grad, Some([0, 10]), "{name} on {device_name}");
        }
    }
}

#[derive(Clone, Debug)]
struct Product;

impl Formula<2> for Product {
    #[inline(always)]
    fn value<N: Number>(&self, [x, a]: [N; 2]) -> N {
        x * a
    }
}

/// What is spread over nothing, one number and one a channel, has the gradient 0; so has a channel that is not there.
#[test]
fn what_is_spread_over_them_has_a_gradient_of_0() {
    for (full, small) in [
        ([0, 3, 5], [1, 1, 1]),
        ([0, 3, 5], [1, 3, 1]),
        ([4, 3, 0], [1, 3, 1]),
        ([4, 3, 0], [1, 1, 1]),
        ([4, 0, 5], [1, 0, 1]),
        ([4, 0, 5], [4, 1, 1]),
        ([4, 0, 300], [1, 0, 1]),
    ] {
        for dtype in [DType::F32, DType::F64, DType::F16, DType::BF16] {
            let device = Device::flex().autodiff();
            let x = Tensor::<3>::zeros(full, (&device, dtype)).require_grad();
            let a = Tensor::<3>::ones(small, (&device, dtype)).require_grad();
            let y = apply_many(&Product, [x.clone(), a.clone()]);
            assert_eq!(y.dims(), full);
            let grads = y.sum().backward();
            assert_eq!(x.grad(&grads).expect("a gradient").dims(), full);
            let grad = a.grad(&grads).expect("a gradient");
            assert_eq!(grad.dims(), small, "{full:?} in {dtype:?}");
            let grad: Vec<f64> = grad.into_data().iter().collect();
            assert!(grad.iter().all(|it| *it == 0.0), "{full:?}: {grad:?}");
        }
    }
}

#[derive(Module, Debug)]
struct Weights<const D: usize> {
    all: Param<Tensor<D>>,
}

/// Steps of a parameter of this shape, and back from its record.
fn walk<const D: usize>(
    config: &OptimizerConfig,
    shape: [usize; D],
    device: &Device,
) -> [usize; D] {
    let start = Tensor::<D>::zeros(shape, &device.clone().autodiff());
    let mut weights = Weights {
        all: Param::from_tensor(start.require_grad()),
    };
    let mut optimizer = config.init();
    for _ in 0..3 {
        let mut grads = GradientsParams::new();
        grads.register(weights.all.id, Tensor::<D>::zeros(shape, device));
        weights = ModuleStep::new().step(&mut optimizer, 0.1, weights, grads);
        optimizer = config.init().load_record(optimizer.to_record());
    }
    weights.all.val().dims()
}

#[test]
fn optimizers_take_them() {
    for (device_name, device) in devices::all() {
        if device_name == "wgpu" {
            continue;
        }
        let modifiers = ModifierConfig::presets().into_iter();
        let modified = modifiers.map(|modifier| format!("adam + {modifier}"));
        for name in OptimizerConfig::presets().into_iter().chain(modified) {
            let config = name.parse().expect("a name");
            let what = format!("{name} on {device_name}");
            assert_eq!(walk(&config, [0], &device), [0], "{what}");
            for shape in [[0, 3], [3, 0], [0, 0]] {
                assert_eq!(walk(&config, shape, &device), shape, "{what}");
            }
        }
    }
}

/// What looks at all gradients together passes over them.
#[test]
fn what_clips_and_skips_passes_over_them() {
    for (device_name, device) in devices::all() {
        if device_name == "wgpu" {
            continue;
        }
        let start = Tensor::<2>::zeros([3, 0], &device.clone().autodiff());
        let weights = Weights {
            all: Param::from_tensor(start.require_grad()),
        };
        let mut grads = GradientsParams::new();
        grads.register(weights.all.id, Tensor::<2>::zeros([3, 0], &device));
        let steps = ModuleStep::new()
            .with_clip_norm(Some(1.0))
            .with_skip_non_finite(true);
        let config: OptimizerConfig = "prodigy".parse().expect("a name");
        let stepped = steps.step(&mut config.init(), 0.1, weights, grads);
        assert_eq!(stepped.all.val().dims(), [3, 0], "{device_name}");
    }
}
