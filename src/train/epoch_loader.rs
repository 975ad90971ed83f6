use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::transform::{PartialDataset, ShuffledDataset};
use burn::data::dataset::{Dataset, DatasetError};
use burn::tensor::Device;

/// Batches in an order that depends on the seed and the number of the epoch, and on nothing else. So do
/// the numbers that the device draws during the epoch, for dropout: its generator is seeded anew.
///
/// A data loader of Burn's for any dataset and batcher. Each pass is an epoch, and the next pass is the next
/// one; a training that goes on after three epochs begins [with the fourth](Self::with_next_epoch), and sees
/// what the uninterrupted one saw. The last batch of an epoch holds what is left.
///
/// ```
/// use burn::data::dataloader::DataLoader;
/// use burn::data::dataloader::batcher::Batcher;
/// use burn::data::dataset::InMemDataset;
/// use burn::tensor::{Device, Tensor};
/// use burn_extras::train::EpochLoader;
///
/// struct Numbers;
///
/// impl Batcher<f32, Vec<f32>> for Numbers {
///     fn batch(&self, items: Vec<f32>, _device: &Device) -> Vec<f32> {
///         items
///     }
/// }
///
/// let dataset = || InMemDataset::new((0..10).map(|it| it as f32).collect());
/// let pass = |loader: &EpochLoader<f32, Vec<f32>>| -> Vec<Vec<f32>> {
///     loader.iter().map(|batch| batch.unwrap()).collect()
/// };
/// let whole = EpochLoader::new(dataset(), Numbers, 4, 42);
/// let [first, second] = [pass(&whole), pass(&whole)];
/// assert_ne!(first, second);
/// assert_eq!(first.concat().len(), 10);
///
/// let resumed = EpochLoader::new(dataset(), Numbers, 4, 42).with_next_epoch(2);
/// assert_eq!(pass(&resumed), second);
/// ```
pub struct EpochLoader<I, O> {
    dataset: Arc<dyn Dataset<I>>,
    batcher: Arc<dyn Batcher<I, O>>,
    batch_size: usize,
    seed: u64,
    device: Device,
    /// That of the next pass, from 1.
    epoch: AtomicUsize,
}

impl<I, O> EpochLoader<I, O> {
    /// A loader whose next pass is that of the first epoch, with batches on the default device until
    /// [`to_device`](DataLoader::to_device) says otherwise, as Burn's training does.
    ///
    /// # Panics
    ///
    /// When `batch_size` is 0.
    pub fn new(
        dataset: impl Dataset<I> + 'static,
        batcher: impl Batcher<I, O> + 'static,
        batch_size: usize,
        seed: u64,
    ) -> Self {
        assert!(
            batch_size > 0,
            "EpochLoader: batch_size must be at least 1, got 0"
        );
        Self {
            dataset: Arc::new(dataset),
            batcher: Arc::new(batcher),
            batch_size,
            seed,
            device: Device::default(),
            epoch: AtomicUsize::new(1),
        }
    }

    /// The same with another epoch as that of the next pass; they count from 1.
    pub fn with_next_epoch(self, epoch: usize) -> Self {
        self.epoch.store(epoch, Ordering::SeqCst);
        self
    }

    fn with(&self, dataset: Arc<dyn Dataset<I>>, device: Device) -> Self {
        Self {
            dataset,
            batcher: self.batcher.clone(),
            batch_size: self.batch_size,
            seed: self.seed,
            device,
            epoch: AtomicUsize::new(self.epoch.load(Ordering::SeqCst)),
        }
    }
}

