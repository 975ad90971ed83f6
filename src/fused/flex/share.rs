//! Work that more threads join where there is enough of it.

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How much work must be left for more threads to be worth waking: that takes them 20 to 50
/// microseconds when they sleep, and a few when they are still awake.
const WORTH_WAKING: Duration = Duration::from_micros(20);

/// How long the first thread waits awake for the others: falling asleep itself would cost it as much.
const WAIT: Duration = Duration::from_micros(50);

/// Does the work for each item: on this thread, and once it shows how long an item takes and that
/// enough are left, on the others of rayon's pool too.
///
/// How much work is enough cannot be told from the number of items: formulas differ by a factor of
/// fifty in time, and so does memory that is cached from memory that is fresh.
pub(crate) fn share<I>(mut items: I, work: impl Fn(I::Item) + Sync)
where
    I: ExactSizeIterator,
    I::Item: Send,
{
    if items.len() < 2 {
        return items.for_each(work);
    }
    let (start, all) = (Instant::now(), items.len());
    while let Some(item) = items.next() {
        work(item);
        let done = all - items.len();
        if start.elapsed() * items.len() as u32 / done as u32 > WORTH_WAKING {
            return among_threads(items, work);
        }
    }
}

/// Each thread has a stretch of its own, the same one whenever as many items are shared: what it wrote
/// last time may still be in the cache of its core. A thread that is done takes from the ends of the others'.
fn among_threads<I>(mut items: I, work: impl Fn(I::Item) + Sync)
where
    I: ExactSizeIterator,
    I::Item: Send,
{
    let threads = items.len().min(rayon::current_num_threads());
    let len = items.len().div_ceil(threads);
    let stretches: Vec<_> = (0..threads)
        .map(|_| Mutex::new(items.by_ref().take(len).collect::<VecDeque<_>>()))
        .collect();
    let take = |stretch: usize, own: bool| {
        let items = stretches[stretch].lock();
        let mut items = items.unwrap_or_else(PoisonError::into_inner);
        if own {
            items.pop_front()
        } else {
            items.pop_back()
        }
    };
    let work = |thread: usize| {
        for other in 0..threads {
            while let Some(item) = take((thread + other) % threads, other == 0) {
                work(item);
            }
        }
    };
    let arrived = AtomicUsize::new(0);
    rayon::in_place_scope(|scope| {
        for thread in 1..threads {
            let (work, arrived) = (&work, &arrived);
            scope.spawn(move |_| {
                work(thread);
                arrived.fetch_add(1, Ordering::Relaxed);
            });
        }
        work(0);
        // The end of the scope waits for the helpers: one of rayon's own threads does other work
        // meanwhile, any other falls asleep unless they are there already.
        let start = Instant::now();
        while rayon::current_thread_index().is_none()
            && arrived.load(Ordering::Relaxed) < threads - 1
            && start.elapsed() < WAIT
        {
            core::hint::spin_loop();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_worked_on_once_however_long_it_takes() {
        for (items, each) in [
            (0, Duration::ZERO),
            (1, WORTH_WAKING),
            (5000, Duration::ZERO),
            (200, WORTH_WAKING / 10),
        ] {
            let counts: Vec<_> = (0..items).map(|_| AtomicUsize::new(0)).collect();
            share(counts.iter(), |count| {
                let start = Instant::now();
                count.fetch_add(1, Ordering::Relaxed);
                while start.elapsed() < each {}
            });
            assert!(
                counts
                    .iter()
                    .all(|count| count.load(Ordering::Relaxed) == 1)
            );
        }
    }
}
