use std::path::PathBuf;

use burn::data::dataset::Dataset;
use burn::tensor::Device;

use crate::Args;
use crate::calibration::{Calibration, shares};
use crate::data::{Digit, Mnist, in_repository};
use crate::gate::Gate;
use crate::print::{say, warn};
use crate::problem::Problem;
use crate::reader::{Reader, together};
use crate::run_folder::RunFolder;
use crate::saved;

/// How many images are looked at together.
const TOGETHER: usize = 1000;

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
        calibrate(&mut reader, folder.saved_config()?.validation, mnist);
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

/// On the images which the run kept for validation.
fn calibrate(reader: &mut Reader, kept: usize, mnist: &Mnist) {
    let all = mnist.train.len();
    let images = all.saturating_sub(kept)..all;
    let digits: Vec<Digit> = images
        .filter_map(|index| mnist.train.digit(index))
        .collect();
    let labels: Vec<u8> = digits.iter().map(|digit| digit.label).collect();
    let parts = || digits.chunks(TOGETHER);
    let outputs: Vec<_> = parts()
        .flat_map(|part| Reader::logits(&reader.network, part, &reader.device))
        .collect();
    reader.calibration = Calibration::fit(&outputs, &labels);

    let Some(gate) = &reader.gate else { return };
    let gates = parts().flat_map(|part| gate.shares(part, &reader.device));
    let both: Vec<_> = outputs
        .iter()
        .zip(gates)
        .map(|(logits, gate)| together(&shares(logits, reader.calibration.temperature), &gate))
        .collect();
    reader.both = Calibration::fit(&both, &labels);
}
