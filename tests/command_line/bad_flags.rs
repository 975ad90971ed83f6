//! Command lines that cannot be right.

use std::fs;

use crate::fixture::{Fixture, TRAIN, assert_refused, printed};

#[test]
fn unknown_names() {
    let fixture = Fixture::new();
    fixture.refuses(
        &["--device", "wgpuu"],
        &[
            "unknown device \"wgpuu\"",
            "\"wgpu\"",
            "auto",
            "flex",
            "cuda",
        ],
    );
    fixture.refuses(
        &["--activation", "rleu"],
        &[
            "unknown activation \"rleu\"",
            "did you mean \"relu\"",
            "tanh",
        ],
    );
    fixture.refuses(
        &["--optimizer", "adm"],
        &["unknown optimizer \"adm\"", "did you mean \"adam\"", "sgd"],
    );
    fixture.refuses(
        &["--init", "xaver"],
        &[
            "unknown initializer \"xaver\"",
            "did you mean \"xavier\"",
            "he",
        ],
    );
}

#[test]
fn parameters_of_names() {
    let fixture = Fixture::new();
    fixture.refuses(&["--activation", "elu(alpa=1)"], &["\"alpa\"", "alpha"]);
    fixture.refuses(&["--init", "normal(std=wide)"], &["std", "\"wide\""]);
    fixture.refuses(
        &["--init", "orthogonal(gain=-1)"],
        &["OrthogonalConfig: gain must be greater than 0, got -1"],
    );
    fixture.refuses(&["--optimizer", "momentum(momentum"], &["cannot read"]);
}

#[test]
fn names_that_contradict_themselves_or_their_library() {
    let fixture = Fixture::new();
    for (optimizer, expected) in [
        (
            "adam(weight_decay=0.1,decoupled_weight_decay=0.2)",
            "one kind of weight decay",
        ),
        ("momentum_keras(dampening=0.3)", "momentum_pytorch has it"),
        ("nadam_optax(momentum_decay=1)", "nadam_keras has it"),
        ("adam(lr=0.1)", "--lr"),
        ("adam(amsgrad=1)", "the name amsgrad"),
        ("sgd(momentum=0.9)", "the name momentum"),
        ("torch.optim.LBFGS", "LbfgsConfig"),
        ("adam + lokahead", "did you mean \"lookahead\"?"),
        ("adam + ema + lookahead", "name lookahead before ema"),
        ("lookahead(adam, k=6)", "adam + lookahead"),
        ("adam +", "cannot read"),
    ] {
        fixture.refuses(&["--optimizer", optimizer], &["--optimizer", expected]);
    }
    for (activation, expected) in [
        ("nn.Softmax2d", "instead"),
        ("smu(alpha=1e99)", "SmuConfig: alpha must be"),
        ("prelu(channels=3)", "channels"),
        ("swiglu(d_input=3)", "d_input"),
        ("swiglu(d_input=10000000000)", "d_input"),
    ] {
        fixture.refuses(&["--activation", activation], &[expected]);
    }
}

#[test]
fn an_initializer_that_does_not_fit_the_activation() {
    Fixture::new().refuses(
        &[
            "--init",
            "auto",
            "--activation",
            "swiglu(d_input=8, d_output=8)",
        ],
        &["--init auto", "swiglu", "another initializer"],
    );
}

#[test]
fn counts_of_zero() {
    let fixture = Fixture::new();
    for flag in ["--epochs", "--batch-size", "--train-samples", "--patience"] {
        for value in ["0", "-1", "many"] {
            fixture.refuses(&[flag, value], &[flag, value, "at least 1"]);
        }
    }
    for value in ["-1", "many", "0.5"] {
        fixture.refuses(
            &["--validation", value],
            &["--validation", value, "at least 0"],
        );
    }
    for widths in ["0", "100,0,100", ",", "100,,100", "ten"] {
        fixture.refuses(&["--hidden", widths], &["--hidden", "at least 1"]);
    }
}

#[test]
fn learning_rates() {
    let fixture = Fixture::new();
    for lr in ["-0.1", "0", "NaN", "inf", "fast"] {
        fixture.refuses(&["--lr", lr], &["--lr", lr, "greater than 0"]);
    }
}

#[test]
fn numbers_out_of_range() {
    let fixture = Fixture::new();
    for value in ["-1", "0", "NaN", "inf", "tight"] {
        for flag in ["--clip", "--sam"] {
            fixture.refuses(&[flag, value], &[flag, value, "greater than 0"]);
        }
    }
    for flag in ["--warmup", "--weight-decay"] {
        for value in ["-0.1", "NaN", "inf", "some"] {
            fixture.refuses(&[flag, value], &[flag, value, "at least 0"]);
        }
    }
    for value in ["0", "1.5", "NaN"] {
        fixture.refuses(
            &["--layer-decay", value],
            &["--layer-decay", value, "at most 1"],
        );
    }
    for value in ["-0.1", "1", "NaN", "half"] {
        fixture.refuses(&["--dropout", value], &["--dropout", value, "below 1"]);
    }
    fixture.refuses(
        &["--matmul-precision", "bf16"],
        &["--matmul-precision", "\"bf16\"", "highest, medium"],
    );
    fixture.refuses(
        &["--schedule", "cosin"],
        &["--schedule", "\"cosin\"", "cosine", "one_cycle", "wsd"],
    );
}

