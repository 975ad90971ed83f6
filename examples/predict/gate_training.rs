use std::path::Path;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::Dataset;
use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::Device;
use rayon::prelude::*;

use crate::batch::DigitBatcher;
use crate::cut;
use crate::data::{Digit, Digits, Mnist};
use crate::deform::Deformation;
use crate::gate::{Gate, NONE};
use crate::others::Others;
use crate::precision;
use crate::print::say;
use crate::problem::Problem;
use crate::random::Random;
use crate::whole_file;

/// The last of the training images are left out, as the mnist example leaves them out.
pub const VALIDATION: usize = 5000;
/// How often each image is drawn anew, deformed in another way, and as many others beside it.
const DRAWINGS: usize = 6;
/// One digit of so many is drawn from a table, in a form that the data set has little of.
const DRAWN: usize = 3;
/// How each is deformed: hands differ more in how wide they write than the data set does.
const DEFORMED: &str = "ciresan(scale=0.35)";
const EPOCHS: usize = 10;
const BATCH: usize = 250;
const RATE: f64 = 1e-3;
/// The share of the labels that is spread over all classes: nothing is quite sure.
const SMOOTHING: f32 = 0.05;
const SEED: u64 = 18;

/// Trains the gate and saves it; says how well it tells validation images from others that it has not seen.
pub fn train(mnist: &Mnist, path: &Path, device: &Device) -> Result<(), Problem> {
    let start = mnist.train.len().saturating_sub(VALIDATION);
    let train = mnist.train.range(0, start);
    let validation = mnist.train.range(start, mnist.train.len());
    if train.len() < 2 {
        return Err(Problem(format!(
            "{} training images are too few for a gate, which keeps {VALIDATION} for validation",
            mnist.train.len()
        )));
    }
    say(format_args!(
        "drawing {} images",
        2 * DRAWINGS * train.len()
    ));
    let mut seen = Vec::new();
    for drawing in 0..DRAWINGS {
        seen.extend(drawn(&train, drawing as u64));
    }
    let network = fitted(&seen, &device.clone().autodiff());
    let network = precision::halved(network.valid());
    let bytes = network.clone().into_record().into_bytes();
    let bytes = bytes.map_err(|error| Problem(error.to_string()))?;
    let write = || {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        whole_file::write(path, &bytes)
    };
    write().map_err(|error| Problem(format!("{} cannot be written: {error}", path.display())))?;

    let gate = Gate::new(precision::widened(network, device));
    let unseen = drawn(&validation, DRAWINGS as u64);
    for limit in [0.1, 0.3, 0.5, 0.7, 0.9] {
        let mut refused = [0, 0];
        let mut all = [0, 0];
        for part in unseen.chunks(1000) {
            for (digit, shares) in part.iter().zip(gate.shares(part, device)) {
                let group = usize::from(digit.label as usize == NONE);
                all[group] += 1;
                refused[group] += usize::from(shares[NONE] > limit);
            }
        }
        let [digits, others] =
            [0, 1].map(|group| 100.0 * refused[group] as f64 / f64::from(all[group]));
        say(format_args!(
            "no digit above {limit}: {digits:.2} % of the digits, {others:.2} % of the others"
        ));
    }
    say(format_args!("gate: {}", path.display()));
    Ok(())
}

/// Each digit, deformed, and something that is none, as if they had been cut out of pictures.
fn drawn(digits: &Digits, drawing: u64) -> Vec<Digit> {
    let others = Others::new();
    let deformer: Deformation = DEFORMED.parse().expect("a name of a deformation");
    let deformer = deformer.deformer();
    let count = digits.len();
    let pairs = (0..count).into_par_iter().flat_map_iter(|index| {
        let mut random = Random::new(SEED ^ (drawing << 32) ^ index as u64);
        let mut seed = || (random.share() * (1u64 << 53) as f64) as u64;
        let at = |index: usize| {
            digits
                .digit(index % count)
                .expect("an index below their count")
        };
        let (digit, next) = (at(index), at(index + 1));
        let known = match index % DRAWN {
            0 => others.digit(seed()),
            _ => digit.clone(),
        };
        let other = Digit {
            label: NONE as u8,
            ..others.draw([&digit, &next], seed())
        };
        let [known, other] = [known, other].map(|it| cut::again(&deformer.deform(it, seed())));
        [known, other]
    });
    pairs.collect()
}

fn fitted(seen: &[Digit], device: &Device) -> burn_extras::model::Mlp {
    let mut network = Gate::config().init(device);
    let mut optimizer = AdamConfig::new().init();
    let loss = CrossEntropyLossConfig::new()
        .with_smoothing(Some(SMOOTHING))
        .init(device);
    let mut order: Vec<i32> = (0..seen.len() as i32).collect();
    let mut random = Random::new(SEED);
    let steps = EPOCHS * seen.len().div_ceil(BATCH);
    let mut step = 0;
    for epoch in 1..=EPOCHS {
        random.shuffle(&mut order);
        let mut sum = 0.0;
        for part in order.chunks(BATCH) {
            let digits = part.iter().map(|it| seen[*it as usize].clone()).collect();
            let batch = DigitBatcher.batch(digits, device);
            let loss = loss.forward(network.forward(batch.images), batch.labels);
            let grads = GradientsParams::from_grads(loss.backward(), &network);
            let rate = RATE * (1.0 - f64::from(step) / steps as f64);
            network = optimizer.step(rate, network, grads);
            sum += part.len() as f64 * loss.into_scalar::<f64>();
            step += 1;
        }
        say(format_args!(
            "epoch {epoch} of {EPOCHS}: loss {:.4}",
            sum / seen.len() as f64
        ));
    }
    network
}
