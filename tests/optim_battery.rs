//! One battery for every optimizer: what any of them has to get right.
#![recursion_limit = "256"]

mod devices;

use burn::module::{Module, Param, ParamGroup};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{GradientsParams, ModuleOptimizer, OptimizerRecord};
use burn::tensor::{Device, FloatDType, Tensor, TensorData};
use burn_extras::optim::{
    OptimizerConfig, SgdConfig, clip_global_norm, global_norm, skip_non_finite,
};

/// A learning rate at which every rule gets down the problems below.
fn lr(name: &str) -> f64 {
    match name {
        "adadelta" => 5.0,
        "adagrad" | "ftrl" => 0.5,
        "rprop" | "signum" | "lion" => 0.02,
        "asgd" | "sgd" => 0.1,
        "momentum" | "nesterov" => 0.02,
        _ => 0.05,
    }
}

fn configs() -> impl Iterator<Item = (&'static str, OptimizerConfig)> {
    let names = OptimizerConfig::names().iter();
    names.map(|name| (*name, name.parse().unwrap()))
}

#[derive(Module, Debug)]
struct Point {
    at: Param<Tensor<1>>,
}

impl Point {
    fn new(at: &[f32], device: &Device) -> Self {
        let at = Tensor::<1>::from_data(TensorData::from(at), device);
        Self {
            at: Param::from_tensor(at.require_grad()),
        }
    }

    fn values(&self) -> Vec<f32> {
        self.at.val().into_data().iter().collect()
    }

    /// A step with this gradient.
    fn step(self, optimizer: &mut ModuleOptimizer, lr: f64, grad: &[f32]) -> Self {
        let device = self.at.val().inner().device();
        let dtype = self.at.val().dtype();
        let mut grads = GradientsParams::new();
        let grad = Tensor::<1>::from_data(TensorData::from(grad), &device).cast(dtype);
        grads.register(self.at.id, grad);
        optimizer.step(lr, self, grads)
    }
}

/// Goes down from `start` by the gradient `slope`, the learning rate falling to zero, and returns
/// where it arrives.
fn descend(
    config: &OptimizerConfig,
    lr: f64,
    steps: usize,
    start: &[f32],
    slope: impl Fn(&[f32]) -> Vec<f32>,
) -> Vec<f32> {
    let device = Device::flex().autodiff();
    let mut optimizer = config.init();
    let mut point = Point::new(start, &device);
    for step in 0..steps {
        let grad = slope(&point.values());
        let lr = match config {
            // Its weights are a multiple of the learning rate.
            OptimizerConfig::Ftrl(_) => lr,
            _ => lr * (1.0 - 0.999 * step as f64 / steps as f64),
        };
        point = point.step(&mut optimizer, lr, &grad);
    }
    point.values()
}

