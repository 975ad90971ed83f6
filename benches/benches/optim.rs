//! Optimizer steps on the CPU: every rule here, every modifier on Adam, and Burn's own of the same name. Its twin in PyTorch,
//! and the table of ratios, is `benches/optim.py`.

use std::time::{Duration, Instant};

use burn::module::{Module, Param};
use burn::optim::momentum::MomentumConfig;
use burn::optim::{self as stock, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Distribution, FloatDType, Tensor};
use burn_extras::optim::{ModifierConfig, ModuleStep, MuonConfig, OptimizerConfig, StateType};
use criterion::{Bencher, Criterion, criterion_group, criterion_main};
use rayon::prelude::*;

/// The tensors that an optimizer works on.
const SIZES: [(&str, &[usize]); 3] = [
    // 784-50-50-50-50-10, weights and biases.
    (
        "network",
        &[39_200, 50, 2_500, 50, 2_500, 50, 2_500, 50, 500, 10],
    ),
    ("262k", &[262_144]),
    ("10M", &[10_240_000]),
];

#[derive(Module, Debug)]
struct Parameters {
    tensors: Vec<Param<Tensor<1>>>,
}

fn random(len: usize, device: &Device, dtype: FloatDType) -> Tensor<1> {
    Tensor::<1>::random([len], Distribution::Normal(0.0, 1.0), device).cast(dtype)
}

/// Times steps alone. `own` gradients belong to the optimizer, which may then reuse their memory, as
/// after a backward pass; else somebody keeps them, as PyTorch does.
fn steps(bencher: &mut Bencher, optimizer: ModuleOptimizer, sizes: &[usize], own: bool) {
    steps_in(FloatDType::F32, bencher, optimizer, sizes, own);
}

fn steps_in(
    dtype: FloatDType,
    bencher: &mut Bencher,
    mut optimizer: ModuleOptimizer,
    sizes: &[usize],
    own: bool,
) {
    let device = Device::flex();
    let param = |&len: &usize| {
        Param::from_tensor(
            random(len, &device.clone().autodiff(), dtype)
                .detach()
                .require_grad(),
        )
    };
    let mut parameters = Some(Parameters {
        tensors: sizes.iter().map(param).collect(),
    });
    let kept: Vec<_> = sizes
        .iter()
        .map(|&len| random(len, &device, dtype))
        .collect();
    let mut step = || {
        // Burn's autodiff graph has a node for each parameter, and forgets those of their former values
        // in the next backward pass. Without one they would pile up, and half of a small step be page
        // faults.
        let loss = Tensor::<1>::ones([1], &device.clone().autodiff());
        loss.require_grad().backward();
        let module = parameters.take().expect("put back below");
        let mut grads = GradientsParams::new();
        for (param, grad) in module.tensors.iter().zip(&kept) {
            let grad = match own {
                true => Tensor::from_data(grad.to_data(), &device),
                false => grad.clone(),
            };
            grads.register(param.id, grad);
        }
        let start = Instant::now();
        let module = ModuleStep::new().step(&mut optimizer, 1e-4, module, grads);
        let elapsed = start.elapsed();
        parameters = Some(module);
        elapsed
    };
    // The first step allocates the state.
    step();
    bencher.iter_custom(|times| (0..times).map(|_| step()).sum::<Duration>());
}

fn rules(criterion: &mut Criterion) {
    for (size, sizes) in SIZES {
        let mut group = criterion.benchmark_group(format!("optim-{size}"));
        // Shampoo has a matrix of n^2 numbers for a vector of n.
        for name in OptimizerConfig::names()
            .iter()
            .filter(|name| **name != "shampoo")
        {
            let config: OptimizerConfig = name.parse().expect("a name");
            group.bench_function(*name, |bencher| steps(bencher, config.init(), sizes, false));
        }
        for modifier in ModifierConfig::names() {
            let name = format!("adam + {modifier}");
            let config: OptimizerConfig = name.parse().expect("a name");
            group.bench_function(name, |bencher| steps(bencher, config.init(), sizes, false));
        }
        // With every state that it can have.
        let config: OptimizerConfig = "rmsprop(momentum=0.9, centered=1)".parse().expect("a name");
        group.bench_function("rmsprop-full", |bencher| {
            steps(bencher, config.init(), sizes, false)
        });
    }
}

/// Parameters and gradients in the other float types.
fn floats(criterion: &mut Criterion) {
    let (_, sizes) = SIZES[2];
    for (suffix, dtype) in [
        ("f64", FloatDType::F64),
        ("bf16", FloatDType::BF16),
        ("f16", FloatDType::F16),
    ] {
        let mut group = criterion.benchmark_group(format!("optim-10M-{suffix}"));
        for name in ["sgd", "momentum", "adam", "nadam", "lion"] {
            let config: OptimizerConfig = name.parse().expect("a name");
            group.bench_function(name, |bencher| {
                steps_in(dtype, bencher, config.init(), sizes, false);
            });
        }
    }
}

