use std::fs;
use std::path::{Path, PathBuf};

use burn::data::dataloader::batcher::Batcher;
use burn::tensor::Device;
use burn::tensor::activation::softmax;
use burn_extras::model::{Mlp, MlpConfig};

use crate::batch::DigitBatcher;
use crate::data::{CLASSES, Digit, PIXELS, in_repository};
use crate::problem::Problem;
use crate::saved;

/// The class of what is no digit, behind the digits.
pub const NONE: usize = CLASSES;
/// The gate's network.
const WIDTHS: [usize; 4] = [PIXELS, 640, 256, CLASSES + 1];

/// Tells digits from what is none: a network of its own, so that it serves whatever network reads the digits.
///
/// It knows ten digits, so that it has to see what makes each of them one, and an eleventh class for all else, of which it
/// was shown letters, signs, scribbles, blots and parts of digits that were drawn by chance ([`others`](crate::others)).
pub struct Gate {
    network: Mlp,
}

impl Gate {
    /// Its network.
    pub fn config() -> MlpConfig {
        MlpConfig::new(WIDTHS.to_vec())
    }

    pub fn new(network: Mlp) -> Self {
        Self { network }
    }

    /// Where the gate's network is: `data/gate` where the command is run, else in the repository that it was built from.
    pub fn default_path() -> Option<PathBuf> {
        in_repository("data/gate/gate.bpk").find(|path| path.is_file())
    }

    pub fn read(path: &Path, device: &Device) -> Result<Self, Problem> {
        let loaded = fs::read(path).map_err(|error| error.to_string());
        let loaded = loaded.and_then(|bytes| saved::load(&Self::config(), bytes, device));
        loaded.map(Self::new).map_err(|error| {
            let path = path.display();
            Problem(format!("{path} is not what --train-gate writes: {error}"))
        })
    }

    /// How likely each of these is a digit, from 0 to 1 for the ten digits and for none of them.
    pub fn shares(&self, digits: &[Digit], device: &Device) -> Vec<[f64; CLASSES + 1]> {
        let batch = DigitBatcher.batch(digits.to_vec(), device);
        let shares: Vec<f64> = softmax(self.network.forward(batch.images), 1)
            .into_data()
            .iter()
            .collect();
        shares.as_chunks().0.to_vec()
    }
}
