//! New optimizers in a few lines: write what happens to one number, and it runs in place in one
//! pass over memory on the CPU, and as fused tensor operations on a GPU. One that needs a tensor's norm says what
//! is added up before.
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
use burn_extras::optim::{Clock, MeasuredRule, RuleOptimizer, UpdateRule};
use clap::Parser;

use crate::device::Servers;
use crate::print::say;
use crate::problem::Problem;

#[path = "device/mod.rs"]
#[allow(dead_code, reason = "shared with other examples")]
mod device;
#[path = "mnist/print.rs"]
mod print;
#[path = "mnist/problem.rs"]
mod problem;
#[cfg(feature = "cube")]
#[path = "mnist/quietly.rs"]
mod quietly;
#[path = "mnist/wait.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod wait;

/// Fits a line with new optimizers.
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

/// Momentum whose step has a length of its own, whatever the gradient's: `w <- w - lr m / |m|`.
#[derive(Clone, Debug)]
struct Normalized {
    beta: f64,
}

impl MeasuredRule<1, 1> for Normalized {
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 1] = ["momentum"];
    const SUM_NAMES: [&'static str; 1] = ["norm"];

    fn scalars_of(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &f64, _w: N, g: N, [m]: [N; 1], _: [N; 1]) -> [N; 1] {
        [(m * self.beta + g).square()]
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        lr: &f64,
        w: N,
        g: N,
        [m]: [N; 1],
        [sum]: [N; 1],
    ) -> (N, [N; 1]) {
        let m = m * self.beta + g;
        (w - m / (sum.sqrt() + 1e-12) * *lr, [m])
    }
}

fn run(args: Args) -> Result<(), Problem> {
    let chosen = device::choose(&args.device, &Servers::default())?;
    say(format_args!("device: {}", chosen.line));
    let device = chosen.device.autodiff();
    device.seed(args.seed);
    let x = Tensor::<2>::from_data([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], &device);
    let y = Tensor::<2>::from_data([[1.0], [3.0], [-1.0], [1.0]], &device);

    let soft = RuleOptimizer::new(Soft { beta: 0.9 });
    let normalized = RuleOptimizer::new(Normalized { beta: 0.9 });
    for (name, mut optimizer) in [
        ("soft", ModuleOptimizer::from(soft)),
        ("normalized", ModuleOptimizer::from(normalized)),
    ] {
        say(name);
        let mut model = LinearConfig::new(2, 1).init(&device);
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
    }
    Ok(())
}

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args().and_then(run))
}
