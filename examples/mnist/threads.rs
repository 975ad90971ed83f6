use crate::config::RunConfig;
use crate::problem::Problem;

/// How many multiplications a batch takes on its way through the network for a second thread to be
/// worth its waking: below it the operations are over before the thread has come. At 784-150-150-150-150-10
/// and batches of 100 one thread is as fast as two.
const WORTH_SHARING: usize = 15_000_000;

/// Trains on a thread of a pool that shares out the CPU's work: from outside of one, every operation
/// would wait until a sleeping thread has been woken. A small network has a pool of one thread.
///
/// The pool is not the global one, which stays free for the metrics' thread: if both had one pool of a
/// single thread, each would wait for the other.
pub fn in_pool<T: Send>(
    config: &RunConfig,
    train: impl FnOnce() -> Result<T, Problem> + Send,
) -> Result<T, Problem> {
    let parameters = config.network().num_params().unwrap_or(usize::MAX);
    let threads = match parameters.saturating_mul(config.batch_size) < WORTH_SHARING {
        true => 1,
        false => rayon::current_num_threads(),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Problem(format!("{threads} threads: {error}")))?;
    pool.install(train)
}
