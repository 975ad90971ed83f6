use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use burn::train::Interrupter;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::print::warn;
use crate::terminal::Terminal;

/// How soon a signal is seen: far faster than an epoch, far slower than a step.
const TICK: Duration = Duration::from_millis(50);

/// A signal that asks the program to end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal(usize);

impl Signal {
    /// The exit status of a program that ends by it: 128 and its number, as shells have it.
    pub fn exit_status(self) -> u8 {
        128 + self.0 as u8
    }
}

impl std::fmt::Display for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0 == SIGINT as usize {
            "SIGINT"
        } else {
            "SIGTERM"
        })
    }
}

/// The first signal, if there was one.
#[derive(Clone, Default)]
pub struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// Watches for SIGINT, which is Ctrl-C, and SIGTERM until the program ends: the first stops the
    /// training, a second one ends the program at once.
    ///
    /// With a `dashboard`, which takes every key for itself, Ctrl-C is made a signal again.
    pub fn watch(interrupter: Interrupter, dashboard: Option<Terminal>) -> io::Result<Self> {
        let raised = Arc::new(AtomicUsize::new(0));
        for signal in [SIGINT, SIGTERM] {
            flag::register_usize(signal, raised.clone(), signal as usize)?;
        }
        let signals = Self::default();
        let Self(first) = signals.clone();
        let watch = move || {
            loop {
                if let Some(dashboard) = &dashboard {
                    dashboard.let_interrupts_through();
                }
                match raised.swap(0, Ordering::SeqCst) {
                    0 => {}
                    signal if first.load(Ordering::SeqCst) == 0 => {
                        first.store(signal, Ordering::SeqCst);
                        interrupter.stop(None);
                    }
                    signal => {
                        if let Some(dashboard) = &dashboard {
                            dashboard.restore();
                        }
                        let signal = Signal(signal);
                        warn(format_args!("ended at once by a second signal, {signal}"));
                        std::process::exit(signal.exit_status().into());
                    }
                }
                std::thread::sleep(TICK);
            }
        };
        std::thread::Builder::new()
            .name("signals".into())
            .spawn(watch)?;
        Ok(signals)
    }

    pub fn first(&self) -> Option<Signal> {
        match self.0.load(Ordering::SeqCst) {
            0 => None,
            signal => Some(Signal(signal)),
        }
    }
}
