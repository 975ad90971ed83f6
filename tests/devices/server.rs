//! The example `serve` as a process beside the test.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A server on a port of this machine that was free, for as long as the test's process is there.
pub struct Server {
    child: Child,
    /// `ws://127.0.0.1:PORT`.
    pub url: String,
    /// What it said when it started.
    pub said: Vec<String>,
}

impl Server {
    pub fn start(args: &[&str]) -> Self {
        let mut child = Command::new(program())
            .args(["--device", "flex", "--listen", "127.0.0.1:0", "--until-eof"])
            .args(args)
            .env_remove("BURN_EXTRAS_TOKEN")
            // It ends when this end of the pipe is closed, and so with the test at the latest.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the example starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut said = Vec::new();
        let mut lines = BufReader::new(stdout).lines();
        let url = loop {
            let line = lines.next().expect("it says where it serves").unwrap();
            let url = line.strip_prefix("serving on ").map(str::to_string);
            said.push(line);
            if let Some(url) = url {
                break url;
            }
        };
        // Its log is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url, said }
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is a child");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let name = format!("serve{}", std::env::consts::EXE_SUFFIX);
    let program = profile.join("examples").join(name);
    assert!(
        program.exists(),
        "no {}: run `cargo test`, or `cargo build --examples --features remote` first",
        program.display()
    );
    program
}
