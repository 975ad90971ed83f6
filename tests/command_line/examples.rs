//! What every example has in common.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::fixture::{assert_refused, example, example_in, printed};

/// Examples that are there with the feature `remote` alone.
const REMOTE: [&str; 2] = ["scaling", "serve"];

/// The names of all examples that are built: files, and folders with a `main.rs`.
fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut names: Vec<String> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file() || path.join("main.rs").is_file())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_string())
        .filter(|name| cfg!(feature = "remote") || !REMOTE.contains(&name.as_str()))
        .collect();
    names.sort();
    assert!(names.len() >= 7, "{names:?}");
    names
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap_or_default())
        })
        .collect()
}

#[test]
fn every_example_helps_and_writes_nothing() {
    for name in names() {
        let folder = tempfile::tempdir().unwrap();
        let text = printed(&example_in(folder.path(), &name, &["--help"]));
        assert!(text.contains("Usage:") && text.contains("--help"), "{text}");
        assert!(text.contains(&name), "{text}");
        assert!(files(folder.path()).is_empty(), "{name}");
    }
}

#[test]
fn every_example_refuses_flags_that_it_does_not_know() {
    for name in names() {
        let folder = tempfile::tempdir().unwrap();
        let output = example_in(folder.path(), &name, &["--no-such-flag"]);
        assert_refused(&output, &["--no-such-flag"]);
        assert!(files(folder.path()).is_empty(), "{name}");
    }
}

/// What an example prints and draws, twice.
fn twice(name: &str, args: &[&str]) -> [(String, BTreeMap<String, Vec<u8>>); 2] {
    [(); 2].map(|()| {
        let folder = TempDir::new().unwrap();
        let text = printed(&example_in(folder.path(), name, args));
        let drawn = folder.path().join("runs").join(name);
        let drawn = match drawn.exists() {
            true => files(&drawn),
            false => BTreeMap::new(),
        };
        (text, drawn)
    })
}

#[test]
fn figures_are_the_same_each_time_and_go_to_runs() {
    for (name, args) in [
        ("activations", &["relu", "elu(alpha=0.5)", "sine"][..]),
        ("trajectories", &[]),
    ] {
        let [first, second] = twice(name, args);
        assert_eq!(first, second, "{name}");
        let kinds = ["light.svg", "light.png", "dark.svg", "dark.png"];
        for file in kinds.map(|kind| format!("{name}-{kind}")) {
            assert!(first.1[&file].len() > 1000, "{file}");
        }
        assert_eq!(first.1.len(), 4, "{name}");
    }
}

#[test]
fn figures_go_where_they_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("docs");
    let out_name = out.to_str().unwrap();
    printed(&example_in(
        folder.path(),
        "activations",
        &["relu", "--out", out_name],
    ));
    assert_eq!(files(&out).len(), 4);
    assert!(!folder.path().join("runs").exists());

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let nowhere = file.join("docs");
    for name in ["activations", "trajectories"] {
        let output = example(name, &["--out", nowhere.to_str().unwrap()]);
        assert_refused(&output, &["--out", "cannot be written"]);
    }
}

#[test]
fn a_seed_means_the_same_weights() {
    for name in ["custom_activation", "custom_optimizer"] {
        let flex = ["--device", "flex"];
        let [first, second] = twice(name, &flex);
        assert_eq!(first, second, "{name}");
        assert!(first.1.is_empty(), "{name} draws nothing");
        let [other, _] = twice(name, &[&flex[..], &["--seed", "1"]].concat());
        assert_ne!(first.0, other.0, "{name}");
    }
}

#[test]
fn what_is_shown_in_the_examples_learns() {
    for name in ["custom_activation", "custom_optimizer"] {
        let text = printed(&example(name, &["--device", "flex"]));
        let losses: Vec<f64> = text
            .lines()
            .filter_map(|line| line.split_once("loss ")?.1.parse().ok())
            .collect();
        let runs = losses.chunks_exact(5);
        assert!(runs.len() > 0 && runs.remainder().is_empty(), "{text}");
        for losses in runs {
            assert!(losses[4] < 0.01 * losses[0], "{name}: {losses:?}");
        }
    }
}

#[test]
fn devices_and_names_that_do_not_exist() {
    for name in ["custom_activation", "custom_optimizer"] {
        let output = example(name, &["--device", "gpu"]);
        assert_refused(&output, &["unknown device \"gpu\""]);
    }
    let output = example("activations", &["rleu"]);
    assert_refused(&output, &["did you mean \"relu\""]);
}
