use std::panic::{self, AssertUnwindSafe, catch_unwind};

/// `f`'s value, or `None` if it panics, with nothing printed: for code of others that panics at what it
/// does not expect.
pub fn quietly<T>(f: impl FnOnce() -> T) -> Option<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let value = catch_unwind(AssertUnwindSafe(f)).ok();
    panic::set_hook(hook);
    value
}
