//! Reads handwritten digits from PNG files with the network that the mnist example trained.
//!
//!     cargo run --release --example predict -- digit.png
//!     cargo run --release --example predict -- --test-index 0..16

#![recursion_limit = "256"]

#[path = "../mnist/batch.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod batch;
#[path = "../mnist/check.rs"]
mod check;
#[path = "../mnist/config.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod config;
#[path = "../mnist/data.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod data;
#[path = "../mnist/device.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod device;
#[path = "../mnist/epoch_record.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod epoch_record;
#[path = "../mnist/fingerprint.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod fingerprint;
#[path = "../mnist/history.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod history;
#[path = "../mnist/part.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod part;
mod picture;
#[path = "../mnist/print.rs"]
mod print;
#[path = "../mnist/problem.rs"]
mod problem;
#[path = "../mnist/quietly.rs"]
mod quietly;
#[path = "../mnist/run_folder.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod run_folder;
#[path = "../mnist/saved.rs"]
mod saved;
#[path = "../mnist/wait.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod wait;
#[path = "../mnist/whole_file.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod whole_file;

use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::Dataset;
use burn::tensor::Device;
use burn::tensor::activation::softmax;
use burn_extras::model::Mlp;
use clap::Parser;

use crate::batch::DigitBatcher;
use crate::data::{Digit, Mnist};
use crate::picture::{Picture, sketch};
use crate::print::say;
use crate::problem::Problem;
use crate::run_folder::RunFolder;
use crate::wait::Progress;

/// Reads handwritten digits from PNG files with the network that the mnist example trained.
///
/// The pictures may have any size and be dark on light or light on dark.
#[derive(Parser, Debug)]
#[command(name = "predict")]
struct Args {
    /// PNG files with one digit each
    #[arg(value_name = "PATH", required_unless_present = "test_index")]
    paths: Vec<PathBuf>,

    /// Read these images of the test set: an index, or a range like 0..16
    #[arg(long, value_name = "INDEX", value_parser = range, conflicts_with = "paths")]
    test_index: Option<Range<usize>>,

    /// Folder that the mnist example trained into
    #[arg(long, value_name = "DIR", default_value = "runs/mnist")]
    run: PathBuf,

    /// Folder with the four MNIST files, for --test-index [default: data/mnist]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Where to compute: auto, flex, ndarray, wgpu, vulkan, metal, cuda, rocm
    #[arg(long, default_value = "auto")]
    device: String,
}

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args::<Args>().and_then(run))
}

fn run(args: Args) -> Result<(), Problem> {
    let device = device::choose(&args.device)?.device;
    let (network, epoch) = saved::result(&RunFolder::new(&args.run), &device)?;
    if let Some(epoch) = epoch {
        say(format_args!(
            "the run in {} has not come to its end: this is its network after epoch {epoch}",
            args.run.display()
        ));
    }
    match args.test_index {
        Some(range) => {
            let test = Mnist::load(args.data.as_deref())?.test;
            for index in range {
                let digit = test.digit(index).ok_or_else(|| {
                    Problem(format!(
                        "--test-index {index}: there are {} test images, from 0",
                        test.len()
                    ))
                })?;
                let title = format!("test image {index}, a {}", digit.label);
                answer(&title, digit, &network, &device);
            }
        }
        None => {
            // All are read before the first is answered, so that a bad one is not lost in the middle.
            let pictures: Vec<Picture> = args
                .paths
                .iter()
                .map(|path| Picture::read(path))
                .collect::<Result<_, _>>()?;
            for (path, picture) in args.paths.iter().zip(pictures) {
                let title = path.display().to_string();
                answer(&title, picture.digit(), &network, &device);
            }
        }
    }
    Ok(())
}

/// Prints the digit, what the network takes it for, and how sure it is.
fn answer(title: &str, digit: Digit, network: &Mlp, device: &Device) {
    say(sketch(&digit));
    let _progress = Progress::new("reading", 1);
    let batch = DigitBatcher.batch(vec![digit], device);
    let shares: Vec<f64> = softmax(network.forward(batch.images), 1)
        .into_data()
        .iter()
        .collect();
    let mut digits: Vec<usize> = (0..shares.len()).collect();
    digits.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]));
    say(format_args!(
        "{title}: {} with probability {:.1} % (next: {} with {:.1} %)\n",
        digits[0],
        100.0 * shares[digits[0]],
        digits[1],
        100.0 * shares[digits[1]]
    ));
}

fn range(text: &str) -> Result<Range<usize>, String> {
    let expected = || "expected an index or a range like 0..16".to_string();
    let number = |text: &str| text.trim().parse::<usize>().map_err(|_| expected());
    let range = match text.split_once("..") {
        Some((start, end)) => number(start)?..number(end)?,
        None => {
            let index = number(text)?;
            index..index.checked_add(1).ok_or_else(expected)?
        }
    };
    if range.is_empty() {
        return Err(expected());
    }
    Ok(range)
}
