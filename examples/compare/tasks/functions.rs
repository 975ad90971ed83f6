use std::f64::consts::PI;

use burn::tensor::{Device, Tensor, TensorData};

use super::{Data, Kind, Split, Targets, Task};
use crate::random::Random;

/// Points that the learning rate is chosen by, and that are reported.
const HELD_OUT: usize = 2000;
const SEED: u64 = 2;

/// The data of a task that is a function, at points drawn from -1 to 1; what a network reads has a variance of 1.
pub fn data(kind: Kind, task: &Task) -> Data {
    let mut random = Random::new(SEED);
    let (mean, std) = scale(kind);
    let mut split = |count: usize, noise: f64| {
        let (mut inputs, mut values) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let point = [random.share(), random.share()].map(|it| 2.0 * it - 1.0);
            let added = if noise > 0.0 {
                noise * random.normal()
            } else {
                0.0
            };
            let used = &point[..kind.sizes().0];
            // The standard deviation from -1 to 1 is 1 / sqrt(3).
            inputs.extend(used.iter().map(|it| (it * 3f64.sqrt()) as f32));
            values.push(((value(kind, point) - mean) / std + added) as f32);
        }
        let device = Device::flex();
        let width = kind.sizes().0;
        Split {
            inputs: Tensor::from_data(TensorData::new(inputs, [count, width]), &device),
            targets: Targets::Values(Tensor::from_data(
                TensorData::new(values, [count, 1]),
                &device,
            )),
        }
    };
    Data {
        validation: split(HELD_OUT, 0.0),
        test: split(HELD_OUT, 0.0),
        train: split(task.samples, task.noise),
    }
}

/// Mean and standard deviation of the function.
fn scale(kind: Kind) -> (f64, f64) {
    const SIDE: usize = 200;
    let at = |index: usize| (index as f64 + 0.5) / SIDE as f64 * 2.0 - 1.0;
    let grid = (0..SIDE * SIDE).map(|it| value(kind, [at(it / SIDE), at(it % SIDE)]));
    let values: Vec<f64> = grid.collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|it| (it - mean).powi(2)).sum();
    (mean, (squares / count).sqrt())
}

fn value(kind: Kind, [x, y]: [f64; 2]) -> f64 {
    match kind {
        // Two hills, a hollow and a slope.
        Kind::Smooth => {
            let hill =
                |a: f64, b: f64, width: f64| (-((x - a).powi(2) + (y - b).powi(2)) / width).exp();
            hill(-0.4, -0.3, 0.2) + 0.7 * hill(0.5, 0.4, 0.1) - 0.8 * hill(0.4, -0.5, 0.15)
                + 0.3 * x
        }
        Kind::Periodic => (2.0 * PI * 3.0 * x).sin() + 0.5 * (2.0 * PI * 7.0 * x).cos(),
        Kind::Picture => brightness(x, y),
        Kind::Digits => unreachable!("digits are no function"),
    }
}

/// Rings that grow finer towards the middle, a square and a sky that grows dark: edges, texture and a slope.
fn brightness(x: f64, y: f64) -> f64 {
    let distance = ((x + 0.35).powi(2) + (y - 0.1).powi(2)).sqrt();
    if (x - 0.55).abs() < 0.28 && (y + 0.4).abs() < 0.28 {
        return 0.95;
    }
    match distance < 0.5 {
        true => 0.5 + 0.5 * (12.0 / (distance + 0.35)).sin(),
        false => 0.3 + 0.25 * y,
    }
}
