use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

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
                eprintln!("{}", line());
            }
        });
        Self { _alive: alive }
    }

    /// What happens when a device is first given work of a new kind.
    pub fn for_kernels(what: &'static str) -> Self {
        Self::new(move || format!("{what}: the device compiles kernels that it has not run before"))
    }
}
