//! The advice of a run is true.

use serde_json::Value;

use crate::fixture::{Fixture, example, printed};

fn advice(text: &str) -> Vec<&str> {
    let lines = text.lines();
    lines
        .filter(|line| line.contains(" training, layer "))
        .collect()
}

/// What a short run on real digits prints, and its test accuracy.
fn run(flags: &[&str]) -> (String, f64) {
    let out = tempfile::tempdir().unwrap();
    let common = ["--device", "flex", "--plain", "--train-samples", "2000"];
    let out_flag = ["--out", out.path().to_str().unwrap()];
    let text = printed(&example("mnist", &[&common, flags, &out_flag].concat()));
    let summary = std::fs::read(out.path().join("summary.json")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    (text, summary["test_accuracy"].as_f64().unwrap())
}

#[test]
fn weights_that_are_too_small_want_auto() {
    let sgd = [
        "--optimizer",
        "sgd",
        "--lr",
        "0.05",
        "--epochs",
        "3",
        "--init",
    ];
    let (text, ill) = run(&[&sgd[..], &["normal(std=0.01)"]].concat());
    let said = advice(&text);
    assert_eq!(said.len(), 2, "{text}");
    for (line, when) in said.iter().zip(["before", "after"]) {
        assert!(line.starts_with(when), "{line}");
        assert!(line.ends_with("; use the initializer auto"), "{line}");
    }
    let (text, well) = run(&[&sgd[..], &["auto"]].concat());
    assert!(advice(&text).is_empty(), "{text}");
    assert!(well > ill + 0.3, "{well}, not much better than {ill}");
}

#[test]
fn weights_that_are_all_zero_want_to_be_drawn() {
    let (text, ill) = run(&["--init", "constant", "--epochs", "1"]);
    let said = advice(&text);
    assert!(said[0].starts_with("before training, layer 1"), "{text}");
    assert!(said[0].contains("all weights are 0"), "{text}");
    assert!(said[0].ends_with("with the initializer he"), "{text}");
    let (text, well) = run(&["--init", "he", "--epochs", "1"]);
    assert!(advice(&text).is_empty(), "{text}");
    assert!(well > ill + 0.3, "{well}, not much better than {ill}");
}

#[test]
fn rprop_wants_full_batches() {
    let steps = |batch: &str, epochs: &str| {
        let rprop = ["--optimizer", "rprop", "--schedule", "constant"];
        let size = ["--hidden", "32", "--batch-size", batch, "--epochs", epochs];
        run(&[&rprop[..], &size].concat())
    };
    let (text, of_batches) = steps("50", "1");
    let note = "\nnote: rprop compares the signs";
    assert!(text.contains(note), "{text}");
    assert!(text.contains("use --batch-size 2000, all images"), "{text}");
    let (text, of_all) = steps("2000", "40");
    assert!(!text.contains("note: "), "{text}");
    assert!(of_all > of_batches, "{of_all}, not above {of_batches}");

    let fixture = Fixture::new();
    let text = printed(&fixture.mnist(&["--hidden", "4", "--epochs", "1"]));
    assert!(!text.contains("note: "), "{text}");
}
