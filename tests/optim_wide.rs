//! Rules that look at more than one number, against the libraries that have them, on every device.
//!
//! The expected trajectories come from `tests/goldens/optim_wide.py`.
#![recursion_limit = "256"]

mod devices;

use std::collections::BTreeMap;

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_extras::optim::{ModuleStep, OptimizerConfig, Sam};
use serde::Deserialize;

/// Relative to the number, or to what it was at the start where that is larger: a weight that passes zero has
/// the rounding errors of where it came from.
fn tolerance(case: &Case, dtype: DType) -> f64 {
    match (case.rule(), dtype) {
        // PyTorch iterates in bf16. Keras has its learning rate in f32, and optax the decay of the mean squares.
        ("muon_pytorch", _) => 6e-2,
        ("muon_keras" | "adafactor_keras" | "adafactor_optax", DType::F64) => 3e-8,
        // pytorch_optimizer has the norm in f32.
        ("sam", DType::F64) => 1e-8,
        // The way is the difference of two numbers that are rounded.
        ("dog_optax", DType::F32) => 2e-5,
        (_, DType::F64) => 1e-9,
        // Its own epsilon, 1e-6, is about what `f32` rounds off of its sums.
        ("shampoo_pytorch_optimizer", _) if !case.name.contains("matrix_epsilon") => 1e-4,
        _ => 1e-5,
    }
}

/// Cases of what is here that have no name, and why.
const WITHOUT: [(&str, &str); 29] = [
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
    ("prodigy(d0=0.03, slice_p=3)", "every weight counts here"),
    (
        "sam(momentum, centralized=1, rho=0.5)",
        "the way up is the gradient's",
    ),
    (
        "schedule_free_wrapper(momentum(weight_decay=0.1))",
        "the decay of its rule is taken where that steps",
    ),
    (
        "schedule_free_optax(sgd, warmup_steps=5)",
        "its first step has a rate of 0, and a weight",
    ),
    (
        "schedule_free_keras(adamw)",
        "every step weighs the same there",
    ),
    (
        "schedule_free_keras(adamw, weight_decay=0.1, warmup_steps=5)",
        "every step weighs the same there",
    ),
    ("grokfast_ma(momentum, window_size=5)", WINDOW),
    ("grokfast_ma(momentum, window_size=5, warmup=0)", WINDOW),
    (
        "grokfast_ma(adamw, window_size=5, filter=sum, lambda=2)",
        WINDOW,
    ),
    (
        "grokfast_adamw",
        "its AdamW bounds the denominator, and has a rate of its own",
    ),
    (
        "grokfast_adamw(weight_decay=0.1, lambda=5, after_step=4)",
        "its AdamW bounds the denominator, and has a rate of its own",
    ),
    ("schedule_free(radam)", RADAM),
    ("schedule_free(radam, beta_2=0.9, weight_decay=0.1)", RADAM),
    ("schedule_free(radam, silent_sgd_phase=0)", RADAM),
];

const WINDOW: &str =
    "a window of gradients is as many times the memory of the weights: use grokfast";

const RADAM: &str = "RAdam there says which steps the average must not count";

/// For `f64` alone: in `f32` the way from the initial parameters drowns in their rounding.
const DROWNS: [&str; 3] = ["dadapt_adam", "dog", "prodigy"];

