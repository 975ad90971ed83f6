//! Folders in which something is lost, damaged or in the wrong place.

use std::fs;
use std::path::Path;

use crate::fixture::{Fixture, TRAIN, TRAIN_LABELS, assert_refused, content, idx, json, printed};

const RUN: [&str; 6] = ["--hidden", "8,8", "--epochs", "4", "--batch-size", "5"];

fn trained(more: &[&str]) -> Fixture {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&[&RUN[..], more].concat()));
    fixture
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = at % bytes.len();
    bytes[at] ^= 1 << (at % 8);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_history_is_there_for_people_alone() {
    let fixture = trained(&[]);
    let before = content(&fixture.out());
    let path = fixture.out().join("history.csv");
    let damages: [fn(&Path); 3] = [
        |path| fs::write(path, "").unwrap(),
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path, "epoch\n1,NaN").unwrap(),
    ];
    for damage in damages {
        damage(&path);
        printed(&fixture.mnist(&["--resume"]));
        assert_eq!(content(&fixture.out()), before);
    }
    // In a run that is not over as well.
    let longer = ["--resume", "--epochs", "5"];
    let (whole, cut) = (trained(&[]), fixture);
    fs::write(&path, "").unwrap();
    for run in [&whole, &cut] {
        printed(&run.mnist(&longer));
    }
    assert_eq!(content(&cut.out()), content(&whole.out()));
}

#[test]
fn a_flipped_bit_is_seen_and_the_epoch_before_taken() {
    let fixture = trained(&["--optimizer", "adam + ema(decay=0.9)"]);
    let before = content(&fixture.out());
    for file in [
        "model-4.bpk",
        "optim-4.bpk",
        "scheduler-4.bpk",
        "epoch-4.json",
    ] {
        // At the beginning, in the middle and near the end.
        for at in [3, 157, 200, 5_003] {
            flip(&fixture.out().join("checkpoint").join(file), at);
            let text = printed(&fixture.mnist(&["--resume"]));
            let lines: Vec<_> = text.lines().filter(|it| it.contains("epoch 4 (")).collect();
            assert_eq!(lines.len(), 1, "{file}, byte {at}: {text}");
            assert!(lines[0].starts_with("resumed after 3 epochs, "), "{text}");
            assert!(lines[0].contains(file), "{text}");
            assert_eq!(content(&fixture.out()), before, "{file}, byte {at}");
        }
    }
}

#[test]
fn a_model_is_no_optimizer() {
    let fixture = trained(&[]);
    let before = content(&fixture.out());
    let part = |name: &str| fixture.out().join("checkpoint").join(name);
    fs::copy(part("model-4.bpk"), part("optim-4.bpk")).unwrap();
    let text = printed(&fixture.mnist(&["--resume"]));
    assert!(
        text.contains("epoch 4 (optim-4.bpk: it is damaged)"),
        "{text}"
    );
    assert_eq!(content(&fixture.out()), before);
    // Nor is another epoch's record this one's.
    fs::copy(part("epoch-3.json"), part("epoch-4.json")).unwrap();
    let text = printed(&fixture.mnist(&["--resume"]));
    assert!(text.contains("it is that of another epoch"), "{text}");
    assert_eq!(content(&fixture.out()), before);
}

#[test]
fn no_whole_checkpoint_is_one_line() {
    let fixture = trained(&[]);
    for epoch in [3, 4] {
        flip(
            &fixture.out().join(format!("checkpoint/model-{epoch}.bpk")),
            500,
        );
    }
    let before = content(&fixture.out());
    assert_refused(
        &fixture.mnist(&["--resume"]),
        &[
            "no whole checkpoint",
            "model-4.bpk",
            "model-3.bpk",
            "without --resume",
        ],
    );
    assert_eq!(content(&fixture.out()), before);
}

#[test]
fn other_data_is_refused() {
    let fixture = trained(&[]);
    let before = content(&fixture.out());
    let labels: Vec<u8> = (0..TRAIN).map(|it| ((it + 1) % 10) as u8).collect();
    fixture.write(TRAIN_LABELS, &idx(1, &[TRAIN as u32], &labels));
    for args in [&["--resume"][..], &["--resume", "--epochs", "5"]] {
        assert_refused(
            &fixture.mnist(args),
            &["--resume", "other images", "--data"],
        );
        assert_eq!(content(&fixture.out()), before);
    }
}

