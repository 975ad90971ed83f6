use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::print::warn;

/// How long something may take before a line says what it is, and how often.
const PATIENCE: Duration = Duration::from_secs(4);

/// While it lives, says on stderr what the program waits for, if that takes long.
pub struct Waiting {
    _alive: Sender<()>,
}

impl Waiting {
    pub fn new(line: impl Fn() -> String + Send + 'static) -> Self {
        let (alive, ended) = mpsc::channel();
        thread::spawn(move || {
            while ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                warn(line());
            }
        });
        Self { _alive: alive }
    }
}

/// While it lives, says on stderr how far some work on images has come, if that takes long.
pub struct Progress {
    done: Arc<AtomicUsize>,
    _waiting: Waiting,
}

impl Progress {
    pub fn new(what: impl Into<String>, images: usize) -> Self {
        let (what, started) = (what.into(), Instant::now());
        let done: Arc<AtomicUsize> = Arc::default();
        let seen = done.clone();
        let waiting = Waiting::new(move || {
            let done = seen.load(Ordering::Relaxed);
            let why = match done {
                0 => "; a GPU compiles its kernels first",
                _ => "",
            };
            let seconds = started.elapsed().as_secs_f64();
            format!("{what}: {done} of {images} images, {seconds:.0} s{why}")
        });
        Self {
            done,
            _waiting: waiting,
        }
    }

    pub fn set(&self, done: usize) {
        self.done.store(done, Ordering::Relaxed);
    }
}
