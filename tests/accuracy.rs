//! How far each activation and its derivative are from the same formula in `f64`.
//!
//! Every test run goes through a sample of all floats. The exhaustive run takes hours:
//!
//! ```text
//! cargo test --release --test accuracy -- --ignored --nocapture
//! ```

use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_extras::activation::ActivationConfig;

/// How many floats go through a tensor at a time.
const CHUNK: u64 = 1 << 20;

/// The source document's activations and the three that networks use most.
const EXHAUSTIVE: [&str; 16] = [
    "identity",
    "step",
    "sign",
    "sigmoid",
    "tanh",
    "softsign",
    "arctan",
    "relu",
    "elu",
    "thresholded_relu",
    "softplus",
    "bent_identity",
    "gaussian",
    "gelu",
    "silu",
    "mish",
];

/// An error in units of what is allowed, and where it is.
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    /// 1 is the limit.
    ratio: f64,
    /// In units in the last place of an `f32`.
    ulps: f64,
    absolute: f64,
    at: f32,
}

impl Worst {
    /// Takes in one result; `ulps` and `absolute` are what is allowed, the latter relative to the
    /// larger of 1 and the result.
    fn record(&mut self, at: f32, got: f32, expected: f64, ulps: f64, absolute: f64) {
        let rounded = expected as f32;
        if got == rounded || (got.is_nan() && rounded.is_nan()) {
            return;
        }
        let error = (f64::from(got) - expected).abs();
        // Overflow and underflow round to infinity and to the smallest subnormal.
        let ulp = f64::from(rounded.abs().next_up()) - f64::from(rounded.abs());
        let allowed = (ulps * ulp).max(absolute * expected.abs().max(1.0));
        let ratio = if error.is_finite() && allowed.is_finite() {
            error / allowed
        } else {
            f64::INFINITY
        };
        if ratio > self.ratio {
            *self = Self {
                ratio,
                ulps: error / ulp,
                absolute: error,
                at,
            };
        }
    }
}

/// Value and derivative of a chunk of inputs in the tensor type `dtype`.
fn evaluate(config: &ActivationConfig, inputs: &[f32], dtype: DType) -> (Vec<f64>, Vec<f64>) {
    let device = Device::flex().autodiff();
    let inputs: Vec<f64> = inputs.iter().map(|x| f64::from(*x)).collect();
    let data = TensorData::new(inputs.clone(), [inputs.len()]);
    let x = Tensor::<1>::from_data(data, (&device, dtype)).require_grad();
    let y = config.init(&device).forward(x.clone());
    let grads = y.clone().sum().backward();
    let slope = x.grad(&grads).expect("the input requires a gradient");
    let read = |tensor: Tensor<1>| tensor.into_data().iter::<f64>().collect();
    (read(y.inner()), read(slope))
}

/// The worst errors of value and derivative over the floats `start`, `start + stride`, ...
fn sweep(config: &ActivationConfig, stride: u64) -> (Worst, Worst) {
    let (mut value, mut slope) = (Worst::default(), Worst::default());
    let mut first = 0;
    while first < 1 << 32 {
        let inputs: Vec<f32> = (0..CHUNK)
            .map(|i| first + i * stride)
            .take_while(|bits| *bits < 1 << 32)
            .map(|bits| f32::from_bits(bits as u32))
            .filter(|x| x.is_finite())
            .collect();
        if !inputs.is_empty() {
            let (y, dy) = evaluate(config, &inputs, DType::F32);
            let (y64, dy64) = evaluate(config, &inputs, DType::F64);
            for (i, x) in inputs.iter().enumerate() {
                value.record(*x, y[i] as f32, y64[i], 2.0, 1e-7);
                slope.record(*x, dy[i] as f32, dy64[i], 4.0, 2e-7);
            }
        }
        first += CHUNK * stride;
    }
    (value, slope)
}

fn table(rows: &[(String, Worst, Worst)]) -> String {
    let mut text = String::from(
        "| activation | value: ulp | absolute | at x | derivative: ulp | absolute | at x |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for (name, value, slope) in rows {
        text += &format!(
            "| {name} | {:.2} | {:.1e} | {:e} | {:.2} | {:.1e} | {:e} |\n",
            value.ulps, value.absolute, value.at, slope.ulps, slope.absolute, slope.at
        );
    }
    text
}

fn check(rows: &[(String, Worst, Worst)]) {
    for (name, value, slope) in rows {
        println!("{name:20} {value:?} {slope:?}");
    }
    let failures: Vec<_> = rows
        .iter()
        .filter(|(_, value, slope)| value.ratio > 1.0 || slope.ratio > 1.0)
        .collect();
    assert!(failures.is_empty(), "beyond the limit: {failures:#?}");
}

#[test]
fn a_sample_of_all_floats_is_accurate() {
    let rows: Vec<_> = ActivationConfig::formulas()
        .iter()
        .map(|config| {
            let (value, slope) = sweep(config, 65_521);
            (config.to_string(), value, slope)
        })
        .collect();
    check(&rows);
}

#[test]
#[ignore = "hours: goes through every float"]
fn every_float_is_accurate() {
    let rows: Vec<_> = ActivationConfig::formulas()
        .iter()
        .map(|config| {
            let name = config.to_string();
            let stride = if EXHAUSTIVE.contains(&name.as_str()) {
                1
            } else {
                64
            };
            let (value, slope) = sweep(config, stride);
            eprintln!("{name}: {value:?} {slope:?}");
            (name, value, slope)
        })
        .collect();
    println!("{}", table(&rows));
    check(&rows);
}
