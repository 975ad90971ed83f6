use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

/// How many results each thread has ready.
const READY: usize = 2;

/// What a function makes of the numbers below an end, in their order, computed by threads before it is asked for.
///
/// The threads end with it.
pub struct Ahead<T> {
    workers: Vec<Worker<T>>,
    next: usize,
    end: usize,
}

struct Worker<T> {
    results: Receiver<T>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Ahead<T> {
    /// `workers` threads, of which each takes every `workers`-th number.
    pub fn new(
        workers: usize,
        end: usize,
        make: impl Fn(usize) -> T + Send + Sync + 'static,
    ) -> Self {
        let make = Arc::new(make);
        let workers = workers.min(end);
        let worker = |first: usize| {
            let make = make.clone();
            let (sender, results) = sync_channel(READY);
            let thread = thread::spawn(move || {
                for number in (first..end).step_by(workers) {
                    // Nobody waits for it any more.
                    if sender.send(make(number)).is_err() {
                        break;
                    }
                }
            });
            Worker {
                results,
                thread: Some(thread),
            }
        };
        Self {
            workers: (0..workers).map(worker).collect(),
            next: 0,
            end,
        }
    }
}

impl<T> Iterator for Ahead<T> {
    type Item = T;

    /// # Panics
    ///
    /// As the function did.
    fn next(&mut self) -> Option<T> {
        if self.next == self.end {
            return None;
        }
        let index = self.next % self.workers.len();
        let worker = &mut self.workers[index];
        match worker.results.recv() {
            Ok(result) => {
                self.next += 1;
                Some(result)
            }
            Err(_) => {
                self.next = self.end;
                match worker.thread.take()?.join() {
                    Ok(()) => None,
                    Err(panic) => resume_unwind(panic),
                }
            }
        }
    }
}