/// States of 16 and of 8 bits beside `f32` parameters, and again all of their bits, next to each other: a machine's memory is
/// slow for minutes at a time.
fn states(criterion: &mut Criterion) {
    let (_, sizes) = SIZES[2];
    for name in ["momentum", "adam", "nadam", "lion", "amsgrad"] {
        for (suffix, state_type) in [
            ("f32", StateType::Full),
            ("bf16", StateType::Bf16),
            ("float8", StateType::Float8),
        ] {
            let mut group = criterion.benchmark_group(format!("optim-10M-states-{suffix}"));
            let config: OptimizerConfig = name.parse().expect("a name");
            let config = config.with_state_type(state_type);
            group.bench_function(name, |bencher| steps(bencher, config.init(), sizes, false));
        }
    }
}

fn stock_rules(criterion: &mut Criterion) {
    let momentum = |nesterov| {
        let momentum = MomentumConfig::new().with_dampening(0.0);
        let momentum = momentum.with_nesterov(nesterov);
        stock::SgdConfig::new().with_momentum(Some(momentum)).init()
    };
    let stock: [(&str, ModuleOptimizer); 8] = [
        ("sgd", stock::SgdConfig::new().init()),
        ("momentum", momentum(false)),
        ("nesterov", momentum(true)),
        ("adagrad", stock::AdaGradConfig::new().init()),
        (
            "rmsprop",
            stock::RmsPropConfig::new().with_momentum(0.0).init(),
        ),
        ("adam", stock::AdamConfig::new().init()),
        ("adamw", stock::AdamWConfig::new().init()),
        ("lion", stock::LionConfig::new().init()),
    ];
    for (size, sizes) in SIZES {
        let mut group = criterion.benchmark_group(format!("stock-{size}"));
        for (name, optimizer) in &stock {
            group.bench_function(*name, |bencher| {
                steps(bencher, optimizer.clone(), sizes, true)
            });
        }
        let amsgrad = stock::AdamConfig::new().with_amsgrad(true).init();
        group.bench_function("amsgrad", |bencher| {
            steps(bencher, amsgrad.clone(), sizes, true)
        });
    }
}

#[derive(Module, Debug)]
struct Matrix {
    weight: Param<Tensor<2>>,
}

/// Muon's step of a matrix, most of which is matrix products.
fn muon(criterion: &mut Criterion) {
    let device = Device::flex();
    for (name, config) in [
        ("muon", MuonConfig::new().init()),
        ("muon-bf16", MuonConfig::new().with_bf16(true).init()),
        ("stock-muon", stock::MuonConfig::new().init()),
    ] {
        let mut group = criterion.benchmark_group(name);
        for [rows, cols] in [[512, 512], [1024, 4096]] {
            let numbers = |device: &Device| {
                Tensor::<2>::random([rows, cols], Distribution::Normal(0.0, 1.0), device)
            };
            let weight = numbers(&device.clone().autodiff()).detach().require_grad();
            let mut matrix = Some(Matrix {
                weight: Param::from_tensor(weight),
            });
            let grad = numbers(&device);
            let mut optimizer = config.clone();
            group.bench_function(format!("{rows}x{cols}"), |bencher| {
                bencher.iter(|| {
                    let module = matrix.take().expect("put back below");
                    let mut grads = GradientsParams::new();
                    grads.register(module.weight.id, grad.clone());
                    matrix = Some(optimizer.step(1e-4, module, grads));
                });
            });
        }
    }
}

/// What memory allows: `x <- a x` over 160 MB, and adding them up, on all cores.
fn bandwidth(criterion: &mut Criterion) {
    let mut buffer = vec![1.0f32; 40_960_000];
    criterion.bench_function("read", |bencher| {
        bencher.iter(|| {
            let sum = |chunk: &[f32]| {
                let mut sums = [0.0f32; 64];
                for block in chunk.as_chunks::<64>().0 {
                    for lane in 0..64 {
                        sums[lane] += block[lane];
                    }
                }
                sums.iter().sum::<f32>()
            };
            buffer.par_chunks(1 << 16).map(sum).sum::<f32>()
        });
    });
    criterion.bench_function("in-place", |bencher| {
        bencher.iter(|| {
            buffer
                .par_chunks_mut(1 << 16)
                .for_each(|chunk| chunk.iter_mut().for_each(|x| *x *= 0.999_999));
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    targets = bandwidth, rules, floats, states, muon, stock_rules
}
criterion_main!(benches);
