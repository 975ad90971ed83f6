//! What the settings of a run do to it.

use std::fs;

use serde_json::Value;

use crate::fixture::{Fixture, history, json, printed};

/// A small run with `args`.
fn run(args: &[&str]) -> (Fixture, String) {
    let fixture = Fixture::new();
    let mut all = Vec::new();
    for (flag, value) in [
        ("--batch-size", "5"),
        ("--hidden", "8,8"),
        ("--epochs", "3"),
    ] {
        if !args.contains(&flag) {
            all.extend([flag, value]);
        }
    }
    all.extend(args);
    let text = printed(&fixture.mnist(&all));
    (fixture, text)
}

fn history_of(args: &[&str]) -> Vec<String> {
    history(&run(args).0.out())
}

#[test]
fn all_are_in_the_header_and_in_the_summary() {
    let (fixture, text) = run(&[
        "--activation",
        "elu(alpha=0.5)",
        "--norm",
        "on",
        "--dropout",
        "0.25",
        "--matmul-precision",
        "medium",
        "--init",
        "xavier",
        "--optimizer",
        "nadam(beta_1=0.8)",
        "--lr",
        "0.003",
        "--schedule",
        "cosine",
        "--warmup",
        "0.5",
        "--weight-decay",
        "0.01",
        "--clip",
        "2",
        "--skip-non-finite",
        "--sam",
        "0.1",
        "--patience",
        "7",
        "--seed",
        "3",
    ]);
    for part in [
        "device: flex",
        "network: 784,8,8,10, elu(alpha=0.5) activation after a layer norm, dropout 0.25, xavier initialization, products of medium precision\n",
        "nadam(beta_1=0.8, weight_decay=0.01) with learning rate 0.003, cosine schedule, 0.5 epochs of warm-up, gradients clipped to norm 2, steps that are not finite left out, SAM with rho 0.1\n",
        "3 epochs in batches of 5, patience 7, seed 3\n",
        "data: 50 images to train on, 10 for validation, 20 to test at the end\n",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    let summary = json(&fixture.out().join("summary.json"));
    for (field, value) in [
        ("ended", Value::from("finished")),
        ("epochs_done", 3.into()),
        ("device", "flex".into()),
        ("hidden", vec![8, 8].into()),
        ("activation", "elu(alpha=0.5)".into()),
        ("norm", true.into()),
        ("dropout", 0.25.into()),
        ("matmul_precision", "medium".into()),
        ("init", "xavier".into()),
        ("optimizer", "nadam(beta_1=0.8, weight_decay=0.01)".into()),
        ("lr", 0.003.into()),
        ("schedule", "cosine".into()),
        ("warmup", 0.5.into()),
        ("clip", 2.0.into()),
        ("skip_non_finite", true.into()),
        ("sam", 0.1.into()),
        ("batch_size", 5.into()),
        ("epochs", 3.into()),
        ("patience", 7.into()),
        ("seed", 3.into()),
        ("validation", 10.into()),
        ("train_samples", Value::Null),
    ] {
        assert_eq!(summary[field], value, "{field}");
    }
    for set in ["train", "validation", "test"] {
        for what in ["loss", "accuracy"] {
            let value = summary[format!("{set}_{what}")].as_f64();
            assert!(value.is_some_and(|it| it >= 0.0), "{set} {what}");
        }
    }
}

/// Lowers the rate after each epoch whose validation loss is not half the best.
const PLATEAU: &str = "reduce-on-plateau(patience=0, threshold=0.5)";

#[test]
fn every_schedule_trains_differently() {
    let schedules = [
        "constant",
        "linear",
        "cosine",
        "cosine-restarts",
        "one-cycle",
        "one-cycle(pct_start=0.6)",
        "wsd",
        "wsd-sqrt",
        PLATEAU,
    ];
    let runs = schedules.map(|schedule| history_of(&["--schedule", schedule]));
    for (index, one) in runs.iter().enumerate() {
        for other in &runs[..index] {
            assert_ne!(one, other, "{}", schedules[index]);
        }
    }
    let warm = history_of(&["--schedule", "constant", "--warmup", "2"]);
    assert_ne!(warm, runs[0]);
}

#[test]
fn a_resumed_schedule_goes_on_where_it_was() {
    for schedule in ["one-cycle", "wsd(warmup_steps=15)", PLATEAU] {
        let (fixture, _) = run(&["--schedule", schedule, "--epochs", "4"]);
        let whole = history(&fixture.out());
        for part in ["model", "optim", "scheduler"] {
            let file = format!("checkpoint/{part}-4.bpk");
            fs::remove_file(fixture.out().join(file)).unwrap();
        }
        printed(&fixture.mnist(&["--resume"]));
        assert_eq!(history(&fixture.out()), whole, "{schedule}");
    }
}

#[test]
fn weight_decay_is_that_of_the_name() {
    let flag = history_of(&["--optimizer", "adam", "--weight-decay", "0.3"]);
    let name = history_of(&["--optimizer", "adam(weight_decay=0.3)"]);
    assert_eq!(flag, name);
    assert_ne!(flag, history_of(&["--optimizer", "adam"]));
}

#[test]
fn clipping_scales_large_gradients_alone() {
    let free = history_of(&["--optimizer", "sgd"]);
    assert_eq!(history_of(&["--optimizer", "sgd", "--clip", "1e9"]), free);
    let (fixture, _) = run(&["--optimizer", "sgd", "--lr", "1", "--clip", "1e-9"]);
    let losses: Vec<f64> = history(&fixture.out())
        .iter()
        .skip(1)
        .map(|line| line.split(',').nth(1).unwrap().parse().unwrap())
        .collect();
    // Steps of 1e-9 in all go nowhere.
    assert!((losses[0] - losses[2]).abs() < 1e-5, "{losses:?}");
}

#[test]
fn sam_goes_its_own_way() {
    let free = history_of(&["--optimizer", "sgd"]);
    assert_eq!(
        history_of(&["--optimizer", "sgd", "--sam", "1e-9"])[1..],
        free[1..]
    );
    assert_ne!(history_of(&["--optimizer", "sgd", "--sam", "0.5"]), free);
}

#[test]
fn two_half_batches_are_a_batch() {
    let whole = history_of(&[
        "--optimizer",
        "sgd",
        "--batch-size",
        "10",
        "--schedule",
        "constant",
    ]);
    let halves = history_of(&[
        "--optimizer",
        "sgd + accumulate(steps=2)",
        "--schedule",
        "constant",
    ]);
    let validation = |line: &String| -> f64 { line.split(',').nth(3).unwrap().parse().unwrap() };
    for (whole, halves) in whole.iter().zip(&halves).skip(1) {
        let (whole, halves) = (validation(whole), validation(halves));
        assert!(
            (whole - halves).abs() < 1e-4 * whole,
            "{whole} and {halves}"
        );
    }
}

#[test]
fn a_run_with_dropout_can_be_resumed() {
    let args = ["--dropout", "0.5", "--epochs", "4"];
    let (fixture, _) = run(&args);
    let epochs = history(&fixture.out());
    assert_ne!(epochs, history_of(&["--epochs", "4"]));
    assert_eq!(epochs, history_of(&args));
    let whole = json(&fixture.out().join("summary.json"));

    for part in ["model", "optim", "scheduler"] {
        let file = format!("checkpoint/{part}-4.bpk");
        fs::remove_file(fixture.out().join(file)).unwrap();
    }
    let text = printed(&fixture.mnist(&["--resume"]));
    assert!(text.contains("resumed after 3 epochs"), "{text}");
    assert_eq!(history(&fixture.out()), epochs);
    let resumed = json(&fixture.out().join("summary.json"));
    assert_eq!(resumed["test_loss"], whole["test_loss"]);
}

#[test]
fn no_validation() {
    let (fixture, text) = run(&["--validation", "0"]);
    assert!(
        text.contains("60 images to train on, 0 for validation"),
        "{text}"
    );
    assert!(!text.contains("validation loss"), "{text}");
    assert!(!text.contains("NaN"), "{text}");
    for line in history(&fixture.out()).iter().skip(1) {
        assert!(line.ends_with(",,"), "{line}");
    }
    let summary = json(&fixture.out().join("summary.json"));
    assert_eq!(summary["validation_loss"], Value::Null);
    assert_eq!(summary["validation_accuracy"], Value::Null);
    assert_eq!(summary["epoch_of_network"], 3);
    let curves = fs::read_to_string(fixture.out().join("curves.svg")).unwrap();
    assert!(curves.contains("training") && !curves.contains("validation"));
    printed(&fixture.predict());
    let more = ["--resume", "--epochs", "4", "--validation", "0"];
    printed(&fixture.mnist(&more));
    assert_eq!(history(&fixture.out()).len(), 5);
}

#[test]
fn no_hidden_layer() {
    let (fixture, text) = run(&["--hidden", "", "--lr", "0.01"]);
    assert!(text.contains("network: 784,10, no hidden layer: softmax regression"));
    let summary = json(&fixture.out().join("summary.json"));
    assert_eq!(summary["hidden"], Value::Array(Vec::new()));
    assert!(summary["test_accuracy"].as_f64().unwrap() > 0.9);
    printed(&fixture.predict());
}

#[test]
fn a_finished_run_can_be_lengthened() {
    let args = ["--schedule", "constant", "--epochs", "2"];
    let (short, _) = run(&args);
    let text = printed(&short.mnist(&["--resume", "--epochs", "4"]));
    assert!(text.contains("now to epoch 4 and not 2\n"), "{text}");
    let long = history_of(&["--schedule", "constant", "--epochs", "4"]);
    assert_eq!(history(&short.out()), long);

    // Under another schedule the steps that are done would have been others.
    let (fixture, _) = run(&["--epochs", "2"]);
    let before = history(&fixture.out());
    let text = printed(&fixture.mnist(&["--resume", "--epochs", "4"]));
    assert!(
        text.contains("from here on the linear schedule is that of a run of 4 epochs"),
        "{text}"
    );
    let after = history(&fixture.out());
    assert_eq!(after.len(), 5);
    assert_eq!(after[..3], before);
    let summary = json(&fixture.out().join("summary.json"));
    assert_eq!(summary["epochs"], 4);
}

#[test]
fn runs_of_before_there_were_these_settings_are_read() {
    let (fixture, _) = run(&["--epochs", "2", "--schedule", "constant"]);
    let path = fixture.out().join("config.json");
    let mut config = json(&path);
    let fields = config.as_object_mut().unwrap();
    for field in [
        "norm",
        "dropout",
        "matmul_precision",
        "warmup",
        "clip",
        "patience",
    ] {
        assert!(fields.remove(field).is_some(), "{field}");
    }
    fs::write(&path, config.to_string()).unwrap();
    printed(&fixture.predict());
    printed(&fixture.mnist(&["--resume", "--epochs", "3"]));
    let whole = history_of(&["--epochs", "3", "--schedule", "constant"]);
    assert_eq!(history(&fixture.out()), whole);
}

#[test]
fn any_number_of_threads_will_do() {
    for threads in ["1", "2", "5"] {
        let fixture = Fixture::new();
        // Batches so large that the metrics, on a thread of their own, are computed in parallel too.
        let args = ["--data", "data/mnist", "--batch-size", "10000"];
        let length = ["--train-samples", "20000", "--epochs", "1"];
        let mut command = fixture.mnist_command(&[args, length].concat());
        printed(&command.env("RAYON_NUM_THREADS", threads).output().unwrap());
    }
}
