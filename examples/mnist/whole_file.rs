//! Files that are there whole or not at all, whenever the program is killed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What stands behind the name of a file that is being written.
const UNFINISHED: &str = "tmp";

/// A file that is written beside the one whose place it is to take.
pub struct Staged {
    path: PathBuf,
    beside: PathBuf,
    in_its_place: bool,
}

impl Staged {
    /// Writes the bytes beside the file, to the disk; `None` where the file has the very same already.
    pub fn new(path: &Path, bytes: &[u8]) -> io::Result<Option<Self>> {
        if has(path, bytes) {
            return Ok(None);
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".");
        beside.push(UNFINISHED);
        let staged = Self {
            path: path.to_path_buf(),
            beside: beside.into(),
            in_its_place: false,
        };
        let mut file = File::create(&staged.beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(Some(staged))
    }

    /// Puts the file in its place, which is one step: the old one is there, or the new one.
    pub fn commit(mut self) -> io::Result<()> {
        fs::rename(&self.beside, &self.path)?;
        self.in_its_place = true;
        sync_folder_of(&self.path)
    }
}

/// What is not put in its place goes.
impl Drop for Staged {
    fn drop(&mut self) {
        if !self.in_its_place {
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// Writes a file whole, unless it says the same already.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match Staged::new(path, bytes)? {
        Some(staged) => staged.commit(),
        None => Ok(()),
    }
}

/// Whether a file holds these bytes and no others.
pub fn has(path: &Path, bytes: &[u8]) -> bool {
    let length = fs::metadata(path).map(|it| it.len());
    length.is_ok_and(|it| it == bytes.len() as u64) && fs::read(path).is_ok_and(|it| it == bytes)
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes what a program that was killed left unfinished in a folder.
pub fn clean(folder: &Path) -> io::Result<()> {
    let Ok(files) = fs::read_dir(folder) else {
        return Ok(());
    };
    for path in files.flatten().map(|file| file.path()) {
        if path.extension().is_some_and(|it| it == UNFINISHED) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Makes sure that what was renamed and removed in a file's folder stays so when the power fails.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened.
    #[cfg(unix)]
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => File::open(".")?.sync_all()?,
        Some(folder) => File::open(folder)?.sync_all()?,
        None => {}
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
