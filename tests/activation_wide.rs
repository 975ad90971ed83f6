//! Gated and learned activations against the libraries' numbers: values and every gradient.
#![recursion_limit = "256"]

mod devices;
#[path = "goldens/rows.rs"]
mod names;

use std::collections::BTreeSet;

use burn::module::Param;
use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_extras::activation::{ActivationConfig, Gate, Half, LearnedConfig, RReluConfig};
use serde_json::Value;

use names::ROWS;

const GOLDENS: &str = include_str!("goldens/wide.json");

fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|number| number.as_f64().expect("a finite number"))
        .collect()
}

/// One tensor that a gradient is wanted of.
struct Given {
    name: String,
    tensor: Tensor<4>,
}

struct Case<'a> {
    json: &'a Value,
    /// Whether sines are a graphics card's, which are good to 2^-11 for arguments within a turn.
    coarse_sines: bool,
    device: Device,
    dtype: DType,
}

impl Case<'_> {
    fn name(&self) -> &str {
        self.json["name"].as_str().expect("a name")
    }

    fn option(&self, name: &str) -> &Value {
        &self.json["options"][name]
    }

    /// The shape, with axes in front up to four.
    fn shape(&self) -> [usize; 4] {
        let mut shape = [1; 4];
        let given: Vec<_> = numbers(&self.json["shape"])
            .iter()
            .map(|size| *size as usize)
            .collect();
        shape[4 - given.len()..].copy_from_slice(&given);
        shape
    }

    fn axis(&self) -> usize {
        let rank = self.json["shape"].as_array().expect("a shape").len();
        self.json["axis"].as_u64().map_or(1, |axis| axis as usize) + 4 - rank
    }

    fn tensor<const D: usize>(&self, numbers: Vec<f64>, shape: [usize; D]) -> Tensor<D> {
        let data = TensorData::new(numbers, shape);
        Tensor::from_data(data, (&self.device.clone().autodiff(), self.dtype))
    }

    fn input(&self, name: &str) -> Given {
        let numbers = numbers(&self.json["inputs"][name]);
        Given {
            name: name.to_string(),
            tensor: self.tensor(numbers, self.shape()).require_grad(),
        }
    }

    /// Compares a result with the golden numbers.
    fn compare(&self, what: &str, got: Vec<f64>, wanted: &[f64]) {
        assert_eq!(got.len(), wanted.len(), "{what} of {}", self.json);
        // What a sum or a difference cancels to cannot be better than its terms.
        let size = wanted
            .iter()
            .fold(1.0, |size: f64, number| size.max(number.abs()));
        let tolerance = match self.dtype {
            DType::F64 => 2e-10,
            _ if self.coarse_sines && self.name().starts_with("snake") => 5e-4,
            _ => 3e-5,
        };
        for (index, (got, wanted)) in got.iter().zip(wanted).enumerate() {
            let scale = match self.dtype {
                DType::F64 => wanted.abs().max(1.0),
                _ => size,
            };
            assert!(
                (got - wanted).abs() <= tolerance * scale,
                "{what} of {} {}, number {index}: {got:e}, wanted {wanted:e}",
                self.name(),
                self.json["options"],
            );
        }
    }

    fn finish(
        &self,
        output: Tensor<4>,
        inputs: Vec<Given>,
        parameters: Vec<((&str, usize), Tensor<1>)>,
    ) {
        let read = |tensor: Tensor<4>| tensor.into_data().iter::<f64>().collect::<Vec<_>>();
        self.compare(
            "output",
            read(output.clone().inner()),
            &numbers(&self.json["output"]),
        );
        let grad = self.tensor(numbers(&self.json["grad"]), output.dims());
        let gradients = (output * grad).sum().backward();
        for input in inputs {
            let gradient = input.tensor.grad(&gradients).expect("a gradient");
            self.compare(
                &input.name,
                read(gradient),
                &numbers(&self.json["gradients"][&input.name]),
            );
        }
        for (place, tensor) in parameters {
            let gradient = tensor.grad(&gradients).expect("a gradient");
            let gradient = gradient.into_data().iter::<f64>().collect();
            let wanted = self.row(&self.json["gradients"][place.0], place);
            self.compare(place.0, gradient, &wanted);
        }
    }

    fn gated(&self, gate: &Gate) {
        let (linear, gated) = (self.input("linear"), self.input("gate"));
        let output = gate.forward(linear.tensor.clone(), gated.tensor.clone());
        self.finish(output, vec![linear, gated], Vec::new());
    }

    /// Where the golden numbers of a parameter are: under which name, and in which row.
    fn place<'a>(&self, parameter: &'a str) -> (&'a str, usize) {
        let number = parameter
            .chars()
            .last()
            .and_then(|digit| digit.to_digit(10));
        let number = number.unwrap_or(0) as usize;
        match (self.name(), parameter) {
            ("apl", _) if parameter.starts_with('a') => ("a", number - 1),
            ("apl", _) => ("b", number - 1),
            ("pau", _) if parameter.starts_with('a') => ("numerator", number),
            ("pau", _) => ("denominator", number - 1),
            ("snake" | "rprelu", "alpha") => ("a", 0),
            ("rprelu", "beta") => ("b", 0),
            ("rprelu", "gamma") => ("c", 0),
            (_, "p_1") => ("p1", 0),
            (_, "p_2") => ("p2", 0),
            _ => (parameter, 0),
        }
    }

    /// The numbers of a parameter, or of its gradient.
    fn row(&self, values: &Value, (name, row): (&str, usize)) -> Vec<f64> {
        let values = numbers(values);
        let rows = match (self.name(), name) {
            ("apl", _) => 5,
            ("pau", "numerator") => 6,
            ("pau", _) => 4,
            _ => 1,
        };
        let len = values.len() / rows;
        values[row * len..][..len].to_vec()
    }

    fn learned(&self, config: LearnedConfig) {
        let x = self.input("x");
        let mut module = config.clone().with_axis(self.axis()).init(&self.device);
        let mut parameters = Vec::new();
        for (param, (name, _)) in module.parameters.iter_mut().zip(config.starts()) {
            let place = self.place(name);
            let row = self.row(&self.json["parameters"][place.0]["values"], place);
            let tensor = self.tensor(row.clone(), [row.len()]).require_grad();
            *param = Param::from_tensor(tensor.clone());
            parameters.push((place, tensor));
        }
        let output = module.forward(x.tensor.clone());
        self.finish(output, vec![x], parameters);
    }

    /// In training with PyTorch's slopes, which are 1 where the input is not below 0.
    fn rrelu(&self, config: RReluConfig) {
        let x = self.input("x");
        let number = |name| self.option(name).as_f64().expect("a bound");
        let config = config
            .with_lower(number("lower"))
            .with_upper(number("upper"));
        let output = if self.option("training").as_bool() == Some(true) {
            let slopes = numbers(&self.json["inputs"]["noise"]);
            let slopes = self.tensor(slopes, self.shape());
            config.init().forward_with_slopes(x.tensor.clone(), slopes)
        } else {
            let mut rrelu = config.init();
            rrelu.training = rrelu.training.with_value(false);
            rrelu.forward(x.tensor.clone())
        };
        self.finish(output, vec![x], Vec::new());
    }

    fn run(&self) {
        let log = self.option("log_scale").as_bool() == Some(true);
        let limit = self.option("limit").as_f64();
        let name = match (self.name(), self.option("version").as_str()) {
            ("pau", Some("A")) => "pau_a",
            ("pau", Some("B")) => "pau_b",
            ("snake", _) if log => "snake_log",
            ("snakebeta", _) if log => "snake_beta_log",
            ("snakebeta", _) => "snake_beta",
            ("swiglu_clamp", _) => "swiglu_clamped",
            (name, _) => name,
        };
        let within = format!("learned({name})");
        match within.parse().or_else(|_| name.parse()).expect("a name") {
            ActivationConfig::Learned(config) => {
                let channels = self.json["axis"]
                    .as_u64()
                    .map(|_| self.shape()[self.axis()]);
                self.learned(match channels {
                    Some(channels) => config.with_channels(channels),
                    None => config,
                });
            }
            ActivationConfig::Gated(config) => self.gated(&match (config.gate(), limit) {
                (Gate::SwiGlu { .. }, _) => Gate::SwiGlu {
                    beta: self.option("beta").as_f64().unwrap_or(1.0),
                },
                (Gate::SwiGluOai { .. }, Some(limit)) => Gate::SwiGluOai { limit },
                (Gate::SwiGluClamped { .. }, Some(limit)) => Gate::SwiGluClamped { limit },
                (gate, _) => gate.clone(),
            }),
            ActivationConfig::RRelu(config) => self.rrelu(config),
            other => panic!("{other} is neither learned nor gated, nor random"),
        }
    }
}

