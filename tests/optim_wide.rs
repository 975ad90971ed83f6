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
fn tolerance(case: &Case, dtype: DType) -> f64 {
    match (case.rule(), dtype) {
        // PyTorch iterates in bf16. Keras has its learning rate in f32, and optax the decay of the mean squares.
        ("muon_pytorch", _) => 6e-2,
        ("muon_keras" | "adafactor_keras" | "adafactor_optax", DType::F64) => 3e-8,
        (_, DType::F64) => 1e-9,
        // Its own epsilon, 1e-6, is about what `f32` rounds off of its sums.
        ("shampoo_pytorch_optimizer", _) if !case.name.contains("matrix_epsilon") => 1e-4,
        _ => 1e-5,
    }
}

/// Rules and modifiers that are not here yet.
const PENDING: [&str; 20] = [
    "accumulated",
    "accumulated_keras",
    "dadapt_adam",
    "dadapt_adamw_optax",
    "dog",
    "dog_optax",
    "ema_optax",
    "grokfast_adamw",
    "grokfast_ma",
    "if_finite",
    "incremental_update_optax",
    "l_dog",
    "prodigy",
    "prodigy_optax",
    "sam",
    "sam_optax",
    "schedule_free_keras",
    "schedule_free_optax",
    "schedule_free_wrapper",
    "lion_timm",
];

/// Cases of what is here that have no name, and why.
const WITHOUT: [(&str, &str); 19] = [
    ("muon_optax(layout=out_in)", "matrices are [in, out] here"),
    (
        "muon_timm(coefficients=original, scale=original)",
        "matrices are [in, out] here",
    ),
    (
        "muon_timm(coefficients=original, scale=rms_to_rms)",
        "that scale is not here",
    ),
    (
        "muon_timm(layout=conv, batched=1)",
        "kernels are matrices of their outputs here",
    ),
    (
        "centralized(momentum)",
        "matrices are [in, out] here: the case of that layout is held to",
    ),
    ("centralized(adamw)", "matrices are [in, out] here"),
    (
        "centralized(lion(weight_decay=0.1))",
        "matrices are [in, out] here",
    ),
    (
        "lookahead(momentum, pullback_momentum=reset)",
        "the momentum goes on, as in the paper",
    ),
    (
        "lookahead(momentum, pullback_momentum=pullback)",
        "the momentum goes on, as in the paper",
    ),
    (
        "ema_timm(momentum, decay=0.9, counted=0)",
        "steps are always counted",
    ),
    ("cautious(nadamw_timm)", "timm's NAdamW is not here"),
    (
        "cautious(lamb_timm)",
        "the whole update is masked, not the mean gradient within it",
    ),
    (
        "mars_timm",
        "vectors take other betas there, which is another group here",
    ),
    ("mars_timm(caution=1)", "vectors take other betas there"),
    (
        "mars_pytorch_optimizer(optimize_1d=1)",
        "its Adam adds 1e-15 to the mean square as well",
    ),
    (
        "mars_timm(lion, weight_decay=0.1)",
        "it is another Lion: without its own beta_2",
    ),
    ("schedule_free(radam)", RADAM),
    ("schedule_free(radam, beta_2=0.9, weight_decay=0.1)", RADAM),
    ("schedule_free(radam, silent_sgd_phase=0)", RADAM),
];

const RADAM: &str = "RAdam there says which steps the average must not count";

/// What libraries have as a rule of its own, and is a rule and a modifier here.
const COMPOSED: [(&str, &str); 10] = [
    (
        "mars_timm(optimize_1d=1)",
        "adamw(beta_2=0.99, weight_decay=0) + mars(optimize_1d=1)",
    ),
    (
        "mars_timm(optimize_1d=1, gamma=0.1, weight_decay=0.1, beta_1=0.95)",
        "adamw(beta_1=0.95, beta_2=0.99, weight_decay=0.1) + mars(optimize_1d=1, beta=0.95, gamma=0.1)",
    ),
    ("schedule_free(sgd)", "sgd + schedule_free"),
    (
        "schedule_free(sgd, weight_decay=0.1)",
        "sgd(decoupled_weight_decay=0.1) + schedule_free",
    ),
    (
        "schedule_free(sgd, warmup_steps=5)",
        "sgd + schedule_free(warmup_steps=5)",
    ),
    (
        "schedule_free(sgd, momentum=0.7, r=1, weight_lr_power=1)",
        "sgd + schedule_free(beta=0.7, r=1, weight_lr_power=1)",
    ),
    ("schedule_free(adamw)", "adam(beta_1=0) + schedule_free"),
    (
        "schedule_free(adamw, weight_decay=0.1)",
        "adamw(beta_1=0, weight_decay=0.1) + schedule_free",
    ),
    (
        "schedule_free(adamw, warmup_steps=5)",
        "adam(beta_1=0) + schedule_free(warmup_steps=5)",
    ),
    (
        "schedule_free(adamw, beta_1=0.7, beta_2=0.9, r=1, weight_lr_power=1)",
        "adam(beta_1=0, beta_2=0.9) + schedule_free(beta=0.7, r=1, weight_lr_power=1)",
    ),
];

/// What is the same as a rule that a library has.
const SAME: [(&str, &str); 2] = [
    ("lamb_optax", "adam_optax(epsilon=1e-6) + trust_ratio"),
    // For a matrix, [in, out].
    (
        "adaptive_clip_optax(momentum, clip_factor=0.01, epsilon=1.5)",
        "momentum + adaptive_clip(epsilon=1.5)",
    ),
];

