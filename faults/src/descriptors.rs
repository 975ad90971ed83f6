//! Which descriptors belong to files that count.

use std::sync::atomic::{AtomicBool, Ordering};

use libc::c_int;

const MOST: usize = 4096;

static COUNTED: [AtomicBool; MOST] = [const { AtomicBool::new(false) }; MOST];

pub fn set(descriptor: c_int, counts: bool) {
    if let Some(counted) = usize::try_from(descriptor)
        .ok()
        .and_then(|it| COUNTED.get(it))
    {
        counted.store(counts, Ordering::SeqCst);
    }
}

pub fn counts(descriptor: c_int) -> bool {
    let counted = usize::try_from(descriptor)
        .ok()
        .and_then(|it| COUNTED.get(it));
    counted.is_some_and(|it| it.load(Ordering::SeqCst))
}