/// What libraries have as a rule of its own, and is a rule and a modifier here.
const COMPOSED: [(&str, &str); 24] = [
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
        "dog(reps_rel=0.001)",
        "dog(reps_rel=0.001) + polynomial_average",
    ),
    (
        "dog_optax(init_step=heuristic 0.001)",
        "dog_optax(reps_rel=0.001)",
    ),
    (
        "dog_optax(init_step=heuristic 0.001, weight_decay=0.03)",
        "dog_optax(reps_rel=0.001, weight_decay=0.03)",
    ),
    (
        "dog_optax(init_step=distance 0.01)",
        "dog_optax(init_distance=0.01)",
    ),
    (
        "dog_optax(init_step=learning_rate 0.01)",
        "dog_optax(init_eta=0.01)",
    ),
    (
        "lion_timm(weight_decay=0.1)",
        "lion(decoupled_weight_decay=0.1)",
    ),
    (
        "ema_timm(momentum, decay=0.9, counted=0)",
        "momentum + ema_timm(decay=0.9, initial=1)",
    ),
    (
        "incremental_update_optax(momentum_optax, step_size=0.1)",
        "momentum_optax + ema_optax(decay=0.9, initial=1)",
    ),
    (
        "schedule_free_wrapper(momentum)",
        "momentum + schedule_free",
    ),
    (
        "schedule_free_wrapper(momentum, weight_decay_at_y=0.1)",
        "momentum(decoupled_weight_decay=0.1) + schedule_free",
    ),
    (
        "schedule_free_optax(sgd, weight_decay=0.1)",
        "sgd(decoupled_weight_decay=0.1) + schedule_free",
    ),
    (
        "schedule_free_optax(adamw, weight_decay=0.1)",
        "adamw(beta_1=0, weight_decay=0.1) + schedule_free",
    ),
    ("dadapt_adamw_optax(d0=0.01)", "dadapt_adam_optax(d0=0.01)"),
    (
        "dadapt_adamw_optax(d0=0.01, weight_decay=0.03)",
        "dadapt_adam_optax(d0=0.01, weight_decay=0.03)",
    ),
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
const MODIFIERS: [(&str, &str); 17] = [
    ("accumulated", "accumulate"),
    ("accumulated_keras", "accumulate_keras"),
    ("adaptive_clip_timm", "adaptive_clip_timm"),
    ("adaptive_clip_optax", "adaptive_clip_optax"),
    ("cautious", "cautious"),
    ("cautious_pytorch_optimizer", "cautious_pytorch_optimizer"),
    ("centralized", "centralized"),
    ("centralized_optax", "centralized_optax"),
    ("ema", "ema"),
    ("ema_keras", "ema_keras"),
    ("ema_optax", "ema_optax"),
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
    quadratic: BTreeMap<String, Quadratic>,
    shapes: BTreeMap<String, Vec<usize>>,
    params: BTreeMap<String, Vec<f64>>,
    grads: BTreeMap<String, Vec<Vec<f64>>>,
    cases: Vec<Case>,
}

/// `(w - c) A (w - c) / 2`.
#[derive(Deserialize)]
struct Quadratic {
    a: Vec<f64>,
    c: Vec<f64>,
}

impl Quadratic {
    fn slope(&self, w: &[f64]) -> Vec<f64> {
        let way: Vec<f64> = w.iter().zip(&self.c).map(|(w, c)| w - c).collect();
        let row = |row: &[f64]| row.iter().zip(&way).map(|(a, way)| a * way).sum();
        self.a.chunks(way.len()).map(row).collect()
    }
}

/// What the tests need to know of a case's settings.
#[derive(Deserialize)]
struct Settings {
    /// The steps whose first gradient is infinite, from 1.
    #[serde(default)]
    infinite: Vec<usize>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    settings: Settings,
    /// What they are of, where they are not given.
    #[serde(default)]
    gradients: Option<String>,
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

    /// What is in the brackets of `lookahead(adamw(weight_decay=0.1), k=4)`: a rule, and settings.
    fn inside(&self) -> Option<(&str, &str)> {
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
        Some((rule, settings.trim_start_matches(", ")))
    }

    /// `lookahead(adamw, k=4)` as it is here: `adamw + lookahead(k=4)`.
    fn modified(&self) -> Option<String> {
        let (_, modifier) = MODIFIERS
            .iter()
            .find(|(theirs, _)| *theirs == self.rule())?;
        let (rule, settings) = self.inside()?;
        // Each library's words for the same.
        let settings = settings.replace("layout=in_out", "conv_only=0");
        Some(format!("{rule} + {modifier}({settings})").replace("()", ""))
    }

    /// What is around a step, and the rule in it.
    fn around(&self) -> Option<Spec> {
        let (rule, settings) = self.inside()?;
        let mut spec = Spec::of(rule);
        match self.rule() {
            "sam" | "sam_optax" => {
                let mut sam = Sam::new();
                for setting in settings.split(", ").filter(|it| !it.is_empty()) {
                    let (name, value) = setting.split_once('=').expect("a name and a number");
                    let value: f64 = value.parse().expect("a number");
                    sam = match name {
                        "rho" => sam.with_rho(value),
                        "adaptive" => sam.with_adaptive(value == 1.0),
                        _ => panic!("sam has no {name}"),
                    };
                }
                spec.sam = Some(sam);
            }
            "if_finite" => spec.step = spec.step.with_skip_non_finite(true),
            _ => return None,
        }
        Some(spec)
    }

