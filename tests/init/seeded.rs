use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::tensor::Device;

/// The CPU with its random numbers started at `seed`.
///
/// They are the same for the whole process: nobody else may draw while the guard is there.
pub fn cpu(seed: u64) -> (Device, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::new(());
    let guard = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let device = Device::flex();
    device.seed(seed);
    (device, guard)
}
