//! Rules that look at more than one number, against the libraries that have them, on every device.
//!
//! The expected trajectories come from `tests/goldens/optim_wide.py`.
#![recursion_limit = "256"]

mod devices;

use std::collections::BTreeMap;

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_extras::optim::{OptimizerConfig, clip_global_norm};
use serde::Deserialize;

/// Relative to the number, or to what it was at the start where that is larger: a weight that passes zero has
/// the rounding errors of where it came from.
fn tolerance(dtype: DType) -> f64 {
    match dtype {
        DType::F64 => 1e-9,
        _ => 1e-5,
    }
}

/// Rules and modifiers that are not here yet.
const PENDING: [&str; 44] = [
    "accumulated",
    "accumulated_keras",
    "adafactor",
    "adafactor_keras",
    "adafactor_optax",
    "adaptive_clip_optax",
    "adaptive_clip_timm",
    "cautious",
    "cautious_pytorch_optimizer",
    "centralized",
    "centralized_optax",
    "dadapt_adam",
    "dadapt_adamw_optax",
    "dog",
    "dog_optax",
    "ema",
    "ema_keras",
    "ema_optax",
    "ema_timm",
    "grokfast_adamw",
    "grokfast_ema",
    "grokfast_ma",
    "if_finite",
    "incremental_update_optax",
    "l_dog",
    "lion_timm",
    "lookahead",
    "lookahead_optax",
    "lookahead_timm",
    "mars_pytorch_optimizer",
    "mars_timm",
    "muon_keras",
    "muon_optax",
    "muon_pytorch",
    "muon_timm",
    "prodigy",
    "prodigy_optax",
    "sam",
    "sam_optax",
    "schedule_free",
    "schedule_free_keras",
    "schedule_free_optax",
    "schedule_free_wrapper",
    "swa",
];

#[derive(Deserialize)]
struct Goldens {
    recorded: Vec<usize>,
    lr_factors: Vec<f64>,
    shapes: BTreeMap<String, Vec<usize>>,
    params: BTreeMap<String, Vec<f64>>,
    grads: BTreeMap<String, Vec<Vec<f64>>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    lr: f64,
    tensors: Vec<String>,
    expected: Vec<Vec<f64>>,
}

impl Case {
    /// The rule without its settings.
    fn rule(&self) -> &str {
        self.name.split('(').next().unwrap()
    }

    /// The name as it is here, and the bound of the norm of all gradients.
    fn spec(&self) -> (String, Option<f64>) {
        let spec = self.name.clone();
        if spec.contains(", decoupled_decay=1") {
            let spec = spec.replace(", decoupled_decay=1", "");
            return (spec.replace("weight_decay", "decoupled_weight_decay"), None);
        }
        match spec.split_once(", max_grad_norm=1") {
            Some((start, end)) => (format!("{start}{end}"), Some(1.0)),
            None => (spec, None),
        }
    }
}

#[derive(Module, Debug)]
struct Parameters {
    matrices: Vec<Param<Tensor<2>>>,
    kernels: Vec<Param<Tensor<4>>>,
    vectors: Vec<Param<Tensor<1>>>,
}

struct Run<'a> {
    goldens: &'a Goldens,
    case: &'a Case,
    device: Device,
    dtype: DType,
}

