//! Every rule and preset follows the library that it is named after, on every device.
//!
//! The expected trajectories come from the real PyTorch, Keras and optax: `tests/goldens/optim.py`.
#![recursion_limit = "256"]

mod devices;

use burn::module::{Module, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use burn_extras::optim::OptimizerConfig;
use serde::Deserialize;

/// Relative, in `f32`.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Goldens {
    shapes: Vec<Vec<usize>>,
    /// The steps whose parameters are recorded, from 1.
    recorded: Vec<usize>,
    /// The learning rate of each step, as a multiple of the case's.
    lr_factors: Vec<f64>,
    params: Vec<f64>,
    grads: Vec<Vec<f64>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    spec: String,
    lr: f64,
    /// A case that would go unnoticed in this one's place if the tolerance were too wide.
    differs_from: Option<String>,
    expected: Vec<Vec<f64>>,
}

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("goldens/optim.json")).unwrap()
}

/// The parameters: a matrix, a vector, and a vector of length one.
#[derive(Module, Debug)]
struct Parameters {
    matrix: Param<Tensor<2>>,
    vector: Param<Tensor<1>>,
    single: Param<Tensor<1>>,
}

/// Cuts a flat list into one list for each shape.
fn cut<'a>(shapes: &'a [Vec<usize>], flat: &'a [f64]) -> Vec<TensorData> {
    let mut rest = flat;
    let parts = shapes.iter().map(|shape| {
        let (part, tail) = rest.split_at(shape.iter().product());
        rest = tail;
        let part: Vec<f32> = part.iter().map(|&x| x as f32).collect();
        TensorData::new(part, shape.clone())
    });
    parts.collect()
}

impl Parameters {
    fn new(goldens: &Goldens, device: &Device) -> Self {
        let data = cut(&goldens.shapes, &goldens.params);
        let param1 = |i: usize| {
            Param::from_tensor(Tensor::<1>::from_data(data[i].clone(), device).require_grad())
        };
        Self {
            matrix: Param::from_tensor(
                Tensor::<2>::from_data(data[0].clone(), device).require_grad(),
            ),
            vector: param1(1),
            single: param1(2),
        }
    }

    fn grads(&self, goldens: &Goldens, step: usize, device: &Device) -> GradientsParams {
        let device = device.clone().inner();
        let data = cut(&goldens.shapes, &goldens.grads[step]);
        let mut grads = GradientsParams::new();
        let id = |param: &Param<Tensor<1>>| -> ParamId { param.id };
        grads.register(
            self.matrix.id,
            Tensor::<2>::from_data(data[0].clone(), &device),
        );
        grads.register(
            id(&self.vector),
            Tensor::<1>::from_data(data[1].clone(), &device),
        );
        grads.register(
            id(&self.single),
            Tensor::<1>::from_data(data[2].clone(), &device),
        );
        grads
    }

    fn values(&self) -> Vec<f64> {
        let matrix = self.matrix.val().into_data();
        let vectors = [&self.vector, &self.single].map(|param| param.val().into_data());
        matrix
            .iter::<f64>()
            .chain(vectors.iter().flat_map(|data| data.iter::<f64>()))
            .collect()
    }
}

/// The parameters after each recorded step.
fn trajectory(goldens: &Goldens, case: &Case, device: &Device) -> Vec<Vec<f64>> {
    let device = device.clone().autodiff();
    let config: OptimizerConfig = case.spec.parse().unwrap();
    let mut optimizer = config.init();
    let mut params = Parameters::new(goldens, &device);
    let mut recorded = Vec::new();
    for (step, factor) in goldens.lr_factors.iter().enumerate() {
        let grads = params.grads(goldens, step, &device);
        params = optimizer.step(case.lr * factor, params, grads);
        if goldens.recorded.contains(&(step + 1)) {
            recorded.push(params.values());
        }
    }
    recorded
}

/// The largest difference, relative to what is expected.
fn distance(actual: &[Vec<f64>], expected: &[Vec<f64>]) -> f64 {
    let pairs = actual.iter().flatten().zip(expected.iter().flatten());
    pairs
        .map(|(actual, expected)| (actual - expected).abs() / expected.abs().max(f64::MIN_POSITIVE))
        .map(|distance| {
            if distance.is_nan() {
                f64::INFINITY
            } else {
                distance
            }
        })
        .fold(0.0, f64::max)
}

#[test]
fn every_rule_follows_its_library() {
    let goldens = goldens();
    let mut failures = Vec::new();
    for (name, device) in devices::all() {
        for case in &goldens.cases {
            let distance = distance(&trajectory(&goldens, case, &device), &case.expected);
            if distance > TOLERANCE {
                failures.push(format!("{} on {name}: {distance:.1e}", case.spec));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_variant_differs_from_its_base() {
    let goldens = goldens();
    let mut failures = Vec::new();
    for case in &goldens.cases {
        let Some(base) = &case.differs_from else {
            continue;
        };
        let base = goldens.cases.iter().find(|case| case.spec == *base);
        let base = base.unwrap_or_else(|| panic!("{}: no such base", case.spec));
        let distance = distance(&base.expected, &case.expected);
        if distance <= 2.0 * TOLERANCE {
            failures.push(format!(
                "{} could be {}: {distance:.1e}",
                case.spec, base.spec
            ));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_rule_has_a_golden() {
    let goldens = goldens();
    // Those that look at more than one number: `tests/optim_wide.rs`.
    let wide = include_str!("goldens/optim_wide.json");
    for name in OptimizerConfig::names() {
        let here = goldens.cases.iter().any(|case| case.spec.starts_with(name));
        assert!(
            here || ['_', '(']
                .iter()
                .any(|end| wide.contains(&format!("\"name\":\"{name}{end}"))),
            "{name}"
        );
    }
}
