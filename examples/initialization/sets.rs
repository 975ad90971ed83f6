use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::Dataset;
use burn::tensor::{Device, Tensor};
use burn_extras::model::Mlp;

use crate::batch::{DigitBatch, DigitBatcher};
use crate::data::{Digits, Mnist};

/// Images that go through a network at a time.
const CHUNK: usize = 1000;

/// Both sets: the digits to draw batches from, and tensors to evaluate on.
pub struct Sets {
    pub digits: Digits,
    train: Vec<DigitBatch>,
    test: Vec<DigitBatch>,
}

impl Sets {
    pub fn new(mnist: &Mnist) -> Self {
        Self {
            digits: mnist.train.clone(),
            train: chunks(&mnist.train),
            test: chunks(&mnist.test),
        }
    }

    /// The shares of the training and of the test images that `network` takes for what they are.
    pub fn accuracies(&self, network: &Mlp) -> (f64, f64) {
        (
            accuracy(network, &self.train),
            accuracy(network, &self.test),
        )
    }

    /// Some test images, to look at a network with.
    pub fn sample(&self) -> Tensor<2> {
        self.test[0].images.clone()
    }
}

fn chunks(digits: &Digits) -> Vec<DigitBatch> {
    let all = digits.len();
    (0..all)
        .step_by(CHUNK)
        .map(|start| {
            let part = (start..all.min(start + CHUNK)).filter_map(|index| digits.digit(index));
            DigitBatcher.batch(part.collect(), &Device::flex())
        })
        .collect()
}

fn accuracy(network: &Mlp, chunks: &[DigitBatch]) -> f64 {
    let (mut right, mut all) = (0, 0);
    for chunk in chunks {
        let said = network
            .forward(chunk.images.clone())
            .argmax(1)
            .flatten(0, 1);
        let hits = said.equal(chunk.labels.clone()).int().sum();
        right += hits.into_scalar::<i64>();
        all += chunk.labels.dims()[0];
    }
    right as f64 / all as f64
}