#[test]
fn a_damaged_configuration_is_refused() {
    let fixture = trained(&[]);
    let path = fixture.out().join("config.json");
    let text = fs::read_to_string(&path).unwrap();
    for (was, is, expected) in [
        ("\"lr\": 0.001", "\"lr\": 0.003", "--lr 0.001"),
        ("\"seed\": 42", "\"seed\": 43", "--seed 42"),
        ("\"batch_size\": 5", "\"batch_size\": 7", "--batch-size 5"),
        ("\"adam\"", "\"adamw\"", "--optimizer adam"),
    ] {
        let damaged = text.replace(was, is);
        assert_ne!(damaged, text, "{was}");
        fs::write(&path, damaged).unwrap();
        let before = content(&fixture.out());
        assert_refused(&fixture.mnist(&["--resume"]), &["--resume", expected]);
        assert_eq!(content(&fixture.out()), before);
    }
}

#[test]
fn what_a_killed_program_left_unfinished_goes() {
    let fixture = trained(&[]);
    let before = content(&fixture.out());
    let left = ["config.json.tmp", "checkpoint/model-5.bpk.123-4.tmp"];
    for args in [&["--resume"][..], &RUN] {
        for name in left {
            fs::write(fixture.out().join(name), "half").unwrap();
        }
        printed(&fixture.mnist(args));
        assert_eq!(content(&fixture.out()), before, "{args:?}");
    }
}

#[test]
fn a_damaged_result_is_not_predicted_with() {
    let fixture = trained(&[]);
    let before = content(&fixture.out());
    flip(&fixture.out().join("model.bpk"), 5_000);
    assert_refused(&fixture.predict(), &["model.bpk", "damaged", "--resume"]);
    printed(&fixture.mnist(&["--resume"]));
    assert_eq!(content(&fixture.out()), before);
    printed(&fixture.predict());
    // A checkpoint that stands in for it neither.
    fs::remove_file(fixture.out().join("model.bpk")).unwrap();
    flip(&fixture.out().join("checkpoint/model-4.bpk"), 5_000);
    let text = printed(&fixture.predict());
    assert!(text.contains("network after epoch 3"), "{text}");
}

#[test]
fn equal_runs_write_equal_files() {
    for optimizer in ["adam", "adamw(beta_1=0) + schedule_free", "prodigy"] {
        let run = || trained(&["--optimizer", optimizer, "--activation", "prelu"]);
        let (one, other) = (content(&run().out()), content(&run().out()));
        assert_eq!(one, other, "{optimizer}");
    }
}

/// With as many digits as a number can have.
#[test]
fn learning_rates_come_back_to_the_bit() {
    for rate in [
        "0.0012199999999999997",
        "0.0030000000000000005",
        "0.00123456789012345678",
    ] {
        let fixture = trained(&["--lr", rate, "--schedule", "cosine"]);
        let number: f64 = rate.parse().unwrap();
        let config = json(&fixture.out().join("config.json"));
        assert_eq!(config["lr"].as_f64().unwrap().to_bits(), number.to_bits());
        let before = content(&fixture.out());
        flip(&fixture.out().join("checkpoint/model-4.bpk"), 5_000);
        printed(&fixture.mnist(&["--resume"]));
        assert_eq!(content(&fixture.out()), before, "{rate}");
    }
}

#[cfg(unix)]
#[test]
fn a_second_program_in_a_folder_is_refused() {
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let fixture = Fixture::new();
    let long = ["--epochs", "100000", "--hidden", "8", "--batch-size", "5"];
    let mut command = fixture.mnist_command(&long);
    let mut first = command.stdout(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !fixture.out().join("history.csv").exists() {
        assert!(start.elapsed() < Duration::from_secs(100), "too slow");
        std::thread::sleep(Duration::from_millis(10));
    }
    for args in [&["--resume"][..], &RUN] {
        let expected = ["--out", "another mnist trains in this folder"];
        assert_refused(&fixture.mnist(args), &expected);
    }
    assert!(first.try_wait().unwrap().is_none(), "the first goes on");
    // A program that is killed leaves no lock behind.
    first.kill().unwrap();
    first.wait().unwrap();
    printed(&fixture.mnist(&RUN));
}
