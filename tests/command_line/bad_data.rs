//! Data folders that cannot be right.

use std::fs;

use crate::fixture::{Fixture, TRAIN, TRAIN_IMAGES, TRAIN_LABELS, idx};

#[test]
fn a_missing_folder() {
    let fixture = Fixture::new();
    let nowhere = fixture.path("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    fixture.refuses(&["--data", nowhere], &["no data folder", nowhere, "--data"]);
}

#[test]
fn a_missing_file() {
    let fixture = Fixture::new();
    fs::remove_file(fixture.data().join(TRAIN_LABELS)).unwrap();
    fixture.refuses(&[], &["no train-labels-idx1-ubyte.gz", "--data"]);
}

#[test]
fn an_unreadable_file() {
    let fixture = Fixture::new();
    let path = fixture.data().join(TRAIN_LABELS);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    fixture.refuses(&[], &["train-labels-idx1-ubyte.gz", "--data"]);
}

#[test]
fn a_truncated_gzip() {
    let fixture = Fixture::new();
    let path = fixture.data().join(TRAIN_IMAGES);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    fixture.refuses(&[], &[TRAIN_IMAGES, "corrupt gzip"]);
}

#[test]
fn a_corrupt_gzip() {
    let fixture = Fixture::new();
    let path = fixture.data().join(TRAIN_IMAGES);
    let mut bytes = fs::read(&path).unwrap();
    // The checksum is in the last eight bytes.
    let at = bytes.len() - 8;
    bytes[at] ^= 1;
    fs::write(&path, bytes).unwrap();
    fixture.refuses(&[], &[TRAIN_IMAGES, "corrupt gzip"]);
}

#[test]
fn a_mislabelled_gzip() {
    let fixture = Fixture::new();
    fs::write(fixture.data().join(TRAIN_IMAGES), "not a gzip").unwrap();
    fixture.refuses(&[], &[TRAIN_IMAGES, "corrupt gzip"]);
}

#[test]
fn a_wrong_magic_number() {
    let fixture = Fixture::new();
    let labels = fs::read(fixture.data().join(TRAIN_LABELS)).unwrap();
    fs::write(fixture.data().join(TRAIN_IMAGES), labels).unwrap();
    fixture.refuses(
        &[],
        &[TRAIN_IMAGES, "wrong magic number 0x00000801", "0x00000803"],
    );
}

#[test]
fn a_header_cut_short() {
    let fixture = Fixture::new();
    fixture.write(TRAIN_IMAGES, &[0, 0, 8, 3, 0, 0]);
    fixture.refuses(&[], &[TRAIN_IMAGES, "truncated: 6 bytes in all"]);
}

#[test]
fn truncated_data() {
    let fixture = Fixture::new();
    fixture.write(TRAIN_IMAGES, &idx(3, &[TRAIN as u32, 28, 28], &[0; 1000]));
    fixture.refuses(&[], &[TRAIN_IMAGES, "truncated: 1000 bytes"]);
}

#[test]
fn dimensions_that_overflow() {
    let fixture = Fixture::new();
    fixture.write(TRAIN_IMAGES, &idx(3, &[u32::MAX; 3], &[0; 1000]));
    fixture.refuses(&[], &[TRAIN_IMAGES, "truncated: 1000 bytes"]);
}

#[test]
fn trailing_bytes() {
    let fixture = Fixture::new();
    fixture.write(TRAIN_LABELS, &idx(1, &[TRAIN as u32], &[0; TRAIN + 1]));
    fixture.refuses(&[], &[TRAIN_LABELS, "trailing bytes"]);
}

#[test]
fn counts_that_disagree() {
    let fixture = Fixture::new();
    fixture.write(TRAIN_LABELS, &idx(1, &[7], &[0; 7]));
    fixture.refuses(&[], &["60 images, but 7 labels", TRAIN_LABELS]);
}

#[test]
fn a_label_over_nine() {
    let fixture = Fixture::new();
    let mut labels = [3; TRAIN];
    labels[5] = 10;
    fixture.write(TRAIN_LABELS, &idx(1, &[TRAIN as u32], &labels));
    fixture.refuses(&[], &[TRAIN_LABELS, "label 10 at index 5", "0 to 9"]);
}

#[test]
fn images_of_another_size() {
    let fixture = Fixture::new();
    fixture.write(TRAIN_IMAGES, &idx(3, &[1, 2, 3], &[0; 6]));
    fixture.refuses(&[], &[TRAIN_IMAGES, "2 x 3 pixels", "28 x 28"]);
}

#[test]
fn no_images() {
    let fixture = Fixture::new();
    fixture.write(TRAIN_IMAGES, &idx(3, &[0, 28, 28], &[]));
    fixture.refuses(&[], &[TRAIN_IMAGES, "no images"]);
}
