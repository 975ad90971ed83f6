use std::fmt;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::Dataset;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::tensor::Device;
use burn_extras::model::Mlp;

use crate::batch::DigitBatcher;
use crate::data::{CLASSES, Digits};
use crate::wait::Progress;

/// Enough to keep a device busy, small enough for any.
const BATCH: usize = 1000;

/// How often each digit was taken for each: rows are what it is, columns what the network said.
#[derive(Clone, Debug, Default)]
pub struct Confusion([[usize; CLASSES]; CLASSES]);

/// What a network makes of a set of digits.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    pub confusion: Confusion,
    /// Mean cross-entropy.
    pub loss: f64,
}

impl Evaluation {
    pub fn of(network: &Mlp, digits: &Digits, device: &Device) -> Self {
        let mut evaluation = Self::default();
        let all = digits.len();
        let loss = CrossEntropyLossConfig::new().init(device);
        let progress = Progress::new("testing", all);
        for start in (0..all).step_by(BATCH) {
            progress.set(start);
            let part: Vec<_> = (start..all.min(start + BATCH))
                .filter_map(|index| digits.digit(index))
                .collect();
            let labels: Vec<u8> = part.iter().map(|digit| digit.label).collect();
            let batch = DigitBatcher.batch(part, device);
            let logits = network.forward(batch.images);
            let mean: f32 = loss.forward(logits.clone(), batch.labels).into_scalar();
            evaluation.loss += f64::from(mean) * labels.len() as f64 / all as f64;
            let said = logits.argmax(1).into_data();
            for (label, said) in labels.into_iter().zip(said.iter::<i64>()) {
                evaluation.confusion.0[label as usize][said as usize] += 1;
            }
        }
        evaluation
    }

    /// The share of right answers.
    pub fn accuracy(&self) -> f64 {
        self.confusion.correct() as f64 / self.confusion.total() as f64
    }
}

impl Confusion {
    pub fn total(&self) -> usize {
        self.0.as_flattened().iter().sum()
    }

    pub fn correct(&self) -> usize {
        (0..CLASSES).map(|class| self.0[class][class]).sum()
    }
}

impl fmt::Display for Confusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "    ")?;
        for said in 0..CLASSES {
            write!(f, "{said:>6}")?;
        }
        for (label, row) in self.0.iter().enumerate() {
            write!(f, "\n{label:>4}")?;
            for (said, count) in row.iter().enumerate() {
                match count {
                    // The eye should find the mistakes.
                    0 if said != label => write!(f, "{:>6}", "·")?,
                    count => write!(f, "{count:>6}")?,
                }
            }
        }
        Ok(())
    }
}
