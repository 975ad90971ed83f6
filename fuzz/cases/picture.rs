//! Pictures of digits: PNG.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::picture::{Picture, sketch};

/// A picture is read, or refused in one line.
pub fn picture(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("digit.png");
    fs::write(&path, data).expect("a file");
    // The PNG crate panics at some palettes that are cut: no finding here.
    let read = catch_unwind(AssertUnwindSafe(|| Picture::read(&path)));
    match read {
        Ok(Ok(picture)) => assert!(!sketch(&picture.digit()).is_empty()),
        Ok(Err(problem)) => assert!(!problem.to_string().contains('\n'), "{problem}"),
        Err(_) => {}
    }
}
