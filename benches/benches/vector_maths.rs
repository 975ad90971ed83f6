//! The engine's vector functions beside those of other crates and of the standard library: prints the
//! nanoseconds of a number and the worst error, relative to the larger of 1 and the value.
//!
//!     cargo bench -p burn-extras-benches --bench vector_maths
//!
//! One thread, 10,000 numbers from -8 to 8, which stay in the cache. The crate's own are measured as
//! activations of a tensor, with all that Burn does around them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use burn::tensor::{Device, Tensor};
use burn_extras::activation::{arctan, exponential, gelu, sigmoid, silu, sine, softplus, tanh};
use rten_simd::SimdUnaryOp;
use rten_vecmath::{Exp, Gelu, Sigmoid, Silu, Sin, Tanh};
use wide::f32x16;

const COUNT: usize = 10_000;
const RUNS: usize = 2_000;

type Map = Box<dyn Fn(&[f32]) -> Vec<f32>>;

struct Function {
    name: &'static str,
    exact: fn(f64) -> f64,
    ours: fn(Tensor<1>) -> Tensor<1>,
    rten: Option<Map>,
    wide: Option<Map>,
    scalar: fn(f32) -> f32,
}

/// rten-vecmath chooses the instructions at run time.
fn rten(operation: impl SimdUnaryOp<f32> + 'static) -> Option<Map> {
    Some(Box::new(move |x| {
        let mut results = Vec::with_capacity(x.len());
        operation.map(x, &mut results.spare_capacity_mut()[..x.len()]);
        // SAFETY: `map` writes every number.
        unsafe { results.set_len(x.len()) };
        results
    }))
}

/// wide has the instructions that the whole program is compiled for.
fn wide(function: fn(f32x16) -> f32x16) -> Option<Map> {
    Some(Box::new(move |x| {
        let (blocks, rest) = x.as_chunks();
        assert!(rest.is_empty(), "whole blocks");
        let blocks = blocks.iter().map(|block| f32x16::new(*block));
        blocks.flat_map(|x| function(x).to_array()).collect()
    }))
}

fn scalar(function: fn(f32) -> f32) -> Map {
    Box::new(move |x| x.iter().map(|x| function(*x)).collect())
}

fn functions() -> [Function; 8] {
    [
        Function {
            name: "exp",
            exact: f64::exp,
            ours: exponential,
            rten: rten(Exp {}),
            wide: wide(f32x16::exp),
            scalar: f32::exp,
        },
        Function {
            name: "tanh",
            exact: f64::tanh,
            ours: tanh,
            rten: rten(Tanh {}),
            wide: wide(f32x16::tanh),
            scalar: f32::tanh,
        },
        Function {
            name: "sin",
            exact: f64::sin,
            ours: |x| sine(x, 1.0),
            rten: rten(Sin::default()),
            wide: wide(f32x16::sin),
            scalar: f32::sin,
        },
        Function {
            name: "atan",
            exact: f64::atan,
            ours: arctan,
            rten: None,
            wide: wide(f32x16::atan),
            scalar: f32::atan,
        },
        Function {
            name: "sigmoid",
            exact: |x| 1.0 / (1.0 + (-x).exp()),
            ours: sigmoid,
            rten: rten(Sigmoid {}),
            wide: wide(|x| f32x16::ONE / (f32x16::ONE + (-x).exp())),
            scalar: |x| 1.0 / (1.0 + (-x).exp()),
        },
        Function {
            name: "silu",
            exact: |x| x / (1.0 + (-x).exp()),
            ours: silu,
            rten: rten(Silu {}),
            wide: wide(|x| x / (f32x16::ONE + (-x).exp())),
            scalar: |x| x / (1.0 + (-x).exp()),
        },
        Function {
            name: "gelu",
            exact: |x| 0.5 * x * libm::erfc(-x / core::f64::consts::SQRT_2),
            ours: gelu,
            rten: rten(Gelu {}),
            wide: None,
            scalar: |x| 0.5 * x * libm::erfcf(-x / core::f32::consts::SQRT_2),
        },
        Function {
            name: "softplus",
            exact: |x| x.max(0.0) + (-x.abs()).exp().ln_1p(),
            ours: |x| softplus(x, 1.0),
            rten: None,
            wide: wide(|x| x.max(f32x16::ZERO) + (f32x16::ONE + (-x.abs()).exp()).ln()),
            scalar: |x| x.max(0.0) + (-x.abs()).exp().ln_1p(),
        },
    ]
}

/// The median nanoseconds of a number.
fn nanoseconds<T>(run: impl Fn() -> T) -> f64 {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            drop(black_box(run()));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[RUNS / 2].as_secs_f64() * 1e9 / COUNT as f64
}

fn worst_error(x: &[f32], found: &[f32], exact: fn(f64) -> f64) -> f64 {
    let errors = x.iter().zip(found).map(|(x, found)| {
        let exact = exact(f64::from(*x));
        (f64::from(*found) - exact).abs() / exact.abs().max(1.0)
    });
    errors.fold(0.0, f64::max)
}

fn main() {
    let x: Vec<f32> = (0..COUNT)
        .map(|i| -8.0 + 16.0 * (i as f32 + 0.5) / COUNT as f32)
        .collect();
    let tensor = Tensor::<1>::from_data(x.as_slice(), &Device::flex());
    println!("| | burn-extras | rten-vecmath | wide | one by one |");
    println!("| --- | --- | --- | --- | --- |");
    for function in functions() {
        let cell = |nanoseconds: f64, found: &[f32]| {
            let error = worst_error(&x, found, function.exact);
            format!("{nanoseconds:.2} ({error:.1e})")
        };
        let of_map = |map: &Map| cell(nanoseconds(|| map(black_box(&x))), &map(&x));
        let ours = || (function.ours)(black_box(tensor.clone()));
        let found: Vec<f32> = ours().into_data().iter().collect();
        println!(
            "| {} | {} | {} | {} | {} |",
            function.name,
            cell(nanoseconds(ours), &found),
            function.rten.as_ref().map(of_map).unwrap_or_default(),
            function.wide.as_ref().map(of_map).unwrap_or_default(),
            of_map(&scalar(function.scalar)),
        );
    }
}
