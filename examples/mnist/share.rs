use std::ops::Range;
use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::tensor::Device;

use crate::batch::{DigitBatch, DigitBatcher};
use crate::config::RunConfig;
use crate::data::{Digit, Digits};
use crate::train;

/// The batches of a run, of which each of several devices has a share.
///
/// Burn cuts the images of an epoch into a slice for each device, whose batches one device would never see. A slice of
/// this loader is one of every batch, so that the devices together see what one sees.
pub struct Shared {
    batches: Arc<dyn DataLoader<Vec<Digit>>>,
    device: Device,
    /// The images of an epoch that are this device's, if an epoch were one batch.
    share: Range<usize>,
}

impl Shared {
    /// The whole of the batches of a run, from an epoch on.
    pub fn new(config: &RunConfig, digits: &Digits, epoch: usize) -> Self {
        let batches = train::batches(config, digits, Kept).with_next_epoch(epoch);
        let all = batches.num_items();
        Self {
            batches: Arc::new(batches),
            device: Device::default(),
            share: 0..all,
        }
    }

    /// What of a batch is this device's.
    fn of(&self, batch: Vec<Digit>) -> DigitBatch {
        let (all, count) = (self.batches.num_items(), batch.len());
        let mut from = self.share.start * count / all;
        let mut to = self.share.end * count / all;
        let share = (to - from) as f64 / count as f64;
        // Every device needs an image to have a gradient of; one too many counts nothing.
        if from == to {
            from = from.min(count - 1);
            to = from + 1;
        }
        let digits = batch[from..to].to_vec();
        DigitBatch {
            share,
            ..DigitBatcher.batch(digits, &self.device)
        }
    }
}

/// Leaves the images as they are: what they are made into is the share's.
struct Kept;

impl Batcher<Digit, Vec<Digit>> for Kept {
    fn batch(&self, digits: Vec<Digit>, _device: &Device) -> Vec<Digit> {
        digits
    }
}

impl DataLoader<DigitBatch> for Shared {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<DigitBatch> + 'a> {
        Box::new(Shares {
            batches: self.batches.iter(),
            loader: self,
        })
    }

    fn num_items(&self) -> usize {
        self.share.len()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<DigitBatch>> {
        Arc::new(Self {
            batches: self.batches.to_device(device),
            device: device.clone(),
            share: self.share.clone(),
        })
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<DigitBatch>> {
        let first = self.share.start;
        Arc::new(Self {
            // Each with a count of its own of the epochs.
            batches: self.batches.to_device(&self.device),
            device: self.device.clone(),
            share: first + start..first + end,
        })
    }
}

/// One pass over the shares.
struct Shares<'a> {
    batches: Box<dyn DataLoaderIterator<Vec<Digit>> + 'a>,
    loader: &'a Shared,
}

impl Iterator for Shares<'_> {
    type Item = Result<DigitBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.batches.next()?;
        Some(batch.map(|batch| self.loader.of(batch)))
    }
}

impl DataLoaderIterator<DigitBatch> for Shares<'_> {
    fn progress(&self) -> Progress {
        let whole = self.batches.progress();
        let share = self.loader.num_items();
        let done = whole.items_processed * share / whole.items_total.max(1);
        Progress::new(done, share, whole.unit)
    }
}
