//! A new activation in a few lines: write the formula, and it runs as one vectorised pass on the CPU, as
//! fused tensor operations on a GPU, and trains on both. Its derivatives come from the formula, those by its
//! learned parameter too.
//!
//! ```text
//! cargo run --release --example custom_activation
//! ```

#![recursion_limit = "256"]

use std::process::ExitCode;

use burn::nn::loss::{MseLoss, Reduction};
use burn::optim::GradientsParams;
use burn::tensor::{Int, Tensor};
use burn_extras::activation::{self, Activation, ActivationConfig};
use burn_extras::fused::{Double, Formula, Number};
use burn_extras::model::MlpConfig;
use burn_extras::optim::NadamConfig;
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

/// A bell on a slope, as wide as is learned: `f(x) = x / 4 + e^(-(x / width)^2)`.
#[derive(Clone, Debug)]
struct Hill;

impl Formula<2> for Hill {
    #[inline(always)]
    fn value<N: Number>(&self, [x, width]: [N; 2]) -> N {
        x * 0.25 + (-(x / width).square()).exp()
    }
}

fn run(args: Args) -> Result<(), Problem> {
    say("    x      f(x)     f'(x)  by differences   by the width  by differences");
    for x in [-1.5, -0.5, 0.0, 0.7, 2.0] {
        let f = |x: f64, width: f64| Hill.value([Double(x), Double(width)]).0;
        let [slope, by_width] = Hill.slopes([Double(x), Double(1.0)]);
        let difference = (f(x + 1e-6, 1.0) - f(x - 1e-6, 1.0)) / 2e-6;
        let width_difference = (f(x, 1.0 + 1e-6) - f(x, 1.0 - 1e-6)) / 2e-6;
        say(format_args!(
            "{x:5.1}  {:8.5}  {:8.5}        {difference:8.5}       {:8.5}        {width_difference:8.5}",
            f(x, 1.0),
            slope.0,
            by_width.0,
        ));
        assert!((slope.0 - difference).abs() < 1e-8);
        assert!((by_width.0 - width_difference).abs() < 1e-8);
    }

    // With a name it stands in config files and in networks: here with a width for each feature.
    activation::register("hill", Hill, &[("width", 1.0)])?;
    let hill: ActivationConfig = "hill(channels=32)".parse()?;

    // One hidden layer learns a wave.
    let chosen = device::choose(&args.device, &Servers::default())?;
    say(format_args!("device: {}", chosen.line));
    let device = chosen.device.autodiff();
    device.seed(args.seed);
    let x = Tensor::<1, Int>::arange(-100..100, &device).float() * 0.03;
    let x = x.reshape([200, 1]);
    let target = x.clone().sin();
    let mut model = MlpConfig::new(vec![1, 32, 1])
        .with_activation(hill)
        .init(&device);
    let mut optimizer = NadamConfig::new().init();
    for step in 0..=600 {
        let output = model.forward(x.clone());
        let loss = MseLoss::new().forward(output, target.clone(), Reduction::Mean);
        if step % 150 == 0 {
            let loss = loss.clone().into_scalar::<f32>();
            say(format_args!("step {step:3}  loss {loss:.6}"));
        }
        let grads = GradientsParams::from_grads(loss.backward(), &model);
        model = optimizer.step(0.005, model, grads);
    }
    if let Activation::Learned(hill) = &model.activations[0] {
        let widths = hill.parameters[0].val();
        let (least, most) = (widths.clone().min(), widths.max());
        say(format_args!(
            "widths from {:.2} to {:.2}",
            least.into_scalar::<f32>(),
            most.into_scalar::<f32>()
        ));
    }
    Ok(())
}

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args().and_then(run))
}
