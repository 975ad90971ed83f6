//! Runs that end well, and what they leave behind.

use std::fs;

use burn_extras::init::InitConfig;
use serde_json::Value;

use crate::fixture::{Fixture, example, history, json, printed};
use crate::list::listed;

#[test]
fn leaves_its_results() {
    let fixture = Fixture::new();
    let text = printed(&fixture.mnist(&["--hidden", "16", "--epochs", "3", "--batch-size", "7"]));
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("epoch"))
            .count(),
        3
    );
    assert!(text.contains("test accuracy"));

    let out = fixture.out();
    for file in ["config.json", "model.bpk", "history.csv", "summary.json"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    for name in ["curves", "layers"] {
        let svg = fs::read_to_string(out.join(name).with_extension("svg")).unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        let png = fs::File::open(out.join(name).with_extension("png")).unwrap();
        let picture = png::Decoder::new(std::io::BufReader::new(png)).read_info();
        assert!(picture.unwrap().info().width > 1000, "{name}");
    }
    assert!(!text.contains("before training, layer"), "{text}");
    assert_eq!(history(&out).len(), 4, "a header and three epochs");
    let summary = json(&out.join("summary.json"));
    for (field, value) in [
        ("activation", Value::from("relu")),
        ("optimizer", "adam".into()),
        ("init", "he".into()),
        ("epochs", 3.into()),
        ("seed", 42.into()),
        ("hidden", vec![16].into()),
    ] {
        assert_eq!(summary[field], value, "{field}");
    }
    for field in ["train_accuracy", "validation_accuracy", "test_accuracy"] {
        assert!(
            (0.0..=1.0).contains(&summary[field].as_f64().unwrap()),
            "{field}"
        );
    }
    for field in ["training_seconds", "steps_per_second"] {
        assert!(summary[field].as_f64().unwrap() > 0.0, "{field}");
    }
}

#[test]
fn every_initializer_starts_a_run() {
    let fixture = Fixture::new();
    let listed = listed("initializers");
    for name in InitConfig::names() {
        assert!(listed.iter().any(|it| it == name), "{name}");
    }
    for name in ["auto", "lsuv(tolerance=0.01)", "orthogonal", "he_uniform"] {
        printed(&fixture.mnist(&["--init", name, "--hidden", "8,8", "--epochs", "1"]));
        let summary = json(&fixture.out().join("summary.json"));
        assert_eq!(summary["init"], name);
    }
}

#[test]
fn reads_plain_files_as_well() {
    let fixture = Fixture::new();
    for file in fs::read_dir(fixture.data()).unwrap() {
        let path = file.unwrap().path();
        let mut plain = fs::File::create(path.with_extension("")).unwrap();
        let mut gzip = flate2::read::GzDecoder::new(fs::File::open(&path).unwrap());
        std::io::copy(&mut gzip, &mut plain).unwrap();
        fs::remove_file(path).unwrap();
    }
    printed(&fixture.mnist(&["--hidden", "4", "--epochs", "1"]));
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let first = Fixture::new();
    let second = Fixture::new();
    let other = Fixture::new();
    let args = ["--hidden", "8,8", "--epochs", "2", "--batch-size", "5"];
    printed(&first.mnist(&args));
    printed(&second.mnist(&args));
    printed(&other.mnist(&[&args[..], &["--seed", "1"]].concat()));
    assert_eq!(history(&first.out()), history(&second.out()));
    assert_ne!(history(&first.out()), history(&other.out()));
}

#[test]
fn a_network_of_half_the_bytes_reads_as_well() {
    let args = ["--hidden", "32,32", "--epochs", "3", "--batch-size", "5"];
    let [full, half] = [(); 2].map(|()| Fixture::new());
    printed(&full.mnist(&args));
    printed(&half.mnist(&[&args[..], &["--half"]].concat()));
    assert_eq!(history(&full.out()), history(&half.out()));
    let size = |fixture: &Fixture| fs::metadata(fixture.out().join("model.bpk")).unwrap().len();
    assert!(size(&half) < size(&full) * 6 / 10);
    let losses = [&full, &half].map(|it| {
        let summary = json(&it.out().join("summary.json"));
        summary["test_loss"].as_f64().unwrap()
    });
    // What is tested is what is saved.
    assert_ne!(losses[0], losses[1]);
    assert!((losses[0] - losses[1]).abs() < 1e-2, "{losses:?}");
    printed(&half.predict());
    // A finished run can be halved.
    printed(&full.mnist(&["--resume", "--half"]));
    assert_eq!(size(&full), size(&half));
    printed(&full.predict());
}