impl<I, O> DataLoader<O> for EpochLoader<I, O>
where
    I: Clone + Send + Sync + 'static,
    O: 'static,
{
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<O> + 'a> {
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) as u64;
        // An odd factor sends different epochs of one seed to different seeds.
        let seed = self.seed ^ epoch.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.device.seed(seed);
        Box::new(Batches {
            items: ShuffledDataset::new(self.dataset.clone(), seed),
            loader: self,
            position: 0,
        })
    }

    fn num_items(&self) -> usize {
        self.dataset.len()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<O>> {
        Arc::new(self.with(self.dataset.clone(), device.clone()))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<O>> {
        let part = PartialDataset::new(self.dataset.clone(), start, end);
        Arc::new(self.with(Arc::new(part), self.device.clone()))
    }
}

/// One pass over the items.
struct Batches<'a, I: Clone + Send + Sync, O> {
    items: ShuffledDataset<Arc<dyn Dataset<I>>, I>,
    loader: &'a EpochLoader<I, O>,
    position: usize,
}

impl<I: Clone + Send + Sync, O> Iterator for Batches<'_, I, O> {
    type Item = Result<O, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let loader = self.loader;
        let end = self.position.saturating_add(loader.batch_size);
        let end = end.min(self.items.len());
        if self.position == end {
            return None;
        }
        let items = self.items.get_many((self.position..end).collect());
        self.position = end;
        Some(items.map(|items| loader.batcher.batch(items, &loader.device)))
    }
}

impl<I: Clone + Send + Sync, O> DataLoaderIterator<O> for Batches<'_, I, O> {
    fn progress(&self) -> Progress {
        Progress::new(self.position, self.items.len(), Some("items".into()))
    }
}

#[cfg(test)]
mod tests {
    use burn::data::dataset::InMemDataset;

    use super::*;

    struct AsTheyAre;

    impl Batcher<usize, Vec<usize>> for AsTheyAre {
        fn batch(&self, items: Vec<usize>, _device: &Device) -> Vec<usize> {
            items
        }
    }

    fn loader(batch_size: usize, seed: u64) -> EpochLoader<usize, Vec<usize>> {
        let dataset = InMemDataset::new((0..23).collect());
        EpochLoader::new(dataset, AsTheyAre, batch_size, seed)
    }

    fn pass(loader: &dyn DataLoader<Vec<usize>>) -> Vec<Vec<usize>> {
        loader.iter().map(Result::unwrap).collect()
    }

    #[test]
    fn a_pass_has_every_item_once() {
        for batch_size in [1, 5, 23, 24, usize::MAX] {
            let batches = pass(&loader(batch_size, 1));
            assert!(batches.iter().all(|batch| batch.len() <= batch_size));
            assert_eq!(batches.len(), 23usize.div_ceil(batch_size));
            let mut items = batches.concat();
            items.sort();
            assert_eq!(items, (0..23).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_order_follows_from_seed_and_epoch() {
        let whole = loader(5, 7);
        let epochs: Vec<_> = (0..4).map(|_| pass(&whole)).collect();
        for (index, epoch) in epochs.iter().enumerate() {
            let resumed = loader(5, 7).with_next_epoch(index + 1);
            assert_eq!(pass(&resumed), *epoch);
            assert_ne!(pass(&loader(5, 8).with_next_epoch(index + 1)), *epoch);
            for other in &epochs[..index] {
                assert_ne!(epoch, other);
            }
        }
    }

    #[test]
    fn on_another_device_the_epochs_go_on() {
        let whole = loader(5, 7);
        let first = pass(&whole);
        let moved = whole.to_device(&Device::default());
        assert_eq!(pass(&*moved), pass(&loader(5, 7).with_next_epoch(2)));
        assert_ne!(pass(&*moved), first);
    }

    #[test]
    fn a_slice_has_its_items_alone() {
        let slice = loader(5, 7).slice(3, 9);
        assert_eq!(slice.num_items(), 6);
        let mut items = pass(&*slice).concat();
        items.sort();
        assert_eq!(items, (3..9).collect::<Vec<_>>());
    }

    #[test]
    #[should_panic(expected = "EpochLoader: batch_size must be at least 1, got 0")]
    fn refuses_empty_batches() {
        loader(0, 1);
    }
}