#[test]
fn reaches_the_minimum_of_a_bowl() {
    let mut failures = Vec::new();
    for (name, config) in configs() {
        // Weight decay moves the minimum.
        if name.ends_with('w') {
            continue;
        }
        let end = descend(&config, lr(name), 3000, &[-1.5, 2.0], |at| {
            vec![2.0 * (at[0] - 0.5), 0.4 * (at[1] + 1.0)]
        });
        let error = (end[0] - 0.5).abs().max((end[1] + 1.0).abs());
        if error.is_nan() || error >= 0.03 {
            failures.push(format!("{name} ends at {end:?}"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn goes_down_the_valley_of_rosenbrock() {
    let height = |at: &[f32]| (1.0 - at[0]).powi(2) + 100.0 * (at[1] - at[0] * at[0]).powi(2);
    let start = [-1.2, 1.0];
    let mut failures = Vec::new();
    for (name, config) in configs() {
        // Without a denominator of its own a rule must go slowly: the walls are steep.
        let lr = match name {
            "sgd" | "asgd" => 1e-3,
            "momentum" | "nesterov" => 3e-4,
            // Its first steps have no denominator.
            "radam" => 1e-3,
            // It divides by the first gradient, the largest of all, for ten thousand steps.
            "adopt" => 0.3,
            "adadelta" => 5.0,
            "adagrad" | "ftrl" => 0.5,
            "rprop" | "signum" | "lion" => 5e-3,
            _ => 0.02,
        };
        let end = descend(&config, lr, 20_000, &start, |at| {
            let [x, y] = [at[0], at[1]];
            vec![
                -2.0 * (1.0 - x) - 400.0 * x * (y - x * x),
                200.0 * (y - x * x),
            ]
        });
        let height = height(&end);
        if height.is_nan() || height >= 0.05 {
            failures.push(format!("{name} ends at {end:?}, at {height}"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Points on a plane, and the loss of a linear model on them.
fn regression(model: &Linear, device: &Device) -> Tensor<1> {
    let x: Vec<f32> = (0..64)
        .flat_map(|i| [(i as f32 * 0.7).sin(), (i as f32 * 1.3).cos()])
        .collect();
    let y: Vec<f32> = x.chunks(2).map(|x| 0.8 * x[0] - 0.6 * x[1] + 0.3).collect();
    let x = Tensor::<2>::from_data(TensorData::new(x, [64, 2]), device);
    let y = Tensor::<2>::from_data(TensorData::new(y, [64, 1]), device);
    (model.forward(x) - y).square().mean()
}

#[test]
fn fits_a_regression_on_every_device() {
    let mut failures = Vec::new();
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        // Software GPUs are slow: enough steps to learn, not to finish.
        let (steps, share) = match device_name {
            "flex" => (600, 0.01),
            _ => (60, 0.6),
        };
        for (name, config) in configs() {
            // Weight decay moves the minimum.
            if name.ends_with('w') {
                continue;
            }
            let mut optimizer = config.init();
            let mut model = LinearConfig::new(2, 1).init(&device);
            // Far from the solution, wherever the initial weights are.
            let bias = Tensor::<1>::from_data([3.0], &device).require_grad();
            model.bias = Some(Param::from_tensor(bias));
            let before: f32 = regression(&model, &device).into_scalar();
            for step in 0..steps {
                let grads = regression(&model, &device).backward();
                let grads = GradientsParams::from_grads(grads, &model);
                let lr = match name {
                    "ftrl" => lr(name),
                    _ => 2.0 * lr(name) * (1.0 - step as f64 / steps as f64),
                };
                model = optimizer.step(lr, model, grads);
            }
            let after: f32 = regression(&model, &device).into_scalar();
            if after.is_nan() || after >= share * before {
                failures.push(format!("{name} on {device_name}: {before} to {after}"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn zero_gradients_move_nothing() {
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        for (name, config) in configs() {
            // What moves weights without a gradient: decay.
            if name.ends_with('w') || name == "asgd" {
                continue;
            }
            let start = [1.5, -0.25, 0.0];
            let mut optimizer = config.init();
            let mut point = Point::new(&start, &device);
            for _ in 0..5 {
                point = point.step(&mut optimizer, 0.01, &[0.0; 3]);
            }
            for (end, start) in point.values().iter().zip(start) {
                // Yogi's first moment starts at 1e-6, and is 1e-6/0.001 of a step; FTRL works its
                // weights out anew.
                let allowed = if name == "yogi" { 1e-4 } else { 1e-6 };
                assert!(
                    (end - start).abs() <= allowed,
                    "{name} on {device_name}: {start} to {end}"
                );
            }
        }
    }
}

#[test]
fn huge_and_tiny_gradients_stay_finite() {
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        for (name, config) in configs() {
            let mut optimizer = config.init();
            let mut point = Point::new(&[1.0; 6], &device);
            let grad = [1e15, -1e15, 1e-15, -1e-15, 1e-30, 1.0];
            for _ in 0..10 {
                point = point.step(&mut optimizer, 1e-3, &grad);
            }
            let end = point.values();
            assert!(
                end.iter().all(|x| x.is_finite()),
                "{name} on {device_name}: {end:?}"
            );
        }
    }
}

#[test]
fn half_precision_has_no_nan() {
    let device = Device::flex().autodiff();
    for dtype in [FloatDType::F16, FloatDType::BF16] {
        for (name, config) in configs() {
            let mut optimizer = config.init();
            let start = [1.0, -0.5, 0.25, 2.0, 1.0, 1.0];
            let at = Tensor::<1>::from_data(TensorData::from(start), &device).cast(dtype);
            let mut point = Point {
                at: Param::from_tensor(at.detach().require_grad()),
            };
            // Epsilon is 0 in f16, and the square of 3e-4 is.
            for _ in 0..20 {
                point = point.step(
                    &mut optimizer,
                    lr(name),
                    &[0.0, 3e-4, -3e-4, 10.0, -1e-2, 1e-6],
                );
            }
            assert_eq!(FloatDType::from(point.at.val().dtype()), dtype, "{name}");
            let end = point.values();
            assert!(
                end.iter().all(|x| x.is_finite()),
                "{name} in {dtype:?}: {end:?}"
            );
            assert_ne!(end[3], start[3], "{name} in {dtype:?} moves");
        }
    }
}

/// Half precision is rounded once a step: with the state in `f32` two steps are those of `f32`.
#[test]
fn half_precision_keeps_its_state_in_f32() {
    let device = Device::flex().autodiff();
    for (name, config) in configs() {
        let run = |dtype: FloatDType| {
            let mut optimizer = config.init();
            let at = Tensor::<1>::from_data([64.0, -64.0], &device).cast(dtype);
            let mut point = Point {
                at: Param::from_tensor(at.detach().require_grad()),
            };
            for _ in 0..2 {
                point = point.step(&mut optimizer, 1e-3, &[0.5, -0.125]);
            }
            point.values()
        };
        for (half, single) in run(FloatDType::BF16).iter().zip(run(FloatDType::F32)) {
            // A bf16 has 8 bits: two roundings of half a unit in the last place.
            assert!(
                (half - single).abs() <= 64.0 / 128.0,
                "{name}: {half} for {single}"
            );
        }
    }
}

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
                optimizer.step(lr, model, grads)
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

#[derive(Module, Debug)]
struct TwoLayers {
    first: Linear,
    second: Linear,
}

#[test]
fn groups_have_optimizers_of_their_own() {
    let device = Device::flex().autodiff();
    let model = TwoLayers {
        first: LinearConfig::new(2, 2).init(&device),
        second: LinearConfig::new(2, 1).init(&device),
    };
    let mut optimizer = SgdConfig::new().init().with_group(
        ParamGroup::from_predicate("second"),
        burn_extras::optim::SignumConfig::new().build(),
        None,
    );
    let x = Tensor::<2>::from_data([[0.3, -0.7]], &device);
    let loss = model.second.forward(model.first.forward(x)).square().mean();
    let grads = GradientsParams::from_grads(loss.backward(), &model);
    let grad = grads.get::<2>(model.first.weight.id).unwrap();
    let before = model.clone();
    let after = optimizer.step(0.125, model, grads);

    let moved =
        |before: &Linear, after: &Linear| before.weight.val().inner() - after.weight.val().inner();
    let moved_first = moved(&before.first, &after.first).into_data();
    moved_first.assert_approx_eq::<f32>(
        &(grad * 0.125).into_data(),
        burn::tensor::Tolerance::absolute(1e-6),
    );
    for step in moved(&before.second, &after.second)
        .into_data()
        .iter::<f32>()
    {
        assert!((step.abs() - 0.125).abs() < 1e-6, "the sign's step: {step}");
    }
}

#[test]
fn a_frozen_parameter_stays() {
    let device = Device::flex().autodiff();
    for (name, config) in configs() {
        let model = TwoLayers {
            first: LinearConfig::new(2, 2).init(&device).no_grad(),
            second: LinearConfig::new(2, 1).init(&device),
        };
        let mut optimizer = config.init();
        let before = model.clone();
        let mut model = model;
        for _ in 0..3 {
            let x = Tensor::<2>::from_data([[0.3, -0.7]], &device);
            let loss = model.second.forward(model.first.forward(x)).square().mean();
            let grads = GradientsParams::from_grads(loss.backward(), &model);
            model = optimizer.step(0.1, model, grads);
        }
        let data = |layer: &Linear| layer.weight.val().into_data();
        assert_eq!(data(&model.first), data(&before.first), "{name}");
        assert_ne!(data(&model.second), data(&before.second), "{name}");
    }
}

/// The parameter that the caller still holds, and large tensors that several threads work on.
#[test]
fn in_place_is_not_seen_from_outside() {
    let device = Device::flex().autodiff();
    for len in [1, 511, 512, 513, 32 * 512 * 2, 32 * 512 * 5 + 77] {
        for (name, config) in configs() {
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
            // The same numbers give the same results wherever they lie.
            for i in 35..len {
                assert_eq!(end[i], end[i - 35], "{name}: element {i} of {len}");
            }
        }
    }
}

#[test]
fn clips_by_the_norm_of_all_gradients() {
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        let model = TwoLayers {
            first: LinearConfig::new(2, 2).init(&device),
            second: LinearConfig::new(2, 1).init(&device),
        };
        let x = Tensor::<2>::from_data([[3.0, -7.0]], &device);
        let loss = model.second.forward(model.first.forward(x)).sum() * 100.0;
        let mut grads = GradientsParams::from_grads(loss.backward(), &model);
        // A parameter that took no part has none.
        let bias = model.first.bias.as_ref().unwrap().id;
        grads.remove::<1>(bias);
        let all = [
            grads.get::<2>(model.first.weight.id).unwrap().flatten(0, 1),
            grads
                .get::<2>(model.second.weight.id)
                .unwrap()
                .flatten(0, 1),
            grads
                .get::<1>(model.second.bias.as_ref().unwrap().id)
                .unwrap(),
        ];
        let squares = all.map(|grad| grad.square().sum().into_scalar::<f32>());
        let norm = global_norm(&grads, &model);
        let expected = f64::from(squares.iter().sum::<f32>().sqrt());
        assert!(
            (norm / expected - 1.0).abs() < 1e-6,
            "{device_name}: {norm} {expected}"
        );
        assert!(norm > 1.0, "{device_name}: {norm}");

        let before = grads.get::<2>(model.first.weight.id).unwrap();
        let grads = clip_global_norm(grads, &model, 0.5);
        let clipped = global_norm(&grads, &model);
        assert!((clipped - 0.5).abs() < 1e-6, "{device_name}: {clipped}");
        let after = grads.get::<2>(model.first.weight.id).unwrap();
        after.into_data().assert_approx_eq::<f32>(
            &(before * (0.5 / norm)).into_data(),
            burn::tensor::Tolerance::absolute(1e-6),
        );
        // What is small enough stays.
        let grads = clip_global_norm(grads, &model, 10.0);
        assert_eq!(global_norm(&grads, &model), clipped, "{device_name}");
        assert_eq!(global_norm(&GradientsParams::new(), &model), 0.0);
    }
}

#[test]
fn skips_what_is_not_finite() {
    for (device_name, device) in devices::all() {
        let model = TwoLayers {
            first: LinearConfig::new(2, 2).init(&device),
            second: LinearConfig::new(2, 1).init(&device),
        };
        for (value, finite) in [
            (1.0, true),
            (f32::MAX, true),
            (f32::NAN, false),
            (f32::INFINITY, false),
            (f32::NEG_INFINITY, false),
        ] {
            let mut grads = GradientsParams::new();
            let fine = Tensor::<2>::from_data([[0.5, 0.1], [0.0, -3.0]], &device);
            grads.register(model.first.weight.id, fine);
            let odd = Tensor::<2>::from_data([[0.5], [value]], &device);
            grads.register(model.second.weight.id, odd);
            let kept = skip_non_finite(grads, &model);
            assert_eq!(kept.is_some(), finite, "{value} on {device_name}");
        }
    }
}
