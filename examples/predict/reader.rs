use burn::data::dataloader::batcher::Batcher;
use burn::tensor::Device;
use burn_extras::model::Mlp;

use crate::batch::DigitBatcher;
use crate::calibration::{self, Calibration};
use crate::data::{CLASSES, Digit};
use crate::gate::{Gate, NONE};
use crate::page::Page;

/// What is likelier none than this is no digit, ...
const NONE_OF_THEM: f64 = 0.7;
/// ... and nothing on a picture is one where its signs are likelier none than this on average: a letter too may look like
/// a digit.
const NONE_ON_AVERAGE: f64 = 0.4;
/// The gate's share of the vote on which digit it is: it knows more hands than the data set has.
const GATES: f64 = 0.8;

/// The network that reads digits, what makes its probabilities true, and what tells digits from other things.
pub struct Reader {
    pub network: Mlp,
    pub calibration: Calibration,
    /// What makes the probabilities true that the network and the gate have together.
    pub both: Calibration,
    pub gate: Option<Gate>,
    pub device: Device,
}

/// What a sign was read as.
#[derive(Clone, Debug)]
pub struct Reading {
    /// How likely each digit is, if it is a digit.
    pub shares: [f64; CLASSES],
    /// How likely it is none.
    pub none: f64,
    pub is_digit: bool,
}

impl Reading {
    /// That of something that is a digit.
    fn digit(shares: [f64; CLASSES]) -> Self {
        Self {
            shares,
            none: 0.0,
            is_digit: true,
        }
    }

    /// The two digits that are most likely, with their probabilities.
    pub fn best(&self) -> [(usize, f64); 2] {
        let mut digits: Vec<usize> = (0..CLASSES).collect();
        digits.sort_by(|a, b| self.shares[*b].total_cmp(&self.shares[*a]));
        [digits[0], digits[1]].map(|digit| (digit, self.shares[digit]))
    }
}

impl Reader {
    /// What the network says to each of these, before it is made probabilities.
    pub fn logits(network: &Mlp, digits: &[Digit], device: &Device) -> Vec<[f64; CLASSES]> {
        let batch = DigitBatcher.batch(digits.to_vec(), device);
        let logits: Vec<f64> = network.forward(batch.images).into_data().iter().collect();
        logits.as_chunks().0.to_vec()
    }

    /// Reads images that are digits.
    pub fn read(&self, digits: &[Digit]) -> Vec<Reading> {
        let logits = Self::logits(&self.network, digits, &self.device);
        let shares = logits
            .iter()
            .map(|it| calibration::shares(it, self.calibration.temperature));
        shares.map(Reading::digit).collect()
    }

    /// Reads a picture: the page on which there are most digits is what is written on it.
    pub fn read_pages(&self, pages: Vec<Page>) -> Option<(Page, Vec<Reading>)> {
        let read = pages.into_iter().map(|page| {
            let readings = self.read_page(&page);
            (page, readings)
        });
        let digits = |readings: &[Reading]| readings.iter().filter(|it| it.is_digit).count();
        read.reduce(|first, other| match digits(&other.1) > digits(&first.1) {
            true => other,
            false => first,
        })
    }

    /// Reads what is written on a page, digits or not.
    fn read_page(&self, page: &Page) -> Vec<Reading> {
        let Some(views) = page.signs.first().map(|it| it.views.len()) else {
            return Vec::new();
        };
        // Each sign is what it is on average over its views.
        let all: Vec<Digit> = page.signs.iter().flat_map(|it| it.views.clone()).collect();
        let network: Vec<_> = self.read(&all).into_iter().map(|it| it.shares).collect();
        let network = network.chunks_exact(views).map(mean);
        let mut readings: Vec<Reading> = match &self.gate {
            Some(gate) => {
                let gates = gate.shares(&all, &self.device);
                let signs = network.zip(gates.chunks_exact(views).map(mean));
                signs
                    .map(|(network, gate)| self.vote(&network, &gate))
                    .collect()
            }
            None => network.map(Reading::digit).collect(),
        };
        let none: f64 = readings.iter().map(|it| it.none).sum();
        if none > NONE_ON_AVERAGE * readings.len() as f64 {
            readings.iter_mut().for_each(|it| it.is_digit = false);
        }
        readings
    }

    fn vote(&self, network: &[f64; CLASSES], gate: &[f64; CLASSES + 1]) -> Reading {
        let both = together(network, gate);
        Reading {
            shares: calibration::shares(&both, self.both.temperature),
            none: gate[NONE],
            is_digit: gate[NONE] <= NONE_OF_THEM,
        }
    }
}

/// What the network and the gate say together, as logarithms: they learned from other drawings, and are wrong about other
/// digits.
pub fn together(network: &[f64; CLASSES], gate: &[f64; CLASSES + 1]) -> [f64; CLASSES] {
    let digits: f64 = gate[..CLASSES].iter().sum();
    std::array::from_fn(|digit| {
        let gates = gate[digit] / digits.max(1e-12);
        let share = (1.0 - GATES) * network[digit] + GATES * gates;
        share.max(1e-12).ln()
    })
}

fn mean<const N: usize>(views: &[[f64; N]]) -> [f64; N] {
    std::array::from_fn(|at| views.iter().map(|it| it[at]).sum::<f64>() / views.len() as f64)
}

/// The digits in the order in which they are read, with a space between lines and a `-` where something is none.
pub fn text(page: &Page, readings: &[Reading]) -> String {
    let mut text = String::new();
    let mut line = 0;
    for (sign, reading) in page.signs.iter().zip(readings) {
        if sign.line != line {
            text.push(' ');
            line = sign.line;
        }
        match reading.is_digit {
            true => text.push_str(&reading.best()[0].0.to_string()),
            false => text.push('-'),
        }
    }
    text
}