#[test]
fn values_and_gradients_are_the_libraries() {
    let goldens: Value = serde_json::from_str(GOLDENS).expect("JSON");
    let mut seen = BTreeSet::new();
    for (device_name, device) in devices::all() {
        let dtypes: &[DType] = match device_name {
            "flex" => &[DType::F64, DType::F32],
            _ => &[DType::F32],
        };
        for json in goldens["cases"].as_array().expect("cases") {
            let name = json["name"].as_str().expect("a name");
            seen.insert(name);
            // Those of `tests/activation_rows/`.
            if ROWS.contains(&name) {
                continue;
            }
            for dtype in dtypes {
                let device = device.clone();
                Case {
                    json,
                    coarse_sines: !["flex", "ndarray"].contains(&device_name),
                    device,
                    dtype: *dtype,
                }
                .run();
            }
        }
    }
    for name in ROWS {
        assert!(seen.contains(name), "no case is called {name}");
    }
}

/// Which half is the gate is the one thing that shapes cannot tell.
#[test]
fn the_second_half_is_the_gate_unless_said_otherwise() {
    let device = Device::flex();
    let tensor = Tensor::<2>::from_floats([[1.0, 2.0, 0.5, -0.5]], &device);
    let second = Gate::Glu.forward_halves(tensor.clone(), 1, Half::default());
    let library = burn::tensor::activation::glu(tensor.clone(), 1);
    library
        .to_data()
        .assert_approx_eq::<f32>(&second.to_data(), burn::tensor::Tolerance::absolute(1e-6));
    let first = Gate::Glu.forward_halves(tensor, 1, Half::First);
    let wanted = TensorData::from([[0.5 * 0.731_058_6, -0.5 * 0.880_797_1]]);
    first
        .to_data()
        .assert_approx_eq::<f32>(&wanted, burn::tensor::Tolerance::absolute(1e-6));
}

