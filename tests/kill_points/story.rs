//! What a run does while something happens to it.

use std::fs;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::fault::{Fault, Kind, prepare};
use crate::fixture::{Content, Fixture, content, printed};
use crate::folder::{copy, differences};

/// A small run, and a smaller one that it takes the place of.
const NEW: [&str; 6] = ["--hidden", "4,3", "--epochs", "3", "--batch-size", "25"];
const OLD: [&str; 6] = ["--hidden", "5", "--epochs", "2", "--batch-size", "25"];

/// A run from some state of its folder on.
pub struct Story<'a> {
    pub name: &'static str,
    /// What it does to files, one after the other.
    pub operations: Vec<String>,
    fixture: &'a Fixture,
    /// The folder before it.
    before: TempDir,
    args: Vec<String>,
    /// What goes on with it when it is killed.
    resume: Vec<String>,
    /// The folder after it, if nothing happens.
    after: Content,
    /// What was there before, in a folder that it takes over.
    old: Option<Content>,
    /// Whether it has a checkpoint from the beginning.
    is_resumed: bool,
}

/// A new run, one in the folder of an old one, one that goes on, and one that is made longer.
pub fn stories<'a>(fixture: &'a Fixture, settings: &[&str]) -> Vec<Story<'a>> {
    let new = [&NEW[..], settings].concat();
    let empty = tempfile::tempdir().unwrap();
    let first = Story::new("new", fixture, empty, &new, &["--resume"]);

    let old = tempfile::tempdir().unwrap();
    printed(&first.run(old.path(), &OLD, None));
    let old_content = content(old.path());
    let mut over = Story::new("over", fixture, old, &new, &["--resume"]);
    over.old = Some(old_content);

    // Killed when it begins to save its second epoch.
    let stopped = tempfile::tempdir().unwrap();
    let begins = |operation: &String| operation.ends_with("model-2.bpk.tmp");
    let at = first.operations.iter().position(begins).unwrap() + 1;
    let kind = Kind::Kill;
    first.run(stopped.path(), &new, Some(&Fault { at, kind }));
    let mut resumed = Story::new("resumed", fixture, stopped, &["--resume"], &["--resume"]);
    resumed.is_resumed = true;
    let differing = differences(&resumed.after, &first.after);
    assert!(differing.is_empty(), "resumed as such: {differing:?}");

    let finished = tempfile::tempdir().unwrap();
    printed(&first.run(finished.path(), &new, None));
    let more = ["--resume", "--epochs", "4"];
    let mut longer = Story::new("longer", fixture, finished, &more, &more);
    longer.is_resumed = true;
    vec![first, over, resumed, longer]
}

impl<'a> Story<'a> {
    fn new(
        name: &'static str,
        fixture: &'a Fixture,
        before: TempDir,
        args: &[&str],
        resume: &[&str],
    ) -> Self {
        let owned = |args: &[&str]| args.iter().map(ToString::to_string).collect();
        let mut story = Self {
            name,
            operations: Vec::new(),
            fixture,
            before,
            args: owned(args),
            resume: owned(resume),
            after: Content::new(),
            old: None,
            is_resumed: false,
        };
        let root = tempfile::tempdir().unwrap();
        let out = story.place(root.path());
        let mut command = story.command(&out, args);
        let log = root.path().join("log");
        prepare(&mut command, &out, &log, None);
        printed(&command.output().unwrap());
        let text = fs::read_to_string(log).unwrap();
        story.operations = text.lines().map(ToString::to_string).collect();
        story.after = content(&out);
        story
    }

    /// All that can happen to it.
    pub fn faults(&self) -> Vec<Fault> {
        let operations = self.operations.iter().enumerate();
        let faults = operations.flat_map(|(index, operation)| {
            let fault = move |kind| Fault {
                at: index + 1,
                kind,
            };
            let torn = operation.starts_with("write").then_some(Kind::Tear);
            let kinds = [Some(Kind::Kill), torn, Some(Kind::Full)];
            kinds.into_iter().flatten().map(fault)
        });
        faults.collect()
    }

    /// Lets a fault happen, resumes the run, and compares what it comes to.
    pub fn survives(&self, fault: &Fault) -> Result<(), String> {
        let root = tempfile::tempdir().unwrap();
        let out = self.place(root.path());
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        let output = self.run(&out, &args, Some(fault));
        match fault.kind {
            Kind::Full => is_refusal(&output).map_err(|why| format!("full: {why}"))?,
            _ if output.status.code().is_none() => {}
            _ => return Err(format!("not killed, {}", output.status)),
        }
        let has_checkpoint = fs::read_dir(out.join("checkpoint")).is_ok_and(|files| {
            let mut names = files.flatten().map(|file| file.file_name());
            names.any(|it| it.to_string_lossy().starts_with("epoch-") && !is_unfinished(&it))
        });
        let resume: Vec<&str> = self.resume.iter().map(String::as_str).collect();
        let resumed = self.run(&out, &resume, None);
        let came_to = || content(&out);
        if resumed.status.success() {
            let differing = differences(&came_to(), &self.after);
            if differing.is_empty() {
                return Ok(());
            }
            // Some of its checkpoints may be gone.
            let is_old = |old: &Content| {
                let differing = differences(&came_to(), old);
                differing.iter().all(|it| it.starts_with("checkpoint/"))
            };
            if !self.old.as_ref().is_some_and(is_old) {
                return Err(format!("resumed, and other: {differing:?}"));
            }
        } else {
            is_refusal(&resumed).map_err(|why| format!("not resumed: {why}"))?;
            if self.is_resumed || has_checkpoint {
                let stderr = String::from_utf8_lossy(&resumed.stderr);
                return Err(format!("there is a checkpoint, but {stderr}"));
            }
        }
        // Nothing of it was there yet: it is started again.
        let again = self.run(&out, &args, None);
        if !again.status.success() {
            let stderr = String::from_utf8_lossy(&again.stderr);
            return Err(format!("not started again: {stderr}"));
        }
        match differences(&came_to(), &self.after).as_slice() {
            [] => Ok(()),
            differing => Err(format!("started again, and other: {differing:?}")),
        }
    }

    /// The folder as it was before, in another place.
    fn place(&self, root: &Path) -> std::path::PathBuf {
        let out = root.join("out");
        let is_empty = fs::read_dir(self.before.path()).unwrap().next().is_none();
        if !is_empty {
            copy(self.before.path(), &out);
        }
        out
    }

    fn run(&self, out: &Path, args: &[&str], fault: Option<&Fault>) -> Output {
        let mut command = self.command(out, args);
        if let Some(fault) = fault {
            let log = out.with_file_name("log");
            prepare(&mut command, out, &log, Some(fault));
        }
        command.output().unwrap()
    }

    fn command(&self, out: &Path, args: &[&str]) -> std::process::Command {
        let out = ["--out", out.to_str().unwrap()];
        self.fixture.mnist_command(&[args, &out].concat())
    }
}

fn is_unfinished(name: &std::ffi::OsStr) -> bool {
    name.to_string_lossy().ends_with(".tmp")
}

/// Whether a program ended with status 2 and one line.
fn is_refusal(output: &Output) -> Result<(), String> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    // Where the machine stands still for seconds, the program says what it waits for.
    let lines = stderr.lines().filter(|line| !line.contains(" images, "));
    match (output.status.code(), lines.count()) {
        (Some(2), 1) => Ok(()),
        (status, _) => Err(format!("status {status:?}, {stderr}")),
    }
}
