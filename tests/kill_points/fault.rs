//! Faults, and the library that makes them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What happens to a program, and at which of its file operations, from 1.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub at: usize,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// It ends before the operation.
    Kill,
    /// It ends in the middle of a write.
    Tear,
    /// The operation fails, and all after it, for the disk is full.
    Full,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Tear => "tear",
            Self::Full => "full",
        }
    }
}

/// Lets `fault` happen to a program that writes under `folder`; without one its operations are logged alone.
pub fn prepare(command: &mut Command, folder: &Path, log: &Path, fault: Option<&Fault>) {
    command
        .env("LD_PRELOAD", library())
        .env("FAULTS_FOLDER", folder)
        .env("FAULTS_LOG", log);
    if let Some(fault) = fault {
        command
            .env("FAULTS_AT", fault.at.to_string())
            .env("FAULTS_KIND", fault.kind.name());
    }
}

/// The library, which cargo has built with the dependencies of this test.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let files = std::fs::read_dir(test.parent().unwrap()).unwrap();
        let paths = files.flatten().map(|file| file.path());
        let mut found = paths.filter(|path| {
            let name = path.file_name().and_then(|it| it.to_str());
            name.is_some_and(|it| it.starts_with("libburn_extras_faults") && it.ends_with(".so"))
        });
        found
            .next()
            .expect("the library of faults/ beside this test")
    })
}
