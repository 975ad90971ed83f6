//! The C library's own functions, behind those of this library.

use std::ffi::{CStr, CString};
use std::sync::OnceLock;

use libc::{c_char, c_int, c_void, iovec, mode_t, off_t, size_t, ssize_t};

/// Declares functions that are looked up behind this library, once.
macro_rules! real {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        /// # Safety
        ///
        /// As for the C library's function of that name.
        pub unsafe fn $name($($argument: $type),*) -> $result {
            type Function = unsafe extern "C" fn($($type),*) -> $result;
            static FOUND: OnceLock<Function> = OnceLock::new();
            let function = FOUND.get_or_init(|| {
                let name = CString::new(stringify!($name)).expect("a name without zeros");
                let found = next(&name);
                assert!(!found.is_null(), concat!("no ", stringify!($name)));
                // SAFETY: it is the C library's function of this name, whose type is declared below; on Linux
                // one with `...` at its end is called as one with the argument that stands for it here.
                unsafe { std::mem::transmute::<*mut c_void, Function>(found) }
            });
            // SAFETY: the caller sees to it.
            unsafe { function($($argument),*) }
        }
    )*};
}

real! {
    open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int;
    openat(folder: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int;
    close(descriptor: c_int) -> c_int;
    write(descriptor: c_int, bytes: *const c_void, count: size_t) -> ssize_t;
    pwrite(descriptor: c_int, bytes: *const c_void, count: size_t, offset: off_t) -> ssize_t;
    writev(descriptor: c_int, parts: *const iovec, count: c_int) -> ssize_t;
    fsync(descriptor: c_int) -> c_int;
    fdatasync(descriptor: c_int) -> c_int;
    ftruncate(descriptor: c_int, length: off_t) -> c_int;
    rename(from: *const c_char, to: *const c_char) -> c_int;
    link(from: *const c_char, to: *const c_char) -> c_int;
    unlink(path: *const c_char) -> c_int;
    rmdir(path: *const c_char) -> c_int;
    mkdir(path: *const c_char, mode: mode_t) -> c_int;
}

fn next(name: &CStr) -> *mut c_void {
    // SAFETY: the name ends with a zero, and the handle is one of those that there are.
    unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) }
}

/// Opens the file that the operations are logged in.
pub fn log(path: &str) -> Option<c_int> {
    let path = CString::new(path).ok()?;
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND | libc::O_CLOEXEC;
    // SAFETY: the path ends with a zero.
    let log = unsafe { open(path.as_ptr(), flags, 0o644) };
    (log >= 0).then_some(log)
}

pub fn append(log: c_int, line: &[u8]) {
    // SAFETY: the bytes are there, as many as are said. Nobody minds a line that is lost.
    unsafe { write(log, line.as_ptr().cast(), line.len()) };
}

/// Ends the program at once, without a destructor or a flush.
pub fn die() -> ! {
    // SAFETY: a signal that cannot be handled, sent to the program itself.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    std::process::abort();
}

/// What a function of the C library returns when the disk is full.
pub fn full() -> c_int {
    // SAFETY: the thread's own number of its last error.
    unsafe { *libc::__errno_location() = libc::ENOSPC };
    -1
}