#[test]
fn groups_of_parameters_are_trained_and_resumed() {
    let flags = [
        "--optimizer",
        "muon + ema(decay=0.9)",
        "--others",
        "adamw(weight_decay=0.1) + ema(decay=0.9)",
        "--no-decay",
        "--layer-decay",
        "0.75",
    ];
    let args = [
        "--hidden",
        "8,8",
        "--batch-size",
        "5",
        "--schedule",
        "constant",
    ];
    let all = [&flags[..], &args[..]].concat();
    let (fixtures, text) = Fixture::whole_and_resumed(&all, "3", "2");
    assert!(
        text.contains("for all but the hidden matrices, no decay of vectors"),
        "{text}"
    );
    let [one, other] = fixtures.map(|it| json(&it.out().join("summary.json")));
    for field in ["train_loss", "test_loss"] {
        assert_eq!(one[field], other[field], "{field}");
    }
}

#[test]
fn the_averaged_network_is_tested_saved_and_restored() {
    let args = [
        "--hidden",
        "8,8",
        "--batch-size",
        "5",
        "--schedule",
        "constant",
    ];
    let run = |optimizer: &str, epochs: &str| {
        let fixture = Fixture::new();
        let more = ["--optimizer", optimizer, "--epochs", epochs];
        let text = printed(&fixture.mnist(&[&args[..], &more].concat()));
        (fixture, text)
    };
    let losses = |fixture: &Fixture| {
        let summary = json(&fixture.out().join("summary.json"));
        ["train_loss", "validation_loss", "test_loss"].map(|field| summary[field].clone())
    };
    for optimizer in ["adam + ema(decay=0.9)", "adamw(beta_1=0) + schedule_free"] {
        let (whole, text) = run(optimizer, "4");
        assert!(
            text.contains("the averaged network is that of epoch 4"),
            "{text}"
        );
        let (stopped, _) = run(optimizer, "2");
        printed(&stopped.mnist(&["--resume", "--epochs", "4"]));
        assert_eq!(losses(&stopped), losses(&whole), "{optimizer}");
        let read = [&whole, &stopped].map(|fixture| printed(&fixture.predict()));
        assert_eq!(read[0], read[1]);
        // What a run that was killed leaves: predict averages what is in the checkpoint.
        fs::remove_file(stopped.out().join("model.bpk")).unwrap();
        let (digit, from_checkpoint) = (&read[0], printed(&stopped.predict()));
        let last = |text: &str| text.lines().last().map(ToString::to_string);
        assert_eq!(last(&from_checkpoint), last(digit));
    }
    // Beside the training, which it leaves alone.
    let [(with, _), (without, text)] = ["adam + ema(decay=0.9)", "adam"].map(|it| run(it, "2"));
    assert!(text.contains("the network is that of epoch 2"), "{text}");
    let columns = |fixture: &Fixture| {
        let lines = history(&fixture.out()).into_iter();
        let losses = lines.map(|line| line.split(',').take(4).collect::<Vec<_>>().join(","));
        losses.collect::<Vec<_>>()
    };
    assert_eq!(columns(&with), columns(&without));
    assert_ne!(losses(&with), losses(&without));
}

