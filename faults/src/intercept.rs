//! The functions that stand in the place of the C library's.

use std::ffi::CStr;

use libc::{c_char, c_int, c_void, iovec, mode_t, off_t, size_t, ssize_t};

use crate::plan::{self, Fate};
use crate::{descriptors, real};

/// The path of a call.
///
/// # Safety
///
/// It ends with a zero, and is there as long as the call.
unsafe fn text<'a>(path: *const c_char) -> &'a CStr {
    // SAFETY: the caller sees to it.
    unsafe { CStr::from_ptr(path) }
}

/// What becomes of an operation on a path: nothing out of the ordinary on one that does not count.
fn at_path(operation: &str, path: &CStr) -> Fate {
    match plan::counts(path) {
        true => plan::reach(operation, path.to_bytes()),
        false => Fate::Done,
    }
}

fn at_descriptor(operation: &str, descriptor: c_int) -> Fate {
    match descriptors::counts(descriptor) {
        true => plan::reach(operation, b""),
        false => Fate::Done,
    }
}

/// Opens a file, and remembers whether it counts. To open one for reading changes nothing.
fn opened(path: &CStr, flags: c_int, open: impl FnOnce() -> c_int) -> c_int {
    let changes = flags & (libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC) != 0;
    if changes {
        match at_path("open", path) {
            Fate::Done => {}
            Fate::Torn => real::die(),
            Fate::Full => return real::full(),
        }
    }
    let descriptor = open();
    descriptors::set(descriptor, plan::counts(path));
    descriptor
}

/// Declares stand-ins for operations that are done or not: half of one is none.
macro_rules! whole {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty { $fate:expr })*) => {$(
        /// # Safety
        ///
        /// As for the C library's function of that name.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> $result {
            match $fate {
                // SAFETY: the arguments are those of the caller.
                Fate::Done => unsafe { real::$name($($argument),*) },
                Fate::Torn => real::die(),
                Fate::Full => real::full(),
            }
        }
    )*};
}

// SAFETY of `text` in these: a path that is given to the C library ends with a zero.
whole! {
    fsync(descriptor: c_int) -> c_int { at_descriptor("fsync", descriptor) }
    fdatasync(descriptor: c_int) -> c_int { at_descriptor("fdatasync", descriptor) }
    ftruncate(descriptor: c_int, length: off_t) -> c_int { at_descriptor("ftruncate", descriptor) }
    rename(from: *const c_char, to: *const c_char) -> c_int {
        // SAFETY: see above.
        at_path("rename", unsafe { text(to) })
    }
    link(from: *const c_char, to: *const c_char) -> c_int {
        // SAFETY: see above.
        at_path("link", unsafe { text(to) })
    }
    unlink(path: *const c_char) -> c_int {
        // SAFETY: see above.
        at_path("unlink", unsafe { text(path) })
    }
    rmdir(path: *const c_char) -> c_int {
        // SAFETY: see above.
        at_path("rmdir", unsafe { text(path) })
    }
    mkdir(path: *const c_char, mode: mode_t) -> c_int {
        // SAFETY: see above.
        at_path("mkdir", unsafe { text(path) })
    }
}

/// Declares stand-ins for the functions that open files: those with `64` in their names are, where a number
/// has 64 bits, the same.
macro_rules! open {
    ($($name:ident, $at:ident;)*) => {$(
        /// # Safety
        ///
        /// As for the C library's function of that name.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
            // SAFETY: the arguments are those of the caller; the last is looked at where it is given.
            opened(unsafe { text(path) }, flags, || unsafe {
                real::open(path, flags | libc::O_LARGEFILE, mode)
            })
        }

        /// # Safety
        ///
        /// As for the C library's function of that name.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $at(
            folder: c_int,
            path: *const c_char,
            flags: c_int,
            mode: mode_t,
        ) -> c_int {
            // SAFETY: as above.
            opened(unsafe { text(path) }, flags, || unsafe {
                real::openat(folder, path, flags | libc::O_LARGEFILE, mode)
            })
        }
    )*};
}

open! {
    open, openat;
    open64, openat64;
}

/// # Safety
///
/// As for the C library's function of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ftruncate64(descriptor: c_int, length: off_t) -> c_int {
    // SAFETY: the arguments are those of the caller.
    unsafe { ftruncate(descriptor, length) }
}

/// # Safety
///
/// As for the C library's function of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn close(descriptor: c_int) -> c_int {
    descriptors::set(descriptor, false);
    // SAFETY: the argument is that of the caller.
    unsafe { real::close(descriptor) }
}

/// Writes all of what is given, `count` of it, or half and no more.
fn written<C>(descriptor: c_int, count: C, half: C, write: impl Fn(C) -> ssize_t) -> ssize_t {
    match at_descriptor("write", descriptor) {
        Fate::Done => write(count),
        Fate::Torn => {
            write(half);
            real::die()
        }
        Fate::Full => real::full() as ssize_t,
    }
}

/// # Safety
///
/// As for the C library's function of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(descriptor: c_int, bytes: *const c_void, count: size_t) -> ssize_t {
    written(descriptor, count, count / 2, |count| {
        // SAFETY: the arguments are those of the caller, and half as many bytes are there too.
        unsafe { real::write(descriptor, bytes, count) }
    })
}

/// # Safety
///
/// As for the C library's function of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(
    descriptor: c_int,
    bytes: *const c_void,
    count: size_t,
    offset: off_t,
) -> ssize_t {
    written(descriptor, count, count / 2, |count| {
        // SAFETY: as above.
        unsafe { real::pwrite(descriptor, bytes, count, offset) }
    })
}

/// # Safety
///
/// As for the C library's function of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn writev(descriptor: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    written(descriptor, count, count / 2, |count| {
        // SAFETY: as above, with parts.
        unsafe { real::writev(descriptor, parts, count) }
    })
}
