//! What an optimizer remembers: saved and restored.

use burn::nn::{Linear, LinearConfig};
use burn::optim::{GradientsParams, ModuleOptimizer, OptimizerRecord};
use burn::tensor::Device;
use burn_extras::optim::{ModuleStep, OptimizerConfig};

use crate::{Point, configs, devices, regression};

#[test]
fn a_restored_optimizer_takes_the_same_next_step() {
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        for (name, config) in configs() {
            let model = LinearConfig::new(2, 1).init(&device);
            let mut optimizer = config.init();
            let step = |model: Linear, optimizer: &mut ModuleOptimizer, lr| {
                let grads = regression(&model, &device).backward();
                let grads = GradientsParams::from_grads(grads, &model);
                ModuleStep::new().step(optimizer, lr, model, grads)
            };
            let mut model = model;
            for lr in [0.01, 0.02, 0.005] {
                model = step(model, &mut optimizer, lr);
            }
            let bytes = optimizer.to_record().into_bytes().unwrap();
            let record = OptimizerRecord::from_bytes(bytes).unwrap();
            let mut restored = config.init().load_record(record);

            // Two steps, so that what a step leaves behind is compared too.
            let (mut a, mut b) = (model.clone(), model);
            for _ in 0..2 {
                a = step(a, &mut optimizer, 0.01);
                b = step(b, &mut restored, 0.01);
                let bits = |model: &Linear| -> Vec<u32> {
                    let data = model.weight.val().into_data();
                    data.iter::<f32>().map(f32::to_bits).collect()
                };
                assert_eq!(bits(&a), bits(&b), "{name} on {device_name}");
            }
        }
    }
}

/// A parameter starts anew where the saved state lacks a tensor that the settings need, and what they do
/// not need is dropped.
#[test]
fn a_state_that_was_saved_with_other_settings() {
    const PLAIN: &str = "rmsprop";
    const MOMENTUM: &str = "rmsprop(momentum=0.9, centered=1)";
    let init = |spec: &str| spec.parse::<OptimizerConfig>().unwrap().init();
    for (device_name, device) in devices::all() {
        let start = Point::new(&[1.0, -2.0, 3.0], &device.clone().autodiff());
        let step = |point: &Point, optimizer: &mut ModuleOptimizer| {
            point.clone().step(optimizer, 0.01, &[0.5, 1.0, -2.0])
        };
        let stepped = |spec: &str| {
            let mut optimizer = init(spec);
            step(&start, &mut optimizer);
            optimizer
        };
        let resumed = |from: &str, to: &str| {
            let mut optimizer = init(to).load_record(stepped(from).to_record());
            step(&start, &mut optimizer).values()
        };
        let first = step(&start, &mut init(MOMENTUM)).values();
        assert_eq!(resumed(PLAIN, MOMENTUM), first, "{device_name}");
        let second = step(&start, &mut stepped(PLAIN)).values();
        assert_eq!(resumed(MOMENTUM, PLAIN), second, "{device_name}");
        assert_ne!(resumed(MOMENTUM, MOMENTUM), first, "{device_name}");
        assert_ne!(
            second,
            step(&start, &mut init(PLAIN)).values(),
            "{device_name}"
        );
    }
}

/// The parameter that the caller still holds, and large tensors that several threads work on.
#[test]
fn in_place_is_not_seen_from_outside() {
    let device = Device::flex().autodiff();
    for len in [1, 511, 512, 513, 32 * 512 * 2, 32 * 512 * 5 + 77] {
        for (name, config) in configs() {
            // Its matrix has as many rows as the vector has numbers.
            if name == "shampoo" && len > 513 {
                continue;
            }
            let start: Vec<f32> = (0..len).map(|i| 1.0 + (i % 7) as f32).collect();
            let grad: Vec<f32> = (0..len).map(|i| 0.5 + (i % 5) as f32).collect();
            let mut optimizer = config.init();
            let before = Point::new(&start, &device);
            let mut point = before.clone();
            for _ in 0..2 {
                point = point.step(&mut optimizer, 0.01, &grad);
            }
            assert_eq!(before.values(), start, "{name}");
            let end = point.values();
            // Every number has noise of its own, or is rounded with all others.
            if matches!(name, "kron" | "shampoo") {
                continue;
            }
            // The same numbers give the same results wherever they lie.
            for i in 35..len {
                assert_eq!(end[i], end[i - 35], "{name}: element {i} of {len}");
            }
        }
    }
}