    /// The name as it is here, and what is around it.
    fn spec(&self) -> Spec {
        if let Some((_, spec)) = COMPOSED.iter().find(|(name, _)| *name == self.name) {
            return Spec::of(spec);
        }
        if let Some(spec) = self.modified() {
            return Spec::of(&spec);
        }
        if let Some(spec) = self.around() {
            return spec;
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
            return Spec::of(&spec.replace("weight_decay", "decoupled_weight_decay"));
        }
        match spec.split_once(", max_grad_norm=1") {
            Some((start, end)) => {
                let mut spec = Spec::of(&format!("{start}{end}"));
                spec.step = spec.step.with_clip_norm(Some(1.0));
                spec
            }
            None => Spec::of(&spec),
        }
    }
}

/// An optimizer as it is here, and what is around its steps.
#[derive(Clone)]
struct Spec {
    optimizer: String,
    step: ModuleStep,
    sam: Option<Sam>,
}

impl Spec {
    fn of(optimizer: &str) -> Self {
        Self {
            optimizer: optimizer.to_string(),
            step: ModuleStep::new(),
            sam: None,
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
    spec: Spec,
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
            let grad = match &self.case.gradients {
                // In f64, as the libraries' are.
                Some(_) => {
                    let weights: Vec<f64> = param.val().into_data().iter().collect();
                    self.goldens.quadratic[name].slope(&weights)
                }
                None => {
                    let mut grad = self.goldens.grads[name][step].clone();
                    let is_first = self.case.tensors[0] == *name;
                    if is_first && self.case.settings.infinite.contains(&(step + 1)) {
                        grad[0] = f64::INFINITY;
                    }
                    grad
                }
            };
            grads.register(param.id, self.tensor::<D>(name, &grad, &device));
        }
    }

    fn gradients(&self, parameters: &Parameters, step: usize) -> GradientsParams {
        let mut grads = GradientsParams::new();
        self.register(&mut grads, &parameters.matrices, step);
        self.register(&mut grads, &parameters.kernels, step);
        self.register(&mut grads, &parameters.vectors, step);
        grads
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
        let config = self.spec.optimizer.parse();
        let config: OptimizerConfig = config.unwrap_or_else(|error| panic!("{error}"));
        let averages = config.averages();
        let mut optimizer = config.init();
        let mut parameters = Parameters {
            matrices: self.params(&device),
            kernels: self.params(&device),
            vectors: self.params(&device),
        };
        let (mut recorded, mut evaluated) = (Vec::new(), Vec::new());
        for (step, factor) in self.goldens.lr_factors.iter().enumerate() {
            let mut grads = self.gradients(&parameters, step);
            if let Some(sam) = self.spec.sam {
                grads = self.gradients(&sam.climb(&parameters, &grads), step);
            }
            let lr = self.case.lr * factor;
            parameters = self.spec.step.step(&mut optimizer, lr, parameters, grads);
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
    for (name, why) in WITHOUT {
        assert!(
            goldens.cases.iter().any(|case| case.name == name),
            "{name}: {why}"
        );
    }
    let mut failures = Vec::new();
    for (name, device) in devices::all() {
        let dtypes: &[DType] = match name {
            "flex" | "ndarray" => &[DType::F64, DType::F32],
            _ => &[DType::F32],
        };
        for case in &goldens.cases {
            if WITHOUT.iter().any(|(name, _)| *name == case.name) {
                continue;
            }
            let same = SAME.iter().filter(|(name, _)| *name == case.name);
            let same = same.map(|(_, spec)| Spec::of(spec));
            for spec in [case.spec()].into_iter().chain(same) {
                for dtype in dtypes {
                    if *dtype == DType::F32 && DROWNS.contains(&&*case.name) {
                        continue;
                    }
                    let run = Run {
                        goldens: &goldens,
                        case,
                        spec: spec.clone(),
                        device: device.clone(),
                        dtype: *dtype,
                    };
                    let distance = run.distance();
                    if distance > tolerance(case, *dtype) {
                        let (case, spec) = (&case.name, &spec.optimizer);
                        let what = format!("{case}, {spec} on {name}, {dtype:?}");
                        failures.push(format!("{what}: {distance:.1e}"));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
