//! Gated and learned activations on the CPU, forward and backward: ours, and the same formula by Burn's own
//! operations. Their twins in PyTorch and JAX, and the table of ratios, are `benches/wide.py`.

use std::time::{Duration, Instant};

use burn::tensor::{Device, Distribution, Tensor, activation as stock};
use burn_extras::activation::{Gate, Snake, prelu};
use burn_extras_benches::with_gradient;
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use rayon::prelude::*;

/// Rows of 1,000 features.
const SIZES: [(&str, [usize; 2]); 2] = [("1M", [1_000, 1_000]), ("16M", [16_000, 1_000])];

/// What is applied to a tensor, a second one of its shape, and a parameter for each feature.
type Function = Box<dyn Fn(&[Tensor<2>; 3]) -> Tensor<2>>;

fn gated(gate: Gate) -> Function {
    Box::new(move |[linear, gated, _]| gate.forward(linear.clone(), gated.clone()))
}

fn ours() -> Vec<(&'static str, Function)> {
    vec![
        ("swiglu", gated(Gate::SwiGlu { beta: 1.0 })),
        ("geglu", gated(Gate::GeGlu)),
        (
            "prelu",
            Box::new(|[x, _, alpha]| prelu(x.clone(), 1, alpha.clone().reshape([1_000]))),
        ),
        (
            "snake",
            Box::new(|[x, _, a]| Snake::learned(x.clone(), 1, a.clone().reshape([1_000]))),
        ),
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
            Box::new(|[x, _, alpha]| stock::prelu(x.clone(), alpha.clone().reshape([1_000]))),
        ),
        (
            "snake",
            Box::new(|[x, _, a]| {
                let wave = (x.clone() * a.clone()).sin();
                x.clone() + wave.clone() * wave / a.clone()
            }),
        ),
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
    for (size, shape) in SIZES {
        let inputs = inputs(shape, &device);
        let gradient = Tensor::random(shape, Distribution::Normal(0.0, 1.0), &device);
        for (who, functions) in [("wide", ours()), ("stock", burns())] {
            for (name, function) in functions {
                for (pass, time) in [
                    ("forward", forward as fn(&Function, &_, &_) -> Duration),
                    ("backward", backward),
                ] {
                    let mut group = criterion.benchmark_group(format!("{who}-{pass}-{size}"));
                    group.sampling_mode(SamplingMode::Flat);
                    group.bench_function(name, |bencher| {
                        bencher.iter_custom(|times| {
                            (0..times)
                                .map(|_| time(&function, &inputs, &gradient))
                                .sum()
                        });
                    });
                }
            }
        }
    }
}

/// What memory allows: as many bytes read and written, to fresh memory, on all cores.
fn copies(criterion: &mut Criterion) {
    for (size, [rows, features]) in SIZES {
        let x = vec![1.0f32; rows * features];
        criterion.bench_function(&format!("copy-{size}"), |bencher| {
            bencher.iter(|| x.par_iter().copied().collect::<Vec<f32>>());
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(300));
    targets = copies, both
}
criterion_main!(benches);