#[test]
fn settings_that_cannot_go_together() {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&["--hidden", "4", "--epochs", "1"]));
    for (args, expected) in [
        (
            &["--patience", "2", "--validation", "0"][..],
            "--validation 0",
        ),
        (&["--hidden", "", "--dropout", "0.5"], "--hidden \"\""),
        (
            &["--optimizer", "adam + ema", "--no-decay"],
            "--optimizer adam + ema has no weight decay",
        ),
        (
            &["--schedule", "one-cycle", "--warmup", "1"],
            "one_cycle: it warms up by itself",
        ),
        (
            &["--schedule", "cosine(warmup_steps=2)", "--warmup", "1"],
            "has a warm-up as well",
        ),
        (
            &["--schedule", "cosine(warmup_steps=5000)"],
            "--schedule cosine(warmup_steps=5000): ",
        ),
        (
            &["--schedule", "reduce-on-plateau", "--validation", "0"],
            "--validation 0",
        ),
        (&["--lr-finder", "--resume"], "--lr-finder"),
        (&["--warmup", "3", "--epochs", "3"], "--epochs 3"),
        (
            &[
                "--weight-decay",
                "0.1",
                "--optimizer",
                "adam(weight_decay=0.2)",
            ],
            "--optimizer has a weight decay",
        ),
    ] {
        fixture.refuses(args, &[expected]);
        assert!(fixture.out().join("model.bpk").exists(), "{args:?}");
    }
}

#[test]
fn networks_that_fit_in_no_memory() {
    let fixture = Fixture::new();
    for widths in ["4000000000", "18446744073709551615,2"] {
        fixture.refuses(&["--hidden", widths], &["--hidden", widths, "parameters"]);
    }
}

#[test]
fn more_samples_than_there_are() {
    let fixture = Fixture::new();
    fixture.refuses(
        &["--train-samples", "51"],
        &["--train-samples 51", "50 of 60", "--validation 10"],
    );
    let all = TRAIN.to_string();
    fixture.refuses(
        &["--validation", &all],
        &["--validation 60", "60 training images"],
    );
}

#[test]
fn unknown_flags() {
    Fixture::new().refuses(&["--epoch", "3"], &["'--epoch'", "'--epochs'"]);
}

#[test]
fn devices_that_are_not_built_in() {
    let fixture = Fixture::new();
    if cfg!(not(feature = "rocm")) {
        fixture.refuses(&["--device", "rocm"], &["--features rocm", "flex"]);
    }
}

#[test]
fn an_out_that_cannot_be_written() {
    let fixture = Fixture::new();
    let out = fixture.nowhere();
    fixture.refuses(&["--out", &out], &["--out", &out, "cannot be written"]);
}

#[test]
fn resume_with_nothing_there() {
    let fixture = Fixture::new();
    fixture.refuses(&["--resume"], &["--resume: no run in", "--out"]);
}

#[test]
fn resume_with_a_different_network() {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&["--hidden", "8,8", "--epochs", "2"]));
    for (flag, asked, has) in [
        ("--hidden", "8,9", "8,8"),
        ("--activation", "tanh", "relu"),
        ("--optimizer", "sgd", "adam"),
        ("--init", "xavier", "he"),
        ("--norm", "on", "off"),
        ("--schedule", "cosine", "linear"),
        ("--dropout", "0.5", "0"),
        ("--matmul-precision", "medium", "highest"),
        ("--clip", "1", "unset"),
        ("--sam", "0.1", "unset"),
        ("--others", "sgd", "unset"),
        ("--layer-decay", "0.5", "unset"),
        ("--validation", "20", "10"),
        ("--seed", "7", "42"),
    ] {
        let output = fixture.mnist(&["--resume", flag, asked]);
        assert_refused(&output, &["--resume", flag, asked, has]);
    }
    let output = fixture.mnist(&["--resume", "--weight-decay", "0.5"]);
    assert_refused(&output, &["--resume", "adam(weight_decay=0.5)"]);
    let output = fixture.mnist(&["--resume", "--epochs", "1"]);
    assert_refused(&output, &["--resume", "2 epochs behind it", "--epochs 1"]);
}

#[test]
fn resume_without_a_checkpoint() {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&["--hidden", "8", "--epochs", "1"]));
    fs::remove_dir_all(fixture.out().join("checkpoint")).unwrap();
    assert_refused(&fixture.mnist(&["--resume"]), &["no checkpoint in"]);
    fs::write(fixture.out().join("config.json"), "{").unwrap();
    assert_refused(&fixture.mnist(&["--resume"]), &["config.json"]);
}

#[test]
fn a_loss_that_is_no_number() {
    let fixture = Fixture::new();
    let output = fixture.mnist(&[
        "--optimizer",
        "sgd",
        "--lr",
        "1e30",
        "--batch-size",
        "10",
        "--hidden",
        "8,8",
    ]);
    assert_refused(&output, &["the loss became", "step ", "of epoch 1", "--lr"]);
    assert!(!fixture.out().join("model.bpk").exists());
    assert!(!fixture.out().join("summary.json").exists());
}
