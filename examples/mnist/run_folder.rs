use std::fs;
use std::path::{Path, PathBuf};

use burn::optim::OptimizerRecord;
use burn::store::ModuleRecord;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::RunConfig;
use crate::problem::Problem;

/// What a run leaves at its end.
const RESULTS: [&str; 6] = [
    "model.bpk",
    "summary.json",
    "curves.svg",
    "curves.png",
    "layers.svg",
    "layers.png",
];

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

    pub fn history(&self) -> PathBuf {
        self.path.join("history.csv")
    }

    pub fn summary(&self) -> PathBuf {
        self.path.join("summary.json")
    }

    fn checkpoints(&self) -> PathBuf {
        self.path.join("checkpoint")
    }

    /// Makes the folder ready for a new run: nothing of an earlier one stays.
    pub fn start(&self, config: &RunConfig) -> Result<(), Problem> {
        let unwritable = |error: std::io::Error| {
            Problem(format!(
                "--out {} cannot be written: {error}",
                self.path.display()
            ))
        };
        fs::create_dir_all(&self.path).map_err(unwritable)?;
        // The first write shows whether the folder can be written before anything is removed.
        let probe = self.path.join(".probe");
        fs::write(&probe, "").map_err(unwritable)?;
        fs::remove_file(&probe).map_err(unwritable)?;
        self.remove(&RESULTS).map_err(unwritable)?;
        self.remove(&["history.csv", "experiment.log"])
            .map_err(unwritable)?;
        for epoch in self.saved_epochs() {
            for path in self.checkpoint(epoch) {
                if path.exists() {
                    fs::remove_file(path).map_err(unwritable)?;
                }
            }
        }
        fs::create_dir_all(self.checkpoints()).map_err(unwritable)?;
        self.write_json(&self.config(), config)
    }

    /// Makes the folder ready for a run to go on: what it came to before does not hold any more.
    pub fn go_on(&self, config: &RunConfig) -> Result<(), Problem> {
        self.write_json(&self.config(), config)?;
        self.remove(&RESULTS)
            .map_err(|error| Problem(format!("{}: {error}", self.path.display())))
    }

    fn remove(&self, files: &[&str]) -> std::io::Result<()> {
        for path in files.iter().map(|file| self.path.join(file)) {
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// The configuration of the run in the folder.
    pub fn saved_config(&self) -> Result<RunConfig, Problem> {
        read_json(&self.config())
    }

    /// The last epoch whose checkpoint is whole: a run that was killed may have left half a one.
    pub fn last_epoch(&self) -> Option<usize> {
        let mut latest_first = self.saved_epochs().into_iter().rev();
        latest_first.find(|epoch| self.is_whole(*epoch))
    }

    fn is_whole(&self, epoch: usize) -> bool {
        let [model, optimizer, scheduler] = self.checkpoint(epoch);
        ModuleRecord::load(model).is_ok()
            && OptimizerRecord::load(optimizer).is_ok()
            && scheduler.exists()
    }

    /// The network as it was after `epoch`.
    pub fn checkpoint_model(&self, epoch: usize) -> PathBuf {
        let [model, ..] = self.checkpoint(epoch);
        model
    }

    /// The optimizer as it was after `epoch`.
    pub fn checkpoint_optimizer(&self, epoch: usize) -> PathBuf {
        let [_, optimizer, _] = self.checkpoint(epoch);
        optimizer
    }

    /// The files of an epoch's checkpoint, as burn-train names them.
    fn checkpoint(&self, epoch: usize) -> [PathBuf; 3] {
        ["model", "optim", "scheduler"]
            .map(|part| self.checkpoints().join(format!("{part}-{epoch}.bpk")))
    }

    /// The epochs with a checkpoint, in order.
    pub fn saved_epochs(&self) -> Vec<usize> {
        let Ok(files) = fs::read_dir(self.checkpoints()) else {
            return Vec::new();
        };
        let mut epochs: Vec<usize> = files
            .flatten()
            .filter_map(|file| {
                let name = file.file_name();
                let (_, epoch) = name.to_str()?.strip_suffix(".bpk")?.split_once('-')?;
                epoch.parse().ok()
            })
            .collect();
        epochs.sort_unstable();
        epochs.dedup();
        epochs
    }

    pub fn write_json<T: Serialize>(&self, path: &Path, value: &T) -> Result<(), Problem> {
        let problem = |error: &dyn std::fmt::Display| {
            Problem(format!("{} cannot be written: {error}", path.display()))
        };
        let mut text = serde_json::to_string_pretty(value).map_err(|error| problem(&error))?;
        text.push('\n');
        fs::write(path, text).map_err(|error| problem(&error))
    }
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Problem> {
    let problem = |error: &dyn std::fmt::Display| Problem(format!("{}: {error}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| problem(&error))?;
    serde_json::from_str(&text).map_err(|error| problem(&error))
}