#[test]
fn a_resumed_run_ends_where_the_uninterrupted_one_does() {
    let fixture = Fixture::new();
    let args = ["--hidden", "8,8", "--epochs", "4", "--batch-size", "5"];
    printed(&fixture.mnist(&args));
    let whole = json(&fixture.out().join("summary.json"));
    let epochs = history(&fixture.out());

    // What a run that is killed while it saves its last checkpoint leaves.
    let checkpoint = fixture.out().join("checkpoint/model-4.bpk");
    let bytes = fs::read(&checkpoint).unwrap();
    fs::write(&checkpoint, &bytes[..bytes.len() / 2]).unwrap();
    fs::remove_file(fixture.out().join("model.bpk")).unwrap();
    fs::remove_file(fixture.out().join("summary.json")).unwrap();
    let figures = ["curves.svg", "layers.svg"].map(|name| fixture.out().join(name));
    let drawn = figures.clone().map(|path| fs::read(path).unwrap());
    for path in &figures {
        fs::remove_file(path).unwrap();
    }

    let text = printed(&fixture.mnist(&["--resume"]));
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("epoch"))
            .count(),
        1
    );
    assert_eq!(history(&fixture.out()), epochs);
    assert_eq!(figures.map(|path| fs::read(path).unwrap()), drawn);
    let resumed = json(&fixture.out().join("summary.json"));
    for field in ["train_accuracy", "validation_accuracy", "test_accuracy"] {
        assert_eq!(resumed[field], whole[field], "{field}");
    }
}

#[test]
fn a_new_run_removes_the_old_one() {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&["--hidden", "8", "--epochs", "3"]));
    printed(&fixture.mnist(&["--hidden", "4", "--epochs", "1"]));
    assert_eq!(history(&fixture.out()).len(), 2);
    let checkpoints = fs::read_dir(fixture.out().join("checkpoint")).unwrap();
    assert_eq!(checkpoints.count(), 4, "one epoch's");
}

#[test]
fn lists_names() {
    let text = printed(&example("mnist", &["--list"]));
    for name in [
        "flex", "wgpu", "relu", "tanh", "adam", "sgd", "he", "xavier",
    ] {
        assert!(
            text.lines()
                .any(|line| line.trim().split(' ').next() == Some(name)),
            "{name}"
        );
    }
}

/// The finding of the source document: drawn too small, the weights of a deep network learn
/// nothing but the most common digit.
#[test]
fn small_weights_do_not_train_and_he_does() {
    let accuracy = |init: &str| {
        let out = tempfile::tempdir().unwrap();
        let args = [
            "--init",
            init,
            "--activation",
            "relu",
            "--optimizer",
            "sgd",
            "--lr",
            "0.01",
            "--epochs",
            "3",
            "--hidden",
            "50,50,50,50",
            "--device",
            "flex",
            "--plain",
            "--out",
            out.path().to_str().unwrap(),
        ];
        let text = printed(&example("mnist", &args));
        let summary = json(&out.path().join("summary.json"));
        (summary["test_accuracy"].as_f64().unwrap(), text)
    };
    let (accuracy_of_normal, text) = accuracy("normal(std=0.01)");
    assert_eq!(accuracy_of_normal, 0.1135);
    for when in ["before", "after"] {
        let line = format!("{when} training, layer 2 (layers.1): the signal has shrunk");
        assert!(text.contains(&line), "{text}");
    }
    let (accuracy_of_he, text) = accuracy("he");
    assert!(accuracy_of_he > 0.90);
    assert!(!text.contains("training, layer"), "{text}");
}

#[cfg(feature = "wgpu")]
#[test]
fn a_short_run_on_wgpu_ends_near_flex() {
    let accuracy = |device: &str| {
        let out = tempfile::tempdir().unwrap();
        let args = [
            "--device",
            device,
            "--train-samples",
            "6000",
            "--epochs",
            "1",
            "--plain",
            "--out",
            out.path().to_str().unwrap(),
        ];
        printed(&example("mnist", &args));
        let summary = json(&out.path().join("summary.json"));
        assert_eq!(summary["device"], device);
        summary["test_accuracy"].as_f64().unwrap()
    };
    let (flex, wgpu) = (accuracy("flex"), accuracy("wgpu"));
    assert!((flex - wgpu).abs() < 0.02, "flex {flex}, wgpu {wgpu}");
}
