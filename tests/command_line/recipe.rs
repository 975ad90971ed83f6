//! Recipes, and the network that one of them trained.

use std::ffi::OsStr;
use std::path::Path;

use tempfile::tempdir;

use crate::fixture::{Fixture, assert_refused, example_in, json, printed};

#[test]
fn a_recipe_is_what_the_flags_do_not_say_otherwise() {
    let fixture = Fixture::new();
    let flags = ["--hidden", "8,8", "--epochs", "2", "--label-smoothing", "0"];
    let text = printed(&fixture.mnist(&[&["--recipe", "quick"][..], &flags].concat()));
    assert!(text.contains("images deformed by ciresan"), "{text}");
    assert!(!text.contains("labels smoothed"), "{text}");
    let config = json(&fixture.out().join("config.json"));
    assert_eq!(config["hidden"], serde_json::json!([8, 8]));
    assert_eq!(config["epochs"], 2);
    assert_eq!(config["half"], true);
}

#[test]
fn another_optimizer_brings_its_own_learning_rate() {
    let fixture = Fixture::new();
    let flags = ["--hidden", "8", "--epochs", "1", "--optimizer", "adadelta"];
    printed(&fixture.mnist(&[&["--recipe", "quick"][..], &flags].concat()));
    assert_eq!(json(&fixture.out().join("config.json"))["lr"], 1.0);
}

#[test]
fn what_is_no_recipe_is_refused() {
    let fixture = Fixture::new();
    let output = fixture.mnist(&["--recipe", "slow"]);
    assert_refused(&output, &["--recipe", "slow", "quick"]);
    let output = fixture.mnist(&["--recipe", "quick", "--resume"]);
    assert_refused(&output, &["--recipe", "--resume"]);
}

#[test]
fn a_network_comes_along() {
    // Where nobody has trained anything.
    let folder = tempdir().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mnist");
    let args = ["--device", "flex", "--test-index", "0..4", "--data"];
    let args = args.map(OsStr::new).into_iter().chain([data.as_os_str()]);
    let args: Vec<&OsStr> = args.collect();
    let text = printed(&example_in(folder.path(), "predict", &args));
    for digit in [7, 2, 1, 0] {
        assert!(text.contains(&format!("a {digit}: {digit} ")), "{text}");
    }
}
