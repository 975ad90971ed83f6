//! Pictures of digits: PNG.

use std::fs;

use crate::page::Page;
use crate::photo::Photo;

/// A picture is read, or refused in one line.
pub fn picture(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("digit.png");
    fs::write(&path, data).expect("a file");
    match Photo::read(&path) {
        Ok(photo) => assert!(!Page::candidates(&photo).is_empty()),
        Err(problem) => assert!(!problem.to_string().contains('\n'), "{problem}"),
    }
}
