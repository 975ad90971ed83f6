use burn::data::dataloader::batcher::Batcher;
use burn::tensor::Device;
use burn_extras::model::Mlp;

use crate::batch::DigitBatcher;
use crate::calibration::{self, Calibration};
use crate::data::{CLASSES, Digit};
use crate::gate::{Gate, NONE};
use crate::page::Page;

/// Where the gate holds it for the same digit with less than this, something is none.
const SECONDED: f64 = 0.5;
/// With a smaller share of digits on a picture none of it is one.
const AMONG_OTHERS: f64 = 0.6;
/// Below this probability of a digit nothing is one.
const LEAST: f64 = 0.35;

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
    /// How likely the gate too holds it for the digit that the network does.
    pub seconded: f64,
    pub is_digit: bool,
}

impl Reading {
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
        let readings = logits.iter().map(|logits| Reading {
            shares: calibration::shares(logits, self.calibration.temperature),
            none: 0.0,
            seconded: 1.0,
            is_digit: true,
        });
        readings.collect()
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
        if page.signs.is_empty() {
            return Vec::new();
        }
        let digits: Vec<Digit> = page.signs.iter().map(|sign| sign.digit.clone()).collect();
        let mut readings = self.read(&digits);
        if let Some(gate) = &self.gate {
            let gates = gate.shares(&digits, &self.device);
            for (reading, shares) in readings.iter_mut().zip(&gates) {
                reading.none = shares[NONE];
                let both = together(&reading.shares, shares);
                reading.shares = calibration::shares(&both, self.both.temperature);
                reading.seconded = shares[reading.best()[0].0];
            }
        }
        for reading in &mut readings {
            reading.is_digit = reading.seconded >= SECONDED && reading.best()[0].1 >= LEAST;
        }
        // What stands among letters is one.
        let count = readings.iter().filter(|it| it.is_digit).count();
        if (count as f64) < AMONG_OTHERS * readings.len() as f64 {
            readings.iter_mut().for_each(|it| it.is_digit = false);
        }
        readings
    }
}

/// What the network and the gate say together, as logarithms: they learned from other drawings, and are wrong about other
/// digits.
pub fn together(network: &[f64; CLASSES], gate: &[f64; CLASSES + 1]) -> [f64; CLASSES] {
    let digits: f64 = gate[..CLASSES].iter().sum();
    std::array::from_fn(|digit| {
        let gates = gate[digit] / digits.max(1e-12);
        (0.5 * network[digit] + 0.5 * gates).max(1e-12).ln()
    })
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