/// In training each number has a slope of its own, anew each time; in evaluation all have the mean.
#[test]
fn random_slopes_are_within_their_bounds() {
    let rrelu = RReluConfig::new().with_lower(0.25).with_upper(0.75).init();
    for (name, device) in devices::all() {
        let draw = |device: &Device| {
            let x = Tensor::<1>::full([4000], -1.0, device);
            let y = rrelu.forward(x).into_data();
            y.iter::<f64>().map(|y| -y).collect::<Vec<_>>()
        };
        let (first, second) = (
            draw(&device.clone().autodiff()),
            draw(&device.clone().autodiff()),
        );
        assert_ne!(first, second, "{name}");
        assert!(first.iter().all(|slope| (0.25..=0.75).contains(slope)));
        let mean = first.iter().sum::<f64>() / 4000.0;
        // Five standard errors.
        assert!(
            (mean - 0.5).abs() < 5.0 * 0.144 / 4000.0_f64.sqrt(),
            "{name}: {mean}"
        );
        let deviation = first
            .iter()
            .map(|slope| (slope - mean).powi(2))
            .sum::<f64>()
            / 4000.0;
        assert!((deviation.sqrt() - 0.144).abs() < 0.01, "{name}");
        assert!(draw(&device).iter().all(|slope| *slope == 0.5), "{name}");
    }
}

/// Any formula is a gate, by its own name.
#[test]
fn every_formula_gates() {
    let device = Device::flex().autodiff();
    for config in ActivationConfig::formulas() {
        let linear = Tensor::<1>::from_floats([0.5, -1.5, 2.0], &device).require_grad();
        let gate = Tensor::<1>::from_floats([0.7, -0.3, 1.2], &device).require_grad();
        let text = format!("gated({config}, d_input=3, d_output=3)");
        let parsed: ActivationConfig = text.parse().expect("a gate");
        assert_eq!(parsed.to_string(), text);
        let ActivationConfig::Gated(parsed) = parsed else {
            panic!("{text} is no gate");
        };
        let fused = parsed.gate().forward(linear.clone(), gate.clone());
        let composed = linear.clone() * config.init(&device).forward(gate.clone());
        let (fused_gradients, composed_gradients) = (
            fused.clone().sum().backward(),
            composed.clone().sum().backward(),
        );
        let close = |a: Tensor<1>, b: Tensor<1>| {
            let tolerance = burn::tensor::Tolerance::relative(1e-5).set_absolute(1e-5);
            a.into_data()
                .assert_approx_eq::<f32>(&b.into_data(), tolerance);
        };
        close(fused.inner(), composed.inner());
        for input in [linear, gate] {
            close(
                input.grad(&fused_gradients).expect("a gradient"),
                input.grad(&composed_gradients).expect("a gradient"),
            );
        }
    }
}

#[test]
fn what_cannot_gate_is_refused_in_one_line() {
    let message = |text: &str| text.parse::<ActivationConfig>().unwrap_err().to_string();
    assert_eq!(
        message("gated(prelu)"),
        "gated(prelu): a gate is a formula without weights of its own, as in gated(gelu)"
    );
    assert!(message("gated(geluu)").contains("did you mean \"gelu\""));
    assert!(message("gated(elu(alpha=-1))").contains("alpha must be greater than 0"));
    assert!(message("swiglu(beta=0)").contains("beta must be greater than 0"));
    assert!(message("dyt(weight=1e99)").contains("weight must be between"));
    assert_eq!(
        message("learned(prelu)"),
        "learned(prelu): its parameters are learned anyway; use prelu instead"
    );
    assert!(message("learned(snak)").contains("did you mean \"snake\""));
    assert_eq!(
        message("learned(step)"),
        "learned(step): at_zero matters at 0 alone, and no gradient passes a step"
    );
    assert_eq!(
        message("learned(relu)"),
        "learned(relu): it has no parameters to learn"
    );
    assert_eq!(
        message("learned(hard_tanh, min=2)"),
        "HardTanhConfig: max must be greater than min, got 1"
    );
    assert!(message("learned(celu, alpha=0)").contains("alpha must be greater than 0"));
    assert!(message("learned(celu, a=1)").contains("alpha"));
    assert!(message("srelu(channels=0)").contains("channels must be a whole number"));
}
