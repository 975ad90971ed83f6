use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::tensor::Device;

/// The CPU with its random numbers started at `seed`.
///
/// The whole process shares them: whoever draws, and be it to throw it away, takes its turn.
pub fn cpu(seed: u64) -> (Device, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::new(());
    let guard = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let device = Device::flex();
    device.seed(seed);
    (device, guard)
}
