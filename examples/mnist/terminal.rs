#[cfg(unix)]
pub use unix::Terminal;

#[cfg(not(unix))]
pub use other::Terminal;

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::Write;

    use rustix::termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };

    /// Stands in the place of a key that shall do nothing.
    const NO_KEY: u8 = if cfg!(target_os = "linux") { 0 } else { 0xff };

    /// The terminal that the dashboard is about to take.
    #[derive(Debug)]
    pub struct Terminal {
        tty: File,
        before: Termios,
    }

    impl Terminal {
        /// The terminal as it is now; `None` where there is none.
        pub fn open() -> Option<Self> {
            let tty = File::options()
                .read(true)
                .write(true)
                .open("/dev/tty")
                .ok()?;
            let before = tcgetattr(&tty).ok()?;
            Some(Self { tty, before })
        }

        /// Makes Ctrl-C a signal again where raw mode has made it a key like any other.
        pub fn let_interrupts_through(&self) {
            let Ok(mut modes) = tcgetattr(&self.tty) else {
                return;
            };
            if modes
                .local_modes
                .intersects(LocalModes::ICANON | LocalModes::ISIG)
            {
                return;
            }
            modes.local_modes |= LocalModes::ISIG;
            // These would leave the screen to the shell as it is.
            modes.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
            modes.special_codes[SpecialCodeIndex::VQUIT] = NO_KEY;
            // Where it fails, q still stops the training.
            let _ = tcsetattr(&self.tty, OptionalActions::Now, &modes);
        }

        /// Gives the terminal back as it was: no raw mode, no mouse, the main screen, a cursor.
        pub fn restore(&self) {
            let _ = tcsetattr(&self.tty, OptionalActions::Now, &self.before);
            let _ = (&self.tty).write_all(
                b"\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1049l\x1b[?25h",
            );
        }

        /// Shows the cursor, which a dashboard that panics leaves hidden.
        pub fn show_cursor(&self) {
            let _ = (&self.tty).write_all(b"\x1b[?25h");
        }
    }
}

/// Elsewhere the dashboard's own keys have to do.
#[cfg(not(unix))]
mod other {
    #[derive(Debug)]
    pub struct Terminal;

    impl Terminal {
        pub fn open() -> Option<Self> {
            None
        }

        pub fn let_interrupts_through(&self) {}

        pub fn restore(&self) {}

        pub fn show_cursor(&self) {}
    }
}
