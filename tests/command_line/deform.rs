//! Images that are deformed, and labels that are smoothed.

use crate::fixture::{Fixture, history, json, printed};

const RUN: [&str; 8] = [
    "--hidden",
    "16",
    "--batch-size",
    "7",
    "--schedule",
    "constant",
    "--deform",
    "ciresan(rotation=10)",
];

#[test]
fn a_resumed_run_sees_the_same_images() {
    let ([whole, resumed], text) = Fixture::whole_and_resumed(&RUN, "4", "2");
    assert!(
        text.contains("images deformed by ciresan(rotation=10)"),
        "{text}"
    );
    assert_eq!(history(&resumed.out()), history(&whole.out()));
    assert_eq!(
        json(&whole.out().join("config.json"))["deform"],
        "ciresan(rotation=10)"
    );
}

/// The training's loss and that of the validation after an epoch that moves nothing.
fn losses(flag: &str, value: &str) -> [String; 2] {
    let fixture = Fixture::new();
    let still = ["--lr", "1e-30", "--epochs", "1", flag, value];
    printed(&fixture.mnist(&[&RUN[..6], &still].concat()));
    let rows = history(&fixture.out());
    ["train_loss", "validation_loss"].map(|name| {
        let column = rows[0].split(',').position(|it| it == name);
        let column = column.unwrap_or_else(|| panic!("no {name} in {}", rows[0]));
        rows[1].split(',').nth(column).unwrap().to_string()
    })
}

#[test]
fn only_what_is_trained_on_is_changed() {
    for (flag, none, some) in [
        ("--deform", "none", "ciresan"),
        ("--label-smoothing", "0", "0.5"),
    ] {
        let ([train, validation], [changed, same]) = (losses(flag, none), losses(flag, some));
        assert_ne!(train, changed, "{flag}");
        assert_eq!(validation, same, "{flag}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let fixture = Fixture::new();
    for (flag, value, expected) in [
        ("--deform", "cirsan", "did you mean \"ciresan\""),
        ("--deform", "ciresan(rotation=100)", "from 0 to 90"),
        ("--label-smoothing", "1", "a number from 0 to below 1"),
    ] {
        fixture.refuses(&[flag, value], &[flag, expected]);
    }
    printed(&fixture.mnist(&[&RUN[..], &["--epochs", "1"]].concat()));
    let other = fixture.mnist(&["--resume", "--deform", "none"]);
    crate::fixture::assert_refused(&other, &["--deform ciresan(rotation=10), not none"]);
}
