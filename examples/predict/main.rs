//! Reads handwritten digits from PNG files, photographs too, with the network that the mnist example trained.
//!
//!     cargo run --release --example predict -- digit.png
//!     cargo run --release --example predict -- --test-index 0..16

#![recursion_limit = "256"]

#[path = "../mnist/batch.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod batch;
mod boxes;
mod calibration;
#[path = "../mnist/check.rs"]
mod check;
#[path = "../mnist/config.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod config;
mod cut;
#[path = "../mnist/data.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod data;
#[path = "../mnist/deform/mod.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod deform;
#[path = "../device/mod.rs"]
#[allow(dead_code, reason = "shared with other examples")]
mod device;
#[path = "../mnist/epoch_record.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod epoch_record;
#[path = "../mnist/fingerprint.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod fingerprint;
mod gate;
mod gate_training;
#[path = "../mnist/history.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod history;
mod marks;
mod others;
mod page;
mod paper;
#[path = "../mnist/part.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod part;
mod pen;
mod photo;
mod plane;
#[path = "../mnist/precision.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod precision;
#[path = "../mnist/print.rs"]
mod print;
#[path = "../mnist/problem.rs"]
mod problem;
#[path = "../mnist/quietly.rs"]
mod quietly;
#[path = "../mnist/random.rs"]
#[allow(dead_code, reason = "shared with other examples")]
mod random;
mod reader;
mod ruling;
#[path = "../mnist/run_folder.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod run_folder;
#[path = "../mnist/saved.rs"]
mod saved;
mod score;
mod signs;
mod sketch;
mod start;
#[path = "../mnist/wait.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod wait;
#[path = "../mnist/whole_file.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod whole_file;

use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;

use burn::data::dataset::Dataset;
use burn::tensor::Device;
use clap::Parser;

use crate::data::{Digits, Mnist};
use crate::device::Servers;
use crate::page::Page;
use crate::photo::Photo;
use crate::print::{say, warn};
use crate::problem::Problem;
use crate::reader::{Reader, Reading};
use crate::wait::Progress;

/// Reads handwritten digits from PNG files with the network that the mnist example trained.
///
/// The pictures may have any size and several digits, be photographs of ruled paper in uneven light, be dark on light or
/// light on dark, or have nothing behind the ink. What is no digit is said to be none.
///
/// Exit status: 2, with a line that says why, where a file cannot be read; the others are read all the same.
#[derive(Parser, Debug)]
#[command(name = "predict")]
struct Args {
    /// PNG files with digits
    #[arg(value_name = "PATH", required_unless_present_any = ["test_index", "score", "train_gate"])]
    paths: Vec<PathBuf>,

    /// Write each picture into this folder, with boxes around its digits
    #[arg(long, value_name = "DIR", requires = "paths")]
    boxes: Option<PathBuf>,

    /// Read these images of the test set: an index, or a range like 0..16
    #[arg(long, value_name = "INDEX", value_parser = range, conflicts_with = "paths")]
    test_index: Option<Range<usize>>,

    /// Read the pictures in a folder whose manifest.csv says what is on them, and say how well: see docs/predict.md
    #[arg(long, value_name = "DIR", conflicts_with_all = ["paths", "test_index"])]
    score: Option<PathBuf>,

    /// Name the pictures that --score finds were not read right
    #[arg(long, requires = "score")]
    misread: bool,

    /// Train what tells digits from other things and save it in this file, in place of reading
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "test_index", "score"])]
    train_gate: Option<PathBuf>,

    /// File of --train-gate [default: data/gate/gate.bpk]
    #[arg(long, value_name = "FILE")]
    gate: Option<PathBuf>,

    /// Folder that the mnist example trained into [default: runs/mnist, and before there is a network in it, the one that
    /// comes along: data/network]
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,

    /// Folder with the four MNIST files, for --test-index, and for probabilities that are true [default: data/mnist]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Where to compute: auto, flex, ndarray, wgpu, vulkan, metal, cuda, rocm, or on a server: ws://HOST:PORT
    #[arg(long, default_value = "auto")]
    device: String,

    #[command(flatten)]
    servers: Servers,
}

