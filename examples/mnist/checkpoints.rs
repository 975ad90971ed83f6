use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::tensor::Bytes;
use burn::train::checkpoint::{Checkpoint, Checkpointer, CheckpointerError};

use crate::canonical::canonical;
use crate::config::RunConfig;
use crate::epoch_record::{Content, EpochRecord};
use crate::fingerprint::Fingerprint;
use crate::history::History;
use crate::part::Part;
use crate::run_folder::RunFolder;
use crate::whole_file;

/// Saves what a training came to after each epoch.
///
/// Burn has a thread for each part of a checkpoint. They hand in what they have, and the last of them writes
/// all of it, in one order: the parts, then the record that makes them a checkpoint, then the history for
/// people. Only then do the checkpoints go that nobody needs any more.
#[derive(Clone)]
pub struct Checkpoints(Arc<Mutex<State>>);

struct State {
    folder: RunFolder,
    config: RunConfig,
    data: Fingerprint,
    history: History,
    handed_in: BTreeMap<usize, [Option<Vec<u8>>; 3]>,
    last: usize,
    failure: Option<String>,
}

impl Checkpoints {
    /// `done`: epochs that a resumed run has behind it.
    pub fn new(
        folder: &RunFolder,
        config: &RunConfig,
        data: Fingerprint,
        history: History,
        done: usize,
    ) -> Self {
        Self(Arc::new(Mutex::new(State {
            folder: RunFolder::new(folder.path()),
            config: config.clone(),
            data,
            history,
            handed_in: BTreeMap::new(),
            last: done,
            failure: None,
        })))
    }

    /// What saves one part.
    pub fn of(&self, part: Part) -> PartCheckpointer {
        PartCheckpointer {
            part,
            checkpoints: self.clone(),
        }
    }

    /// The last epoch that has a checkpoint.
    pub fn last(&self) -> usize {
        self.state().last
    }

    /// Why one could not be saved.
    pub fn failure(&self) -> Option<String> {
        self.state().failure.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hand_in(&mut self, part: Part, epoch: usize, bytes: Vec<u8>) -> Result<(), String> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let parts = self.handed_in.entry(epoch).or_default();
        parts[part as usize] = Some(bytes);
        let [Some(_), Some(_), Some(_)] = parts else {
            return Ok(());
        };
        let parts = self.handed_in.remove(&epoch).unwrap_or_default();
        let parts = parts.map(Option::unwrap_or_default);
        let saved = self.save(epoch, &parts);
        saved.inspect_err(|failure| self.failure = Some(failure.clone()))
    }

    fn save(&mut self, epoch: usize, parts: &[Vec<u8>; 3]) -> Result<(), String> {
        let write = |path: std::path::PathBuf, bytes: &[u8]| {
            let written = whole_file::write(&path, bytes);
            written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
        };
        for part in Part::ALL {
            write(self.folder.part(part, epoch), &parts[part as usize])?;
        }
        // The training goes on in the meantime, and so may the history.
        let mut history = self.history.epochs();
        history.truncate(epoch);
        let record = EpochRecord {
            epoch,
            settings: self.config.clone(),
            data: self.data,
            files: Part::ALL.map(|part| Content::of(&parts[part as usize])),
            history,
        };
        write(self.folder.epoch(epoch), record.to_text().as_bytes())?;
        self.last = epoch;
        let history = History::of(record.history);
        write(self.folder.history(), history.to_csv().as_bytes())?;
        self.folder
            .remove_outdated(epoch, history.best())
            .map_err(|error| format!("{}: {error}", self.folder.checkpoints().display()))
    }
}

/// Saves and restores one part of each checkpoint.
pub struct PartCheckpointer {
    part: Part,
    checkpoints: Checkpoints,
}

impl<R: Checkpoint> Checkpointer<R> for PartCheckpointer {
    fn save(&self, epoch: usize, record: R) -> Result<(), CheckpointerError> {
        let bytes = record.checkpoint_into_bytes();
        let bytes = canonical(bytes.map_err(CheckpointerError::Record)?)
            .map_err(|error| CheckpointerError::Unknown(error.to_string()))?;
        let mut state = self.checkpoints.state();
        let saved = state.hand_in(self.part, epoch, bytes);
        saved.map_err(CheckpointerError::Unknown)
    }

    /// They go when the next checkpoint is there, which Burn does not wait for.
    fn delete(&self, _epoch: usize) -> Result<(), CheckpointerError> {
        Ok(())
    }

    fn restore(&self, epoch: usize) -> Result<R, CheckpointerError> {
        let path = self.checkpoints.state().folder.part(self.part, epoch);
        let bytes = fs::read(path).map_err(CheckpointerError::IOError)?;
        let record = R::checkpoint_from_bytes(Bytes::from_bytes_vec(bytes));
        record.map_err(CheckpointerError::Record)
    }
}
