//! The example that shows what initial weights do.

use std::fs;

use crate::fixture::{Fixture, assert_refused, example, printed};

fn initialization(fixture: &Fixture, args: &[&str]) -> std::process::Output {
    let (data, out) = (fixture.data(), fixture.out());
    let mut all = Vec::new();
    for (flag, value) in [
        ("--data", data.to_str().unwrap()),
        ("--out", out.to_str().unwrap()),
    ] {
        if !args.contains(&flag) {
            all.extend([flag, value]);
        }
    }
    all.extend(args);
    example("initialization", &all)
}

#[test]
fn prints_accuracies_and_writes_figures() {
    let fixture = Fixture::new();
    let text = printed(&initialization(&fixture, &["--epochs", "2"]));
    for init in ["normal", "xavier", "he", "auto", "lsuv"] {
        let lines: Vec<&str> = text
            .lines()
            .skip_while(|line| !line.starts_with(init))
            .skip(1)
            .take_while(|line| line.starts_with(['0', '1']))
            .collect();
        assert_eq!(lines.len(), 3, "{init}: before, and after two epochs");
        for line in lines {
            for accuracy in line.split_whitespace().take(2) {
                let accuracy = accuracy.trim_end_matches(',').parse().unwrap();
                assert!((0.0..=1.0).contains::<f64>(&accuracy), "{line}");
            }
        }
    }
    for name in ["loss", "layers-relu", "layers-sigmoid", "layers-tanh"] {
        for kind in ["light.svg", "light.png", "dark.svg", "dark.png"] {
            let path = fixture.out().join(format!("{name}-{kind}"));
            assert!(fs::metadata(&path).unwrap().len() > 1000, "{path:?}");
        }
    }
}

#[test]
fn refuses_what_cannot_be_right() {
    let fixture = Fixture::new();
    let nowhere = fixture.nowhere();
    let nowhere = nowhere.as_str();
    for (args, expected) in [
        (["--epochs", "0"], "1..=1000"),
        (["--epochs", "-1"], "1..=1000"),
        (["--data", nowhere], "no data folder"),
        (["--out", nowhere], "cannot be written"),
        (["--epoch", "1"], "'--epochs'"),
    ] {
        let output = initialization(&fixture, &args);
        assert_refused(&output, &[args[0], expected]);
    }
}
