use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::transform::ShuffledDataset;
use burn::data::dataset::{Dataset, DatasetError};
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::data::{Digit, Digits, PIXELS};

/// Mean and standard deviation of the pixels of the training set, as shares of full ink.
const MEAN: f32 = 0.1307;
const STD: f32 = 0.3081;

/// Images and labels on a device.
#[derive(Clone, Debug)]
pub struct DigitBatch {
    /// `[batch, 784]`, normalised.
    pub images: Tensor<2>,
    /// `[batch]`.
    pub labels: Tensor<1, Int>,
}

/// Normalises bytes and moves them to a device.
#[derive(Clone)]
pub struct DigitBatcher;

impl Batcher<Digit, DigitBatch> for DigitBatcher {
    fn batch(&self, digits: Vec<Digit>, device: &Device) -> DigitBatch {
        let pixels: Vec<f32> = digits
            .iter()
            .flat_map(|digit| digit.pixels)
            .map(|byte| (byte as f32 / 255.0 - MEAN) / STD)
            .collect();
        let labels: Vec<i32> = digits.iter().map(|digit| digit.label.into()).collect();
        let count = digits.len();
        DigitBatch {
            images: Tensor::from_data(TensorData::new(pixels, [count, PIXELS]), device),
            labels: Tensor::from_data(TensorData::new(labels, [count]), device),
        }
    }
}

/// Batches in an order that depends on the seed and the number of the epoch, and on nothing else. So
/// do the numbers that the device draws during the epoch, for dropout: its generator is seeded anew.
///
/// Burn's own shuffling loader draws each epoch's order from a generator that runs on: a resumed
/// training would see the orders of the first epochs again.
pub struct EpochLoader {
    digits: Digits,
    batch_size: usize,
    seed: u64,
    device: Device,
    epoch: AtomicUsize,
}

impl EpochLoader {
    /// The loader whose next pass is that of `epoch`, with batches on the CPU until
    /// [`to_device`](DataLoader::to_device) says otherwise.
    pub fn new(digits: Digits, batch_size: usize, seed: u64, epoch: usize) -> Self {
        Self {
            digits,
            batch_size,
            seed,
            device: Device::flex(),
            epoch: AtomicUsize::new(epoch),
        }
    }

    fn with(&self, digits: Digits, device: Device) -> Self {
        Self {
            digits,
            batch_size: self.batch_size,
            seed: self.seed,
            device,
            epoch: AtomicUsize::new(self.epoch.load(Ordering::SeqCst)),
        }
    }
}

impl DataLoader<DigitBatch> for EpochLoader {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<DigitBatch> + 'a> {
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) as u64;
        // An odd factor sends different epochs of one seed to different seeds.
        let seed = self.seed ^ epoch.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.device.seed(seed);
        Box::new(Batches {
            digits: ShuffledDataset::new(self.digits.clone(), seed),
            batch_size: self.batch_size,
            device: self.device.clone(),
            position: 0,
        })
    }

    fn num_items(&self) -> usize {
        self.digits.len()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<DigitBatch>> {
        Arc::new(self.with(self.digits.clone(), device.clone()))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<DigitBatch>> {
        Arc::new(self.with(self.digits.range(start, end), self.device.clone()))
    }
}

/// One pass over the digits.
struct Batches {
    digits: ShuffledDataset<Digits, Digit>,
    batch_size: usize,
    device: Device,
    position: usize,
}

impl Iterator for Batches {
    type Item = Result<DigitBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = (self.position + self.batch_size).min(self.digits.len());
        if self.position == end {
            return None;
        }
        let digits = self.digits.get_many((self.position..end).collect());
        self.position = end;
        Some(digits.map(|digits| DigitBatcher.batch(digits, &self.device)))
    }
}

impl DataLoaderIterator<DigitBatch> for Batches {
    fn progress(&self) -> Progress {
        Progress::new(self.position, self.digits.len(), Some("images".into()))
    }
}
