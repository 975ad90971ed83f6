//! A new optimizer in a few lines: write what happens to one number, and it runs in place in one
//! pass over memory on the CPU, and as fused tensor operations on a GPU.
//!
//! ```text
//! cargo run --release --example custom_optimizer
//! ```

#![recursion_limit = "256"]

use std::process::ExitCode;

use burn::nn::{LinearConfig, loss::MseLoss, loss::Reduction};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;
use burn_extras::fused::Number;
use burn_extras::optim::{Clock, RuleOptimizer, UpdateRule};
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

/// Fits a line with a new optimizer.
#[derive(Parser, Debug)]
#[command(name = "custom_optimizer")]
struct Args {
    /// Where to compute: auto, flex, ndarray, wgpu, vulkan, metal, cuda, rocm
    #[arg(long, default_value = "auto")]
    device: String,

    /// Seed of the weights
    #[arg(long, default_value_t = 42)]
    seed: u64,
}

/// Momentum whose steps are softened: `w <- w - lr tanh(m)` never moves a weight by more than `lr`.
#[derive(Clone, Debug)]
struct Soft {
    beta: f64,
}

impl UpdateRule<1> for Soft {
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 1] = ["momentum"];

    fn scalars(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    #[inline(always)]
    fn update<N: Number>(&self, lr: &f64, w: N, g: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let m = m * self.beta + g;
        (w - m.tanh() * *lr, [m])
    }
}

fn run(args: Args) -> Result<(), Problem> {
    let chosen = device::choose(&args.device)?;
    say(format_args!("device: {}", chosen.line));
    let device = chosen.device.autodiff();
    device.seed(args.seed);
    let x = Tensor::<2>::from_data([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], &device);
    let y = Tensor::<2>::from_data([[1.0], [3.0], [-1.0], [1.0]], &device);

    let mut model = LinearConfig::new(2, 1).init(&device);
    let mut optimizer: ModuleOptimizer = RuleOptimizer::new(Soft { beta: 0.9 }).into();
    for step in 0..=200 {
        let loss = MseLoss::new().forward(model.forward(x.clone()), y.clone(), Reduction::Mean);
        if step % 50 == 0 {
            let loss = loss.clone().into_scalar::<f32>();
            say(format_args!("step {step:3}  loss {loss:.6}"));
        }
        let grads = GradientsParams::from_grads(loss.backward(), &model);
        let lr = 0.1 * 0.98_f64.powi(step);
        model = optimizer.step(lr, model, grads);
    }
    let weights: Vec<f32> = model.weight.val().into_data().iter().collect();
    let bias = model
        .bias
        .map_or(0.0, |bias| bias.val().into_scalar::<f32>());
    say(format_args!(
        "y = {:.4} x0 + {:.4} x1 + {bias:.4}, made of y = -2 x0 + 2 x1 + 1",
        weights[0], weights[1]
    ));
    Ok(())
}

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args().and_then(run))
}
