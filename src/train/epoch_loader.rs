use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::transform::{PartialDataset, ShuffledDataset};
use burn::data::dataset::{Dataset, DatasetError};
use burn::tensor::Device;

use super::ahead::Ahead;
use crate::splitmix;

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
    augment: Option<Augment<I>>,
    batch_size: usize,
    seed: u64,
    workers: usize,
    device: Device,
    /// That of the next pass, from 1.
    epoch: AtomicUsize,
}

/// Another item in the place of one, by a seed of its own.
type Augment<I> = Arc<dyn Fn(I, u64) -> I + Send + Sync>;

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
            augment: None,
            batch_size,
            seed,
            workers: 0,
            device: Device::default(),
            epoch: AtomicUsize::new(1),
        }
    }

    /// The same with another epoch as that of the next pass; they count from 1.
    pub fn with_next_epoch(self, epoch: usize) -> Self {
        self.epoch.store(epoch, Ordering::SeqCst);
        self
    }

    /// The same with `augment(item, seed)` in the place of each item, before it comes into a batch. The seed is
    /// another for every item of every epoch, and follows from the loader's and the number of the epoch: a training
    /// that goes on sees the same items.
    ///
    /// ```
    /// use burn::data::dataloader::DataLoader;
    /// # use burn::data::dataloader::batcher::Batcher;
    /// # use burn::data::dataset::InMemDataset;
    /// # use burn::tensor::Device;
    /// # use burn_extras::train::EpochLoader;
    /// # struct Numbers;
    /// # impl Batcher<u64, Vec<u64>> for Numbers {
    /// #     fn batch(&self, items: Vec<u64>, _device: &Device) -> Vec<u64> {
    /// #         items
    /// #     }
    /// # }
    ///
    /// let noisy = || {
    ///     let dataset = InMemDataset::new(vec![100, 200, 300]);
    ///     EpochLoader::new(dataset, Numbers, 3, 42).with_augmentation(|item, seed| item + seed % 10)
    /// };
    /// let whole = noisy();
    /// let [first, second] = [(); 2].map(|_| whole.iter().next().unwrap().unwrap());
    /// assert_ne!(first, second);
    /// assert_eq!(noisy().with_next_epoch(2).iter().next().unwrap().unwrap(), second);
    /// ```
    pub fn with_augmentation(self, augment: impl Fn(I, u64) -> I + Send + Sync + 'static) -> Self {
        Self {
            augment: Some(Arc::new(augment)),
            ..self
        }
    }

    /// The same with so many threads that make batches ahead of the training, two each; 0, the default, makes each
    /// batch when it is asked for. The batches are the same, unless the batcher draws numbers from the device.
    pub fn with_workers(self, workers: usize) -> Self {
        Self { workers, ..self }
    }

    fn with(&self, dataset: Arc<dyn Dataset<I>>, device: Device) -> Self {
        Self {
            dataset,
            batcher: self.batcher.clone(),
            augment: self.augment.clone(),
            batch_size: self.batch_size,
            seed: self.seed,
            workers: self.workers,
            device,
            epoch: AtomicUsize::new(self.epoch.load(Ordering::SeqCst)),
        }
    }
}