/// The modifiers by the name that the cases have, and by that of here.
const MODIFIERS: [(&str, &str); 14] = [
    ("adaptive_clip_timm", "adaptive_clip_timm"),
    ("adaptive_clip_optax", "adaptive_clip_optax"),
    ("cautious", "cautious"),
    ("cautious_pytorch_optimizer", "cautious_pytorch_optimizer"),
    ("centralized", "centralized"),
    ("centralized_optax", "centralized_optax"),
    ("ema", "ema"),
    ("ema_keras", "ema_keras"),
    ("ema_timm", "ema_timm"),
    ("grokfast_ema", "grokfast"),
    ("lookahead", "lookahead"),
    ("lookahead_optax", "lookahead_optax"),
    ("lookahead_timm", "lookahead_timm"),
    ("swa", "swa"),
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
    /// The network to evaluate, where that is another.
    #[serde(default)]
    evaluated: Vec<Vec<f64>>,
}

impl Case {
    /// The rule without its settings.
    fn rule(&self) -> &str {
        self.name.split('(').next().unwrap()
    }

    /// `lookahead(adamw, k=4)` as it is here: `adamw + lookahead(k=4)`.
    fn modified(&self) -> Option<String> {
        let (_, modifier) = MODIFIERS
            .iter()
            .find(|(theirs, _)| *theirs == self.rule())?;
        let inside = self.name.split_once('(')?.1.strip_suffix(')')?;
        // The rule comes first, with brackets of its own maybe.
        let mut depth = 0;
        let end = inside.find(|character| {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            character == ',' && depth == 0
        });
        let (rule, settings) = inside.split_at(end.unwrap_or(inside.len()));
        let settings = settings.trim_start_matches(", ");
        // Each library's words for the same.
        let settings = settings.replace("layout=in_out", "conv_only=0");
        Some(format!("{rule} + {modifier}({settings})").replace("()", ""))
    }

    /// The name as it is here, and the bound of the norm of all gradients.
    fn spec(&self) -> (String, Option<f64>) {
        if let Some((_, spec)) = COMPOSED.iter().find(|(name, _)| *name == self.name) {
            return (spec.to_string(), None);
        }
        if let Some(spec) = self.modified() {
            return (spec, None);
        }
        let spec = self
            .name
            .replace(", layout=in_out", "")
            .replace("(layout=conv)", "");
        // Each library's words for the same.
        let spec = spec
            .replace("coefficients=dion", "quintic=1")
            .replace("coefficients=original", "quintic=0")
            .replace("scale=original", "rms=0")
            .replace("scale=match_rms_adamw", "rms=0.2");
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
    /// The name as it is here, and the bound of the norm of all gradients.
    spec: (String, Option<f64>),
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

    /// The parameters at some steps, and those to evaluate where they are others.
    fn trajectory(&self) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let device = self.device.clone().autodiff();
        let (spec, clip) = &self.spec;
        let config: OptimizerConfig = spec.parse().unwrap_or_else(|error| panic!("{error}"));
        let averages = config.averages();
        let mut optimizer = config.init();
        let mut parameters = Parameters {
            matrices: self.params(&device),
            kernels: self.params(&device),
            vectors: self.params(&device),
        };
        let (mut recorded, mut evaluated) = (Vec::new(), Vec::new());
        for (step, factor) in self.goldens.lr_factors.iter().enumerate() {
            let mut grads = GradientsParams::new();
            self.register(&mut grads, &parameters.matrices, step);
            self.register(&mut grads, &parameters.kernels, step);
            self.register(&mut grads, &parameters.vectors, step);
            if let Some(bound) = *clip {
                grads = clip_global_norm(grads, &parameters, bound);
            }
            parameters = optimizer.step(self.case.lr * factor, parameters, grads);
            if self.goldens.recorded.contains(&(step + 1)) {
                recorded.push(self.values(&parameters));
                let averages = averages.iter().filter(|_| !self.case.evaluated.is_empty());
                evaluated
                    .extend(averages.map(|it| self.values(&it.model(&optimizer, &parameters))));
            }
        }
        (recorded, evaluated)
    }

    fn distance(&self) -> f64 {
        let (recorded, evaluated) = self.trajectory();
        self.between(&recorded, &self.case.expected)
            .max(self.between(&evaluated, &self.case.evaluated))
    }

    /// The largest distance of a number from the one that is expected, relative to that or to where it began.
    fn between(&self, found: &[Vec<f64>], expected: &[Vec<f64>]) -> f64 {
        let starts: Vec<f64> = self
            .case
            .tensors
            .iter()
            .flat_map(|name| self.goldens.params[name].clone())
            .collect();
        let mut distance = 0.0_f64;
        assert_eq!(found.len(), expected.len(), "{}", self.case.name);
        for (found, expected) in found.iter().zip(expected) {
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
            let known = !PENDING.contains(&case.rule());
            if !known || WITHOUT.iter().any(|(name, _)| *name == case.name) {
                continue;
            }
            let same = SAME.iter().filter(|(name, _)| *name == case.name);
            let same = same.map(|(_, spec)| (spec.to_string(), None));
            for spec in [case.spec()].into_iter().chain(same) {
                for dtype in dtypes {
                    let run = Run {
                        goldens: &goldens,
                        case,
                        spec: spec.clone(),
                        device: device.clone(),
                        dtype: *dtype,
                    };
                    let distance = run.distance();
                    if distance > tolerance(case, *dtype) {
                        let spec = &spec.0;
                        failures.push(format!("{spec} on {name}, {dtype:?}: {distance:.1e}"));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
