//! A new activation in a few lines: write the formula, and it runs as one vectorised pass on the CPU, as
//! fused tensor operations on a GPU, and trains on both: its derivative follows from the formula.
//!
//! ```text
//! cargo run --release --example custom_activation
//! ```

#![recursion_limit = "256"]

use std::process::ExitCode;

use burn::nn::loss::{MseLoss, Reduction};
use burn::nn::{Linear, LinearConfig};
use burn::optim::GradientsParams;
use burn::tensor::{Int, Tensor};
use burn_extras::fused::{self, Double, Number, Pointwise};
use burn_extras::optim::NadamConfig;
use clap::Parser;

use crate::print::say;
use crate::problem::Problem;

#[path = "mnist/device.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod device;
#[path = "mnist/print.rs"]
mod print;
#[path = "mnist/problem.rs"]
mod problem;
#[path = "mnist/wait.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod wait;

/// Checks the derivative of a new activation and trains a small network with the activation.
#[derive(Parser, Debug)]
#[command(name = "custom_activation")]
struct Args {
    /// Where to compute: auto, flex, ndarray, wgpu, vulkan, metal, cuda, rocm
    #[arg(long, default_value = "auto")]
    device: String,

    /// Seed of the weights
    #[arg(long, default_value_t = 42)]
    seed: u64,
}

/// A bell on a slope: `f(x) = x / 4 + e^(-x^2)`.
#[derive(Clone, Debug)]
struct Hill;

impl Pointwise for Hill {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x * 0.25 + (-x.square()).exp()
    }
}

/// The same with a derivative by hand, for those who know a better one: `f'(x) = 1/4 - 2 x e^(-x^2)`.
#[derive(Clone, Debug)]
struct HillByHand;

impl Pointwise for HillByHand {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        Hill.value(x)
    }

    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        -(x * 2.0 * (-x.square()).exp()) + 0.25
    }
}

fn run(args: Args) -> Result<(), Problem> {
    let points = [-1.5, -0.5, 0.0, 0.7, 2.0];
    say("    x      f(x)     f'(x)");
    for x in points {
        let (value, slope) = (Hill.value(Double(x)).0, Hill.slope(Double(x)).0);
        say(format_args!("{x:5.1}  {value:8.5}  {slope:8.5}"));
    }

    // A derivative by hand is held against the automatic one, and against differences of the value.
    fused::check_slopes(&HillByHand, points.map(|x| [x]))
        .map_err(|mismatch| Problem(mismatch.to_string()))?;
    say("the derivative by hand is that of the formula");

    // One hidden layer learns a wave.
    let chosen = device::choose(&args.device)?;
    say(format_args!("device: {}", chosen.line));
    let device = chosen.device.autodiff();
    device.seed(args.seed);
    let x = Tensor::<1, Int>::arange(-100..100, &device).float() * 0.03;
    let x = x.reshape([200, 1]);
    let target = x.clone().sin();
    let mut layers: (Linear, Linear) = (
        LinearConfig::new(1, 32).init(&device),
        LinearConfig::new(32, 1).init(&device),
    );
    let mut optimizer = NadamConfig::new().init();
    for step in 0..=600 {
        let hidden = fused::apply(&Hill, layers.0.forward(x.clone()));
        let output = layers.1.forward(hidden);
        let loss = MseLoss::new().forward(output, target.clone(), Reduction::Mean);
        if step % 150 == 0 {
            let loss = loss.clone().into_scalar::<f32>();
            say(format_args!("step {step:3}  loss {loss:.6}"));
        }
        let grads = GradientsParams::from_grads(loss.backward(), &layers);
        layers = optimizer.step(0.01, layers, grads);
    }
    Ok(())
}

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args().and_then(run))
}