impl<I, O> DataLoader<O> for EpochLoader<I, O>
where
    I: Clone + Send + Sync + 'static,
    O: Send + 'static,
{
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<O> + 'a> {
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) as u64;
        // An odd factor sends different epochs of one seed to different seeds.
        let seed = self.seed ^ epoch.wrapping_mul(splitmix::GOLDEN);
        self.device.seed(seed);
        let epoch = Arc::new(Epoch {
            items: ShuffledDataset::new(self.dataset.clone(), seed),
            batcher: self.batcher.clone(),
            augment: self.augment.clone(),
            batch_size: self.batch_size,
            seed: splitmix::number(self.seed, epoch),
            device: self.device.clone(),
        });
        let count = epoch.len();
        let of_batches = epoch.clone();
        let batch = move |index| of_batches.batch(index);
        let batches: Box<dyn Iterator<Item = Batch<O>>> = match self.workers {
            0 => Box::new((0..count).map(batch)),
            workers => Box::new(Ahead::new(workers, count, batch)),
        };
        Box::new(Batches {
            batches,
            epoch,
            done: 0,
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

type Batch<O> = Result<O, DatasetError>;

/// What a pass goes over.
struct Epoch<I: Clone + Send + Sync, O> {
    items: ShuffledDataset<Arc<dyn Dataset<I>>, I>,
    batcher: Arc<dyn Batcher<I, O>>,
    augment: Option<Augment<I>>,
    batch_size: usize,
    /// That of the items' own.
    seed: u64,
    device: Device,
}

impl<I: Clone + Send + Sync, O> Epoch<I, O> {
    /// How many batches it has.
    fn len(&self) -> usize {
        self.items.len().div_ceil(self.batch_size)
    }

    /// The places of a batch's items.
    fn places(&self, index: usize) -> Range<usize> {
        let start = index * self.batch_size;
        start..self.items.len().min(start.saturating_add(self.batch_size))
    }

    fn batch(&self, index: usize) -> Batch<O> {
        let places = self.places(index);
        let mut items = self.items.get_many(places.clone().collect())?;
        if let Some(augment) = &self.augment {
            let each = items.into_iter().zip(places);
            items = each
                .map(|(item, place)| augment(item, splitmix::number(self.seed, place as u64)))
                .collect();
        }
        Ok(self.batcher.batch(items, &self.device))
    }
}

/// One pass over the items.
struct Batches<I: Clone + Send + Sync, O> {
    batches: Box<dyn Iterator<Item = Batch<O>>>,
    epoch: Arc<Epoch<I, O>>,
    /// Batches that are over.
    done: usize,
}

impl<I: Clone + Send + Sync, O> Iterator for Batches<I, O> {
    type Item = Batch<O>;

    fn next(&mut self) -> Option<Batch<O>> {
        let batch = self.batches.next()?;
        self.done += 1;
        Some(batch)
    }
}

impl<I: Clone + Send + Sync, O> DataLoaderIterator<O> for Batches<I, O> {
    fn progress(&self) -> Progress {
        let items = self.epoch.items.len();
        let done = self.epoch.batch_size.saturating_mul(self.done).min(items);
        Progress::new(done, items, Some("items".into()))
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
    fn workers_make_the_same_batches() {
        for (workers, batch_size) in [(1, 5), (3, 5), (4, 1), (2, 23), (9, 24)] {
            let [alone, helped] = [0, workers].map(|workers| {
                loader(batch_size, 7)
                    .with_augmentation(|item, seed| item + 100 * (seed % 1000) as usize)
                    .with_workers(workers)
            });
            for _ in 0..3 {
                assert_eq!(pass(&alone), pass(&helped), "{workers} and {batch_size}");
            }
            // One that is not gone over to its end leaves no thread behind, and the next epoch is whole.
            helped.iter().next();
            alone.iter().next();
            assert_eq!(pass(&alone), pass(&helped));
        }
    }

    #[test]
    #[should_panic(expected = "no such item")]
    fn what_ends_a_worker_ends_the_pass() {
        let broken = loader(5, 7).with_augmentation(|item, _| match item {
            11 => panic!("no such item"),
            item => item,
        });
        pass(&broken.with_workers(2));
    }

    #[test]
    fn every_item_of_every_epoch_has_a_seed_of_its_own() {
        let seeds = |loader: EpochLoader<usize, Vec<usize>>| {
            let loader = loader.with_augmentation(|_, seed| seed as usize);
            [pass(&loader).concat(), pass(&loader).concat()].concat()
        };
        for seed in [7, 0] {
            let all: std::collections::HashSet<_> = seeds(loader(5, seed)).into_iter().collect();
            assert_eq!(all.len(), 2 * 23);
        }
        // They do not hang on the size of the batches.
        assert_eq!(seeds(loader(5, 7)), seeds(loader(7, 7)));
    }

    #[test]
    fn a_pass_says_how_far_it_is() {
        for workers in [0, 2] {
            let loader = loader(5, 7).with_workers(workers);
            let mut batches = loader.iter();
            batches.next();
            assert_eq!(batches.progress().items_processed, 5);
            for _ in batches.by_ref() {}
            assert_eq!(batches.progress().items_processed, 23);
        }
    }

    #[test]
    #[should_panic(expected = "EpochLoader: batch_size must be at least 1, got 0")]
    fn refuses_empty_batches() {
        loader(0, 1);
    }
}