fn main() -> ExitCode {
    match problem::parse_args::<Args>().and_then(run) {
        // What could not be read has been said.
        Ok(false) => {
            problem::exit_code(Ok(()));
            ExitCode::from(2)
        }
        result => problem::exit_code(result.map(|_| ())),
    }
}

/// Whether all that was asked for could be read.
fn run(args: Args) -> Result<bool, Problem> {
    let choice = device::choose(&args.device, &args.servers)?;
    if !choice.others.is_empty() {
        return Err(Problem(format!(
            "--device {}: one server reads the digits; leave the others out",
            args.device
        )));
    }
    choice.watched(|| read(&args, &choice.device))
}

fn read(args: &Args, device: &Device) -> Result<bool, Problem> {
    let mnist = Mnist::load(args.data.as_deref());
    if let Some(path) = &args.train_gate {
        return gate_training::train(&mnist?, path, device).map(|()| true);
    }
    if args.data.is_some()
        && let Err(problem) = mnist
    {
        return Err(problem);
    }
    // Who reads pictures need not have the data set: only the probabilities are the networks' own then.
    let reader = start::reader(args, mnist.as_ref().ok(), device)?;
    if let Some(folder) = &args.score {
        return score::score(folder, &reader, args.misread).map(|()| true);
    }
    match args.test_index.clone() {
        Some(range) => read_test_images(range, &mnist?.test, &reader).map(|()| true),
        None => Ok(read_files(args, &reader)),
    }
}

fn read_test_images(range: Range<usize>, test: &Digits, reader: &Reader) -> Result<(), Problem> {
    for index in range {
        let digit = test.digit(index).ok_or_else(|| {
            Problem(format!(
                "--test-index {index}: there are {} test images, from 0",
                test.len()
            ))
        })?;
        say(sketch::digit(&digit));
        let title = format!("test image {index}, a {}", digit.label);
        let _progress = Progress::new("reading", 1);
        for reading in reader.read(&[digit]) {
            say(format_args!("{}\n", answer(&title, &reading)));
        }
    }
    Ok(())
}

/// Whether all files could be read: a bad one does not stop those behind it.
fn read_files(args: &Args, reader: &Reader) -> bool {
    let mut all = true;
    for (index, path) in args.paths.iter().enumerate() {
        let read = Photo::read(path).and_then(|photo| {
            let _progress = Progress::new("reading", 1);
            let Some((page, readings)) = reader.read_pages(Page::candidates(&photo)) else {
                return Ok(());
            };
            say_page(&path.display().to_string(), &page, &readings);
            match &args.boxes {
                Some(folder) => {
                    let path = folder.join(boxes::name(path, &args.paths[..index]));
                    boxes::write(&path, &photo, &page, &readings)
                }
                None => Ok(()),
            }
        });
        if let Err(problem) = read {
            warn(format_args!("error: {problem}"));
            all = false;
        }
    }
    all
}

/// Prints the picture, and what each sign on it is.
fn say_page(title: &str, page: &Page, readings: &[Reading]) {
    if readings.is_empty() {
        return say(format_args!(
            "{title}: no digit, nothing is written on it\n"
        ));
    }
    say(sketch::page(page, readings));
    let count = readings.len();
    for (index, reading) in readings.iter().enumerate() {
        let title = match count {
            1 => title.to_string(),
            _ => format!("{title}, {} of {count}", index + 1),
        };
        say(answer(&title, reading));
    }
    if count > 1 {
        say(format_args!("{title}: {}", reader::text(page, readings)));
    }
    say("");
}

/// What something is taken for, and how sure that is.
fn answer(title: &str, reading: &Reading) -> String {
    let [(best, its), (next, others)] = reading.best();
    let [its, others] = [its, others].map(|it| 100.0 * it);
    match reading.is_digit {
        true => {
            format!("{title}: {best} with probability {its:.1} % (next: {next} with {others:.1} %)")
        }
        false => format!("{title}: no digit (if it were one: {best} with {its:.1} %)"),
    }
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
