use std::fs::{self, File, TryLockError};
use std::io;

use crate::print::warn;
use crate::problem::Problem;
use crate::run_folder::RunFolder;

/// A folder that no other program trains in while this lives.
///
/// The operating system holds the lock: it goes with the program that took it, however that ends.
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Makes the folder if it is not there yet, and takes it.
    pub fn take(folder: &RunFolder) -> Result<Self, Problem> {
        let path = folder.path();
        let open = || {
            fs::create_dir_all(path)?;
            let mut options = File::options();
            options.read(true).write(true).create(true).truncate(false);
            options.open(path.join(".lock"))
        };
        let file: File = open().map_err(|error: io::Error| folder.unwritable(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Problem(format!(
                    "--out {}: another mnist trains in this folder: wait for its end, or name another folder",
                    path.display()
                )));
            }
            // Some network file systems have no locks, and one can train there all the same.
            Err(TryLockError::Error(error)) => warn(format_args!(
                "note: {} cannot be locked ({error}): see that nothing else trains there",
                path.display()
            )),
        }
        Ok(Self { _file: file })
    }
}
