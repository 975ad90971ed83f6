//! Problems that every optimizer solves.

use burn::module::Param;
use burn::nn::LinearConfig;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use burn_extras::optim::{ModuleStep, OptimizerConfig};

use crate::{Point, configs, devices, lr, regression, rule};

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
    reach_the_minimum_of_a_bowl(configs());
}

/// Each of them, but for those whose weight decay moves the minimum.
pub fn reach_the_minimum_of_a_bowl(configs: impl Iterator<Item = (&'static str, OptimizerConfig)>) {
    let mut failures = Vec::new();
    for (name, config) in configs.filter(|(_, it)| it.weight_decay().is_none()) {
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
        // Steps are short near the origin, which lies in the valley; decay moves the minimum.
        if name == "momentum + trust_ratio_optax" || name.contains("independent") {
            continue;
        }
        // Without a denominator of its own a rule must go slowly: the walls are steep.
        let lr = match rule(name) {
            "momentum" if name.contains("adaptive_clip") => 0.02,
            "sgd" | "asgd" | "lars" => 1e-3,
            "momentum" | "nesterov" => 3e-4,
            // Its first steps have no denominator.
            "radam" => 1e-3,
            // It divides by the first gradient, the largest of all, for ten thousand steps.
            "adopt" => 0.3,
            "dadapt_adam" | "dog" | "l_dog" | "prodigy" => 1.0,
            "adadelta" => 5.0,
            "adagrad" | "ftrl" | "shampoo" => 0.5,
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
            // Weight decay moves the minimum, and the sum of the weights stays what it was.
            if config.weight_decay().is_some() || name.contains("centralized") {
                continue;
            }
            let mut optimizer = config.init();
            let mut model = LinearConfig::new(2, 1).init(&device);
            // The same start for all, far from the solution.
            let weight = Tensor::<2>::from_data([[0.4], [-0.2]], &device).require_grad();
            let bias = Tensor::<1>::from_data([3.0], &device).require_grad();
            model.weight = Param::from_tensor(weight);
            model.bias = Some(Param::from_tensor(bias));
            let before: f32 = regression(&model, &device).into_scalar();
            for step in 0..steps {
                let grads = regression(&model, &device).backward();
                let grads = GradientsParams::from_grads(grads, &model);
                let lr = match name {
                    "ftrl" => lr(name),
                    _ => 2.0 * lr(name) * (1.0 - step as f64 / steps as f64),
                };
                model = ModuleStep::new().step(&mut optimizer, lr, model, grads);
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
            if config.weight_decay().is_some() || name == "asgd" || name.contains("independent") {
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
