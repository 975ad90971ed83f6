//! Gated, learned and row-wise activations on the CPU, forward and backward: ours, and the same formula by Burn's
//! own operations. Their twins in PyTorch and JAX, and the table of ratios, are `benches/wide.py`.

use std::cell::LazyCell;
use std::time::{Duration, Instant};

use burn::tensor::{Device, Distribution, Tensor, activation as stock};
use burn_extras::activation::{Gate, Snake, log_softmax, prelu, softmax, sparsemax};
use burn_extras_benches::{copies, with_gradient};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};

/// How many numbers.
const SIZES: [(&str, usize); 2] = [("1M", 1_000_000), ("16M", 16_000_000)];

/// How long a row is where nothing else is said.
const FEATURES: usize = 1_000;

/// How many numbers there are in a row: the end of the name says it, as in `softmax-10`.
fn features(name: &str) -> usize {
    let end = name.rsplit_once('-').map(|(_, features)| features.parse());
    end.map_or(FEATURES, |features| features.expect("a number"))
}

/// What is applied to a tensor, a second one of its shape, and a parameter for each feature.
type Function = Box<dyn Fn(&[Tensor<2>; 3]) -> Tensor<2>>;

fn gated(gate: Gate) -> Function {
    Box::new(move |[linear, gated, _]| gate.forward(linear.clone(), gated.clone()))
}

fn rows(function: fn(Tensor<2>) -> Tensor<2>) -> Function {
    Box::new(move |[x, _, _]| function(x.clone()))
}

fn ours() -> Vec<(&'static str, Function)> {
    vec![
        ("swiglu", gated(Gate::SwiGlu { beta: 1.0 })),
        ("geglu", gated(Gate::GeGlu)),
        (
            "prelu",
            Box::new(|[x, _, alpha]| prelu(x.clone(), 1, alpha.clone().reshape([FEATURES]))),
        ),
        (
            "snake",
            Box::new(|[x, _, a]| Snake::learned(x.clone(), 1, a.clone().reshape([FEATURES]))),
        ),
        ("softmax-10", rows(|x| softmax(x, 1))),
        ("softmax-1000", rows(|x| softmax(x, 1))),
        ("softmax-50000", rows(|x| softmax(x, 1))),
        ("log_softmax-10", rows(|x| log_softmax(x, 1))),
        ("log_softmax-1000", rows(|x| log_softmax(x, 1))),
        ("log_softmax-50000", rows(|x| log_softmax(x, 1))),
        ("sparsemax-1000", rows(|x| sparsemax(x, 1))),
    ]
}

fn burns() -> Vec<(&'static str, Function)> {
    vec![
        (
            "swiglu",
            Box::new(|[a, g, _]| a.clone() * stock::silu(g.clone())),
        ),
        (
            "geglu",
            Box::new(|[a, g, _]| a.clone() * stock::gelu(g.clone())),
        ),
        (
            "prelu",
            Box::new(|[x, _, alpha]| stock::prelu(x.clone(), alpha.clone().reshape([FEATURES]))),
        ),
        (
            "snake",
            Box::new(|[x, _, a]| {
                let wave = (x.clone() * a.clone()).sin();
                x.clone() + wave.clone() * wave / a.clone()
            }),
        ),
        ("softmax-10", rows(|x| stock::softmax(x, 1))),
        ("softmax-1000", rows(|x| stock::softmax(x, 1))),
        ("softmax-50000", rows(|x| stock::softmax(x, 1))),
        ("log_softmax-10", rows(|x| stock::log_softmax(x, 1))),
        ("log_softmax-1000", rows(|x| stock::log_softmax(x, 1))),
        ("log_softmax-50000", rows(|x| stock::log_softmax(x, 1))),
    ]
}

fn inputs([rows, features]: [usize; 2], device: &Device) -> [Tensor<2>; 3] {
    let normal = Distribution::Normal(0.0, 1.0);
    [
        Tensor::random([rows, features], normal, device),
        Tensor::random([rows, features], normal, device),
        Tensor::random([1, features], Distribution::Uniform(0.5, 1.5), device),
    ]
}

fn forward(function: &Function, inputs: &[Tensor<2>; 3], _gradient: &Tensor<2>) -> Duration {
    let inputs = inputs.clone().map(|input| input.inner());
    let start = Instant::now();
    let y = function(&inputs);
    let elapsed = start.elapsed();
    drop(y);
    elapsed
}

/// The backward pass alone, to the gradients of all three.
fn backward(function: &Function, inputs: &[Tensor<2>; 3], gradient: &Tensor<2>) -> Duration {
    let inputs = inputs.clone().map(|input| input.detach().require_grad());
    let y = with_gradient(function(&inputs), gradient.clone());
    let start = Instant::now();
    let grads = y.backward();
    let elapsed = start.elapsed();
    drop(grads);
    elapsed
}

fn both(criterion: &mut Criterion) {
    let device = Device::flex().autodiff();
    for (size, len) in SIZES {
        for (who, functions) in [("wide", ours()), ("stock", burns())] {
            for (name, function) in functions {
                let shape = [len / features(name), features(name)];
                // Made for the benchmarks that run, and not for those that are only listed.
                let given = LazyCell::new(|| {
                    let normal = Distribution::Normal(0.0, 1.0);
                    (
                        inputs(shape, &device),
                        Tensor::random(shape, normal, &device),
                    )
                });
                for (pass, time) in [
                    ("forward", forward as fn(&Function, &_, &_) -> Duration),
                    ("backward", backward),
                ] {
                    let mut group = criterion.benchmark_group(format!("{who}-{pass}-{size}"));
                    group.sampling_mode(SamplingMode::Flat);
                    group.bench_function(name, |bencher| {
                        let (inputs, gradient) = &*given;
                        bencher.iter_custom(|times| {
                            (0..times).map(|_| time(&function, inputs, gradient)).sum()
                        });
                    });
                }
            }
        }
    }
}

fn memory(criterion: &mut Criterion) {
    copies(criterion, &SIZES);
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(300));
    targets = memory, both
}
criterion_main!(benches);
