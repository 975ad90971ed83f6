use std::path::PathBuf;

use burn::data::dataset::Dataset;
use burn::tensor::Device;
use rayon::prelude::*;

use crate::Args;
use crate::calibration::Calibration;
use crate::cut;
use crate::data::{Digit, Mnist, in_repository};
use crate::gate::Gate;
use crate::print::{say, warn};
use crate::problem::Problem;
use crate::reader::{Reader, Vote};
use crate::run_folder::RunFolder;
use crate::saved;

/// How many images are looked at together.
const TOGETHER: usize = 1000;
/// How many of them are read as if they stood on pictures.
const ON_PICTURES: usize = 1000;

/// What reads digits, with the network of a run.
pub fn reader(args: &Args, mnist: Option<&Mnist>, device: &Device) -> Result<Reader, Problem> {
    let folder = RunFolder::new(&args.run.clone().unwrap_or_else(default_run));
    let (network, epoch) = saved::result(&folder, device)?;
    if let Some(epoch) = epoch {
        say(format_args!(
            "the run in {} has not come to its end: this is its network after epoch {epoch}",
            folder.path().display()
        ));
    }
    let gate = match args.gate.clone().or_else(Gate::default_path) {
        // The images of the data set are digits.
        _ if args.test_index.is_some() => None,
        Some(path) => Some(Gate::read(&path, device)?),
        None => {
            warn("no data/gate here: what is no digit is taken for one; name the file with --gate");
            None
        }
    };
    let mut reader = Reader {
        network,
        calibration: Calibration::NONE,
        both: Calibration::NONE,
        gate,
        device: device.clone(),
    };
    if let Some(mnist) = mnist {
        let kept = kept(mnist, folder.saved_config()?.validation);
        calibrate(&mut reader, &kept);
        if args.test_index.is_none() {
            calibrate_on_pictures(&mut reader, &kept);
        }
    }
    Ok(reader)
}

/// Where the mnist example trains by itself, or else where the network is that comes along.
fn default_run() -> PathBuf {
    let own = PathBuf::from("runs/mnist");
    let shipped = in_repository("data/network").find(|it| RunFolder::new(it).has_network());
    match shipped {
        Some(shipped) if !RunFolder::new(&own).has_network() => shipped,
        _ => own,
    }
}

/// The images which the run kept for validation.
fn kept(mnist: &Mnist, count: usize) -> Vec<Digit> {
    let all = mnist.train.len();
    let images = all.saturating_sub(count)..all;
    images
        .filter_map(|index| mnist.train.digit(index))
        .collect()
}

fn calibrate(reader: &mut Reader, digits: &[Digit]) {
    let labels: Vec<u8> = digits.iter().map(|it| it.label).collect();
    let parts = digits.chunks(TOGETHER);
    let outputs: Vec<_> = parts
        .flat_map(|part| Reader::logits(&reader.network, part, &reader.device))
        .collect();
    reader.calibration = Calibration::fit(&outputs, &labels);
}

/// On some of them as if they stood on pictures, where each has many views.
fn calibrate_on_pictures(reader: &mut Reader, digits: &[Digit]) {
    let stride = digits.len().div_ceil(ON_PICTURES).max(1);
    let digits: Vec<&Digit> = digits.iter().step_by(stride).collect();
    let labels: Vec<u8> = digits.iter().map(|it| it.label).collect();
    let views: Vec<Vec<Digit>> = digits.par_iter().map(|it| cut::views_of(it)).collect();
    let views: Vec<&[Digit]> = views.iter().map(Vec::as_slice).collect();
    let outputs: Vec<_> = reader.votes(&views).iter().map(Vote::together).collect();
    reader.both = Calibration::fit(&outputs, &labels);
}
