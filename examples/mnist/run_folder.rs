use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::check::check;
use crate::config::RunConfig;
use crate::part::Part;
use crate::problem::Problem;
use crate::whole_file;

/// The folder of a run: its configuration, results and checkpoints.
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn config(&self) -> PathBuf {
        self.path.join("config.json")
    }

    pub fn model(&self) -> PathBuf {
        self.path.join("model.bpk")
    }

    /// The history for people: what a run goes on from is in its checkpoints.
    pub fn history(&self) -> PathBuf {
        self.path.join("history.csv")
    }

    pub fn summary(&self) -> PathBuf {
        self.path.join("summary.json")
    }

    pub fn checkpoints(&self) -> PathBuf {
        self.path.join("checkpoint")
    }

    /// A part of an epoch's checkpoint, named as burn-train names it.
    pub fn part(&self, part: Part, epoch: usize) -> PathBuf {
        self.checkpoints().join(part.file(epoch))
    }

    /// What makes the parts of an epoch a checkpoint.
    pub fn epoch(&self, epoch: usize) -> PathBuf {
        self.checkpoints().join(format!("epoch-{epoch}.json"))
    }

    /// The configuration of the run in the folder, which holds what a command line's would.
    pub fn saved_config(&self) -> Result<RunConfig, Problem> {
        let path = self.config();
        let problem =
            |error: &dyn std::fmt::Display| Problem(format!("{}: {error}", path.display()));
        let text = fs::read_to_string(&path).map_err(|error| problem(&error))?;
        let config = serde_json::from_str(&text).map_err(|error| problem(&error))?;
        check(&config).map_err(|error| problem(&error))?;
        Ok(config)
    }

    /// The epochs of which there is any file, in order.
    pub fn saved_epochs(&self) -> Vec<usize> {
        let Ok(files) = fs::read_dir(self.checkpoints()) else {
            return Vec::new();
        };
        let mut epochs: Vec<usize> = files
            .flatten()
            .filter_map(|file| {
                let name = file.file_name();
                let (stem, _) = name.to_str()?.split_once('.')?;
                let (_, epoch) = stem.split_once('-')?;
                epoch.parse().ok()
            })
            .collect();
        epochs.sort_unstable();
        epochs.dedup();
        epochs
    }

    /// Whether a run has trained a network there, if only for an epoch.
    pub fn has_network(&self) -> bool {
        self.model().exists() || !self.saved_epochs().is_empty()
    }

    /// Removes the checkpoint of an epoch: it is none any more before its first part goes.
    pub fn remove_epoch(&self, epoch: usize) -> std::io::Result<()> {
        whole_file::remove(&self.epoch(epoch))?;
        for part in Part::ALL {
            whole_file::remove(&self.part(part, epoch))?;
        }
        Ok(())
    }

    /// Removes the checkpoints before that of `epoch`, but for the one before it, as one of the two may turn out
    /// damaged, and that of the best epoch.
    pub fn remove_outdated(&self, epoch: usize, best: Option<usize>) -> std::io::Result<()> {
        let mut outdated = self.saved_epochs();
        outdated.retain(|it| it + 1 < epoch && Some(*it) != best);
        outdated
            .into_iter()
            .try_for_each(|it| self.remove_epoch(it))
    }

    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
        whole_file::write(path, bytes)
            .map_err(|error| Problem(format!("{} cannot be written: {error}", path.display())))
    }

    pub fn unwritable(&self, error: &std::io::Error) -> Problem {
        Problem(format!(
            "--out {} cannot be written: {error}",
            self.path.display()
        ))
    }
}

/// The text of a JSON file.
pub fn json<T: Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("plain values");
    text.push('\n');
    text
}
