//! Makes the folder of a run ready.

use std::fs;
use std::io;

use crate::config::RunConfig;
use crate::history::History;
use crate::problem::Problem;
use crate::run_folder::{RunFolder, json};
use crate::whole_file::{self, Staged};

/// What a run leaves at its end, the summary last, which says that the rest is there.
const RESULTS: [&str; 6] = [
    "summary.json",
    "model.bpk",
    "curves.svg",
    "curves.png",
    "layers.svg",
    "layers.png",
];

/// For a new run: nothing of an earlier one stays.
///
/// At any time the configuration and the checkpoints in the folder are those of one run.
pub fn anew(folder: &RunFolder, config: &RunConfig) -> Result<(), Problem> {
    let prepare = || -> io::Result<()> {
        clean(folder)?;
        // Written before anything is removed: it shows whether the folder can be written.
        let config = Staged::new(&folder.config(), json(config).as_bytes())?;
        remove(folder, &RESULTS)?;
        remove(folder, &["history.csv", "experiment.log"])?;
        for epoch in folder.saved_epochs() {
            folder.remove_epoch(epoch)?;
        }
        fs::create_dir_all(folder.checkpoints())?;
        whole_file::sync_folder_of(&folder.epoch(0))?;
        config.map_or(Ok(()), Staged::commit)
    };
    prepare().map_err(|error| folder.unwritable(&error))
}

/// For a run that goes on: what it came to before does not hold any more.
pub fn again(folder: &RunFolder, config: &RunConfig, history: &History) -> Result<(), Problem> {
    go_on(folder, config, history, &RESULTS)
}

/// For a run that has nothing left to train: what is lost or damaged of its files is put right.
pub fn keep(folder: &RunFolder, config: &RunConfig, history: &History) -> Result<(), Problem> {
    go_on(folder, config, history, &[])
}

fn go_on(
    folder: &RunFolder,
    config: &RunConfig,
    history: &History,
    outdated: &[&str],
) -> Result<(), Problem> {
    let prepare = || -> io::Result<()> {
        clean(folder)?;
        let config = Staged::new(&folder.config(), json(config).as_bytes())?;
        remove(folder, outdated)?;
        config.map_or(Ok(()), Staged::commit)?;
        whole_file::write(&folder.history(), history.to_csv().as_bytes())?;
        folder.remove_outdated(history.epochs().len(), history.best())
    };
    prepare().map_err(|error| folder.unwritable(&error))
}

fn clean(folder: &RunFolder) -> io::Result<()> {
    whole_file::clean(folder.path())?;
    whole_file::clean(&folder.checkpoints())
}

fn remove(folder: &RunFolder, files: &[&str]) -> io::Result<()> {
    let mut paths = files.iter().map(|file| folder.path().join(file));
    paths.try_for_each(|path| whole_file::remove(&path))
}
