use std::fmt::Display;
use std::io::Write;

/// Prints a line, and ends the program where nobody reads on: `mnist --list | head -1`.
pub fn say(line: impl Display) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}
