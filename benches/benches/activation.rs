//! Activations on the CPU, forward and backward: every formula here in every float type, and in `f32` Burn's own
//! function of that name, or where Burn has none the formula composed of its operations. Their twin in PyTorch, and the
//! table of ratios, is `benches/activation.py`.

use std::cell::LazyCell;
use std::time::{Duration, Instant};

use burn::tensor::{Device, Distribution, FloatDType, Tensor, activation as stock};
use burn_extras::activation::{Activation, ActivationConfig};
use burn_extras_benches::{copies, with_gradient};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};

const SIZES: [(&str, usize); 3] = [("10k", 10_000), ("1M", 1_000_000), ("16M", 16_000_000)];

/// What follows the size in a benchmark's name.
const TYPES: [(&str, FloatDType); 4] = [
    ("", FloatDType::F32),
    ("-f64", FloatDType::F64),
    ("-bf16", FloatDType::BF16),
    ("-f16", FloatDType::F16),
];

type Function = Box<dyn Fn(Tensor<1>) -> Tensor<1>>;

/// Times a function once on an input and an output's gradient.
type Direction = fn(&Function, &Tensor<1>, &Tensor<1>) -> Duration;

fn random(len: usize, dtype: FloatDType, device: &Device) -> Tensor<1> {
    let numbers = Tensor::<1>::random([len], Distribution::Normal(0.0, 1.0), device);
    numbers.cast(dtype)
}

fn forward(function: &Function, x: &Tensor<1>, _gradient: &Tensor<1>) -> Duration {
    let x = x.clone().inner();
    let start = Instant::now();
    let y = function(x);
    let elapsed = start.elapsed();
    drop(y);
    elapsed
}

/// The backward pass alone: from the output's gradient, which somebody else holds too, to the input's.
fn backward(function: &Function, x: &Tensor<1>, gradient: &Tensor<1>) -> Duration {
    // A leaf of its own: the identity hands it on, and no leaf can be differentiated twice.
    let y = function(x.clone().detach().require_grad());
    let y = with_gradient(y, gradient.clone());
    let start = Instant::now();
    let grads = y.backward();
    let elapsed = start.elapsed();
    drop(grads);
    elapsed
}

fn directions(
    criterion: &mut Criterion,
    who: &str,
    types: &[(&str, FloatDType)],
    function: impl Fn(&ActivationConfig) -> Function,
) {
    let device = Device::flex().autodiff();
    let sizes = SIZES
        .iter()
        .flat_map(|size| types.iter().map(move |dtype| (size, dtype)));
    for ((size, len), (suffix, dtype)) in sizes {
        let random = || random(*len, *dtype, &device);
        let numbers = LazyCell::new(|| (random(), random()));
        for (direction, time) in [("forward", forward as Direction), ("backward", backward)] {
            let mut group = criterion.benchmark_group(format!("{who}-{direction}-{size}{suffix}"));
            group.sampling_mode(SamplingMode::Flat);
            // Burn's own take up to a second there, of which criterion wants eleven: two must do.
            let slow = who == "stock" && *size == "16M";
            if slow {
                group.warm_up_time(Duration::from_nanos(1));
            }
            for config in ActivationConfig::formulas() {
                let function = function(&config);
                let once = || time(&function, &numbers.0, &numbers.1);
                let known = LazyCell::new(|| once().min(once()));
                let known = slow.then_some(known);
                group.bench_function(config.to_string(), |bencher| {
                    bencher.iter_custom(|times| match &known {
                        Some(known) => **known * times as u32,
                        None => (0..times).map(|_| once()).sum(),
                    });
                });
            }
        }
    }
}

fn ours(criterion: &mut Criterion) {
    directions(criterion, "activation", &TYPES, |config| {
        let activation = config.init(&Device::flex());
        Box::new(move |x| activation.forward(x))
    });
}

fn burns(criterion: &mut Criterion) {
    directions(criterion, "stock", &TYPES[..1], |config| {
        match config.to_string().as_str() {
            "relu" => Box::new(stock::relu),
            "relu6" => Box::new(stock::relu6),
            "leaky_relu" => Box::new(|x| stock::leaky_relu(x, 0.01)),
            "thresholded_relu" => Box::new(|x| stock::thresholded_relu(x, 1.0)),
            "gelu" => Box::new(stock::gelu),
            "gelu_tanh" => Box::new(stock::gelu_approximate),
            "softplus" => Box::new(|x| stock::softplus(x, 1.0)),
            "sigmoid" => Box::new(stock::sigmoid),
            "hard_sigmoid" => Box::new(|x| stock::hard_sigmoid(x, 1.0 / 6.0, 0.5)),
            "log_sigmoid" => Box::new(stock::log_sigmoid),
            "silu" | "swish" => Box::new(stock::silu),
            "hard_swish" => Box::new(stock::hard_swish),
            "mish" => Box::new(stock::mish),
            "tanh" => Box::new(stock::tanh),
            "tanhshrink" => Box::new(stock::tanhshrink),
            "hard_tanh" => Box::new(|x| stock::hardtanh(x, -1.0, 1.0)),
            "elu" => Box::new(|x| stock::elu(x, 1.0)),
            "celu" => Box::new(|x| stock::celu(x, 1.0)),
            "selu" => Box::new(stock::selu),
            "softsign" => Box::new(stock::softsign),
            "soft_shrink" => Box::new(|x| stock::soft_shrink(x, 0.5)),
            "hard_shrink" => Box::new(|x| stock::hard_shrink(x, 0.5)),
            _ => match config.init(&Device::flex()) {
                Activation::Pointwise(activation) => {
                    Box::new(move |x| activation.forward_composed(x))
                }
                other => unreachable!("not a formula: {other:?}"),
            },
        }
    });
}

fn memory(criterion: &mut Criterion) {
    copies(criterion, &SIZES);
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200));
    targets = memory, ours, burns
}
criterion_main!(benches);
