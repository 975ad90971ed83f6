//! Everything that is printed. What nobody can read any more is lost, and the work goes on.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::sync::OnceLock;

/// Why standard output takes nothing any more.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Prints a line, unless an earlier one could not be printed.
pub fn say(line: impl Display) {
    if LOST.get().is_some() {
        return;
    }
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) {
        // Another thread's reason is as good.
        let _ = LOST.set(error);
    }
}

/// Says a line on stderr; where that is lost too, there is nobody to tell.
pub fn warn(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Why a part of what was to be printed is lost, if it is.
pub fn lost() -> Option<&'static io::Error> {
    LOST.get()
}

/// The same for what is only there to be read: a reader who has seen enough, `mnist --list | head -1`,
/// misses nothing.
pub fn missed() -> Option<&'static io::Error> {
    lost().filter(|error| error.kind() != ErrorKind::BrokenPipe)
}