impl Run<'_> {
    fn names(&self, rank: usize) -> impl Iterator<Item = &String> {
        let shapes = &self.goldens.shapes;
        self.case
            .tensors
            .iter()
            .filter(move |name| shapes[*name].len() == rank)
    }

    fn tensor<const D: usize>(&self, name: &str, numbers: &[f64], device: &Device) -> Tensor<D> {
        let data = TensorData::new(numbers.to_vec(), self.goldens.shapes[name].clone());
        Tensor::from_data(data, (device, self.dtype))
    }

    fn params<const D: usize>(&self, device: &Device) -> Vec<Param<Tensor<D>>> {
        let param = |name: &String| {
            let tensor = self.tensor(name, &self.goldens.params[name], device);
            Param::from_tensor(tensor.require_grad())
        };
        self.names(D).map(param).collect()
    }

    fn register<const D: usize>(
        &self,
        grads: &mut GradientsParams,
        params: &[Param<Tensor<D>>],
        step: usize,
    ) {
        let device = self.device.clone().inner();
        for (name, param) in self.names(D).zip(params) {
            let grad = self.tensor::<D>(name, &self.goldens.grads[name][step], &device);
            grads.register(param.id, grad);
        }
    }

    /// All numbers, in the order of the case's tensors.
    fn values(&self, parameters: &Parameters) -> Vec<f64> {
        fn read<const D: usize>(params: &[Param<Tensor<D>>]) -> Vec<Vec<f64>> {
            let numbers =
                |param: &Param<Tensor<D>>| param.val().into_data().iter::<f64>().collect();
            params.iter().map(numbers).collect()
        }
        let mut found = BTreeMap::new();
        found.extend(self.names(2).zip(read(&parameters.matrices)));
        found.extend(self.names(4).zip(read(&parameters.kernels)));
        found.extend(self.names(1).zip(read(&parameters.vectors)));
        self.case
            .tensors
            .iter()
            .flat_map(|name| found[name].clone())
            .collect()
    }

    fn trajectory(&self) -> Vec<Vec<f64>> {
        let device = self.device.clone().autodiff();
        let (spec, clip) = self.case.spec();
        let config: OptimizerConfig = spec.parse().unwrap_or_else(|error| panic!("{error}"));
        let mut optimizer = config.init();
        let mut parameters = Parameters {
            matrices: self.params(&device),
            kernels: self.params(&device),
            vectors: self.params(&device),
        };
        let mut recorded = Vec::new();
        for (step, factor) in self.goldens.lr_factors.iter().enumerate() {
            let mut grads = GradientsParams::new();
            self.register(&mut grads, &parameters.matrices, step);
            self.register(&mut grads, &parameters.kernels, step);
            self.register(&mut grads, &parameters.vectors, step);
            if let Some(bound) = clip {
                grads = clip_global_norm(grads, &parameters, bound);
            }
            parameters = optimizer.step(self.case.lr * factor, parameters, grads);
            if self.goldens.recorded.contains(&(step + 1)) {
                recorded.push(self.values(&parameters));
            }
        }
        recorded
    }

    fn distance(&self) -> f64 {
        let starts: Vec<f64> = self
            .case
            .tensors
            .iter()
            .flat_map(|name| self.goldens.params[name].clone())
            .collect();
        let mut distance = 0.0_f64;
        for (found, expected) in self.trajectory().iter().zip(&self.case.expected) {
            assert_eq!(found.len(), expected.len());
            for ((found, expected), start) in found.iter().zip(expected).zip(&starts) {
                let size = expected.abs().max(start.abs()).max(1e-3);
                let far = (found - expected).abs() / size;
                distance = if far.is_nan() {
                    f64::INFINITY
                } else {
                    distance.max(far)
                };
            }
        }
        distance
    }
}

#[test]
fn every_rule_follows_its_library() {
    let goldens: Goldens =
        serde_json::from_str(include_str!("goldens/optim_wide.json")).expect("valid goldens");
    for rule in PENDING {
        assert!(
            goldens.cases.iter().any(|case| case.rule() == rule),
            "{rule}"
        );
    }
    let mut failures = Vec::new();
    for (name, device) in devices::all() {
        let dtypes: &[DType] = match name {
            "flex" | "ndarray" => &[DType::F64, DType::F32],
            _ => &[DType::F32],
        };
        for case in &goldens.cases {
            if PENDING.contains(&case.rule()) {
                continue;
            }
            for dtype in dtypes {
                let run = Run {
                    goldens: &goldens,
                    case,
                    device: device.clone(),
                    dtype: *dtype,
                };
                let distance = run.distance();
                if distance > tolerance(*dtype) {
                    failures.push(format!(
                        "{} on {name}, {dtype:?}: {distance:.1e}",
                        case.name
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
