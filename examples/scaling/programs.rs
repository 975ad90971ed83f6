//! The examples that are measured, as processes.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::problem::Problem;

/// An example beside this one.
pub fn command(name: &str) -> Result<Command, Problem> {
    let own = std::env::current_exe().map_err(|error| Problem(error.to_string()))?;
    let program: PathBuf = own.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    match program.exists() {
        true => Ok(Command::new(program)),
        false => Err(Problem(format!(
            "no {}: run cargo build --release --features remote --examples first",
            program.display()
        ))),
    }
}

/// A server of this machine, for as long as this lives.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    pub fn start() -> Result<Self, Problem> {
        let problem = |error: std::io::Error| Problem(format!("serve: {error}"));
        let mut child = command("serve")?
            .args(["--device", "flex", "--listen", "127.0.0.1:0", "--until-eof"])
            .env_remove("BURN_EXTRAS_TOKEN")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(problem)?;
        let stdout = child.stdout.take();
        let mut lines = BufReader::new(stdout.expect("a pipe")).lines();
        let url = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let url = line.strip_prefix("serving on ");
            url.map(str::to_string)
        });
        // Its log is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        match url {
            Some(url) => Ok(Self { child, url }),
            None => Err(Problem("serve did not start".into())),
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
