//! Pictures of digits: PNG.

use std::fs;

use crate::picture::{Picture, sketch};

/// A picture is read, or refused in one line.
pub fn picture(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("digit.png");
    fs::write(&path, data).expect("a file");
    match Picture::read(&path) {
        Ok(picture) => assert!(!sketch(&picture.digit()).is_empty()),
        Err(problem) => assert!(!problem.to_string().contains('\n'), "{problem}"),
    }
}
