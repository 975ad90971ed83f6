//! The data set's files: IDX, plain and in gzip.

use std::fs;

use burn::data::dataset::Dataset;

use crate::data::{CLASSES, Mnist};

/// The first byte says whether the files are in gzip and which set is whole, the next two how long the images are; the
/// labels follow them.
pub fn idx(data: &[u8]) {
    let Some(([kind, high, low], rest)) = data.split_first_chunk() else {
        return;
    };
    let long = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
    let (images, labels) = rest.split_at(long);
    let folder = tempfile::tempdir().expect("a folder");
    for set in ["train", "t10k"] {
        for (name, bytes) in [("images-idx3", images), ("labels-idx1", labels)] {
            let end = if kind & 1 == 1 { ".gz" } else { "" };
            let path = folder.path().join(format!("{set}-{name}-ubyte{end}"));
            fs::write(path, bytes).expect("a file");
        }
    }
    match Mnist::load(Some(folder.path())) {
        Ok(mnist) => {
            for set in [mnist.train, mnist.test] {
                for index in 0..set.len() {
                    let digit = set.digit(index).expect("one of them");
                    assert!(usize::from(digit.label) < CLASSES);
                }
            }
        }
        Err(problem) => assert!(!problem.to_string().contains('\n'), "{problem}"),
    }
}
