//! However a run ends, it leaves a model, or says why it has none.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::fixture::{Fixture, assert_refused, history, json, printed, validation_losses};

/// Checks that a run that ended early left all that a finished one leaves, with the network of its best
/// epoch; returns its summary.
fn assert_whole(fixture: &Fixture, ended: &str) -> serde_json::Value {
    let out = fixture.out();
    for file in ["curves.svg", "curves.png", "layers.svg", "layers.png"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let summary = json(&out.join("summary.json"));
    assert_eq!(summary["ended"], ended);
    assert!(summary["test_accuracy"].as_f64().unwrap() > 0.0);
    assert_eq!(summary["epochs_done"], history(&out).len() - 1);
    let losses = validation_losses(&out);
    let best = summary["epoch_of_network"].as_u64().unwrap() as usize;
    let lowest = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(losses[best - 1], lowest, "epoch {best} of {losses:?}");
    // The mean of all images there, of the batches' means here.
    let distance = (summary["validation_loss"].as_f64().unwrap() - lowest).abs();
    assert!(distance <= 1e-5 * lowest, "{distance}");
    assert!(out.join("model.bpk").is_file());
    let text = printed(&fixture.predict());
    assert!(text.contains("test image 0, a 0: "), "{text}");
    assert!(!text.contains("not come to its end"), "{text}");
    summary
}

/// A run that is started and gets signals.
#[cfg(unix)]
mod signals {
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    struct Running<'a> {
        fixture: &'a Fixture,
        child: Child,
    }

    impl<'a> Running<'a> {
        fn start(fixture: &'a Fixture, args: &[&str]) -> Self {
            let file = |name| fs::File::create(fixture.path(name)).unwrap();
            let mut command = fixture.mnist_command(args);
            // Files, for nobody reads a pipe while the run goes on.
            command.stdout(file("stdout")).stderr(file("stderr"));
            Self {
                fixture,
                child: command.stdin(Stdio::null()).spawn().unwrap(),
            }
        }

        /// Waits until some epochs are over.
        fn after(&mut self, epochs: usize) {
            let start = Instant::now();
            let path = self.fixture.out().join("history.csv");
            let lines = || fs::read_to_string(&path).map_or(0, |text| text.lines().count());
            while lines() <= epochs {
                assert!(start.elapsed() < Duration::from_secs(300), "too slow");
                assert!(self.child.try_wait().unwrap().is_none(), "ended by itself");
                std::thread::sleep(Duration::from_millis(10));
            }
        }

        fn signal(&self, name: &str) {
            let pid = self.child.id().to_string();
            // The shell's own `kill`: not every machine has the program.
            let kill = format!("kill -s {name} {pid}");
            let kill = Command::new("sh").args(["-c", &kill]).status();
            assert!(kill.unwrap().success());
        }

        fn end(mut self) -> Output {
            let status = self.child.wait().unwrap();
            let read = |name| fs::read(self.fixture.path(name)).unwrap();
            Output {
                status,
                stdout: read("stdout"),
                stderr: read("stderr"),
            }
        }
    }

    const LONG: [&str; 8] = [
        "--hidden",
        "8,8",
        "--epochs",
        "100000",
        "--batch-size",
        "5",
        "--schedule",
        "constant",
    ];

    #[test]
    fn leave_a_run_that_can_be_resumed() {
        for (signal, status) in [("INT", 130), ("TERM", 143)] {
            let fixture = Fixture::new();
            let mut run = Running::start(&fixture, &LONG);
            run.after(3);
            run.signal(signal);
            let output = run.end();
            assert_eq!(output.status.code(), Some(status));
            assert_eq!(String::from_utf8_lossy(&output.stderr), "");
            let summary = assert_whole(&fixture, &format!("stopped by SIG{signal}"));
            let done = summary["epochs_done"].as_u64().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let line = format!("stopped by SIG{signal} after {done} of 100000 epochs");
            assert!(text.contains(&line), "{text}");
            assert!(text.contains("--resume"), "{text}");

            let epochs = (done + 2).to_string();
            printed(&fixture.mnist(&["--resume", "--epochs", &epochs]));
            let whole = Fixture::new();
            let mut args = LONG;
            args[3] = &epochs;
            printed(&whole.mnist(&args));
            assert_eq!(history(&fixture.out()), history(&whole.out()));
            let [resumed, whole] =
                [&fixture, &whole].map(|it| json(&it.out().join("summary.json")));
            for field in ["ended", "test_loss", "train_loss", "epoch_of_network"] {
                assert_eq!(resumed[field], whole[field], "{field}");
            }
        }
    }

    #[test]
    fn before_the_first_epoch_is_over_leave_nothing() {
        let fixture = Fixture::new();
        // Real digits, and far more work than a moment can do.
        let args = ["--data", "data/mnist", "--hidden", "1000,1000"];
        let run = Running::start(&fixture, &args);
        let start = Instant::now();
        while !fixture.out().join("checkpoint").exists() {
            assert!(start.elapsed() < Duration::from_secs(300), "too slow");
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(500));
        run.signal("INT");
        let output = run.end();
        assert_refused(&output, &["stopped by SIGINT before the first epoch"]);
        assert!(!fixture.out().join("model.bpk").exists());
        assert_refused(&fixture.predict(), &["no trained network"]);
    }

    #[test]
    fn a_second_one_ends_the_program_at_once() {
        let fixture = Fixture::new();
        // Real digits, so that the end of the run takes a while.
        let args = ["--data", "data/mnist", "--hidden", "1000,1000"];
        let sizes = ["--train-samples", "2000", "--validation", "40000"];
        let mut run = Running::start(&fixture, &[args, sizes].concat());
        run.after(1);
        run.signal("INT");
        std::thread::sleep(Duration::from_millis(200));
        run.signal("INT");
        let output = run.end();
        assert_eq!(output.status.code(), Some(130));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("ended at once"), "{stderr}");
        assert!(!fixture.out().join("model.bpk").exists());
        printed(&fixture.predict());
    }

    #[test]
    fn a_run_that_was_killed_is_read_from_its_checkpoint() {
        let fixture = Fixture::new();
        let mut run = Running::start(&fixture, &LONG);
        run.after(4);
        run.signal("KILL");
        assert_eq!(run.end().status.code(), None);
        assert!(!fixture.out().join("model.bpk").exists());
        let text = printed(&fixture.predict());
        let (_, epoch) = text.split_once("this is its network after epoch ").unwrap();
        let epoch: usize = epoch.lines().next().unwrap().parse().unwrap();
        let epochs = history(&fixture.out()).len() - 1;
        // The last checkpoint may have been half saved; the rows are printed after it, so one may be missing.
        assert!((2..=epochs + 1).contains(&epoch), "{epoch} of {epochs}");
        assert!(text.contains("test image 0, a 0: "), "{text}");
    }
}

#[test]
fn early_stopping() {
    let fixture = Fixture::new();
    let args = ["--hidden", "8,8", "--batch-size", "5", "--lr", "0.05"];
    let more = ["--epochs", "200", "--patience", "1", "--seed", "1"];
    let text = printed(&fixture.mnist(&[&args[..], &more].concat()));
    let summary = assert_whole(&fixture, "early stopping");
    let done = summary["epochs_done"].as_u64().unwrap();
    assert!(done < 200);
    assert_eq!(summary["epoch_of_network"], done - 1);
    assert_eq!(summary["patience"], 1);
    assert!(text.contains("early stopping after"), "{text}");

    let before = json(&fixture.out().join("summary.json"));
    let text = printed(&fixture.mnist(&["--resume"]));
    assert!(text.contains("nothing is left to train"), "{text}");
    assert_eq!(json(&fixture.out().join("summary.json")), before);

    printed(&fixture.mnist(&["--resume", "--patience", "2"]));
    assert!(history(&fixture.out()).len() as u64 - 1 > done);
}

#[test]
fn a_finished_run_with_patience_has_its_best_network() {
    let fixture = Fixture::new();
    let args = ["--hidden", "8,8", "--batch-size", "5", "--lr", "0.05"];
    let more = ["--epochs", "12", "--patience", "12", "--seed", "1"];
    printed(&fixture.mnist(&[&args[..], &more].concat()));
    assert_whole(&fixture, "finished");
}

/// A weight is multiplied by `1 - lr decay` in each step: as the learning rate rises, it explodes from where
/// that has become less than -1, in the fourth of these epochs.
fn exploding(validation: &str) -> (Fixture, Output) {
    let fixture = Fixture::new();
    let args = ["--hidden", "16", "--optimizer", "sgd"];
    let rate = ["--weight-decay", "200", "--lr", "0.1", "--warmup", "39"];
    let length = ["--epochs", "40", "--batch-size", "5"];
    let validation = ["--validation", validation];
    let output = fixture.mnist(&[&args[..], &rate, &length, &validation].concat());
    (fixture, output)
}

#[test]
fn a_loss_that_turns_nan_leaves_the_best_network() {
    let (fixture, output) = exploding("10");
    assert_refused(&output, &["the loss became", "--lr", "network of epoch"]);
    let summary = assert_whole(&fixture, "diverged");
    assert!(summary["epochs_done"].as_u64().unwrap() >= 2);
}

#[test]
fn a_loss_that_turns_nan_without_validation_leaves_the_last_good_network() {
    let (fixture, output) = exploding("0");
    assert_refused(&output, &["the loss became", "--lr", "network of epoch"]);
    let summary = json(&fixture.out().join("summary.json"));
    assert_eq!(summary["ended"], "diverged");
    let done = summary["epochs_done"].as_u64().unwrap();
    let epoch = summary["epoch_of_network"].as_u64().unwrap();
    assert!(epoch + 1 >= done, "{epoch} of {done}");
    assert!(summary["train_loss"].as_f64().unwrap().is_finite());
    printed(&fixture.predict());
}

#[test]
fn a_last_step_that_ruins_the_network_is_seen_without_validation() {
    // One step an epoch: what the last one does shows in no loss of the training.
    let args = ["--validation", "0", "--optimizer", "sgd", "--hidden", "8"];
    let fixture = Fixture::new();
    let output = fixture.mnist(&[&args[..], &["--lr", "1e30", "--epochs", "1"]].concat());
    assert_refused(&output, &["after the last step", "--lr"]);
    assert!(!fixture.out().join("model.bpk").exists());

    // A small first step, and a huge second one.
    let rate = ["--lr", "1e30", "--epochs", "2"];
    let schedule = ["--schedule", "constant(warmup_steps=1,warmup_start=1e-34)"];
    let output = fixture.mnist(&[&args[..], &rate, &schedule].concat());
    assert_refused(&output, &["after the last step", "network of epoch 1"]);
    let summary = json(&fixture.out().join("summary.json"));
    assert_eq!(summary["ended"], "failed");
    printed(&fixture.predict());
}

#[test]
fn a_finished_run_says_so_and_is_left_as_it_is() {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&["--hidden", "8", "--epochs", "2"]));
    let files = ["summary.json", "history.csv", "config.json", "layers.svg"];
    let read = |path: &Path| files.map(|file| fs::read_to_string(path.join(file)).unwrap());
    let before = read(&fixture.out());
    let text = printed(&fixture.mnist(&["--resume"]));
    assert!(
        text.contains("nothing is left to train: finished"),
        "{text}"
    );
    assert!(
        !text.lines().any(|line| line.starts_with("epoch")),
        "{text}"
    );
    assert_eq!(read(&fixture.out()), before);
}

#[test]
fn a_resumed_run_keeps_the_best_of_all_epochs() {
    let fixture = Fixture::new();
    let args = ["--hidden", "8,8", "--batch-size", "5", "--lr", "0.05"];
    let more = ["--epochs", "6", "--seed", "1", "--schedule", "constant"];
    printed(&fixture.mnist(&[&args[..], &more].concat()));
    for epochs in ["9", "12"] {
        printed(&fixture.mnist(&["--resume", "--epochs", epochs]));
    }
    let losses = validation_losses(&fixture.out());
    let best = (1..=12).min_by(|a, b| losses[a - 1].total_cmp(&losses[b - 1]));
    let checkpoint = format!("checkpoint/model-{}.bpk", best.unwrap());
    assert!(fixture.out().join(&checkpoint).exists(), "{checkpoint}");
    let files = fs::read_dir(fixture.out().join("checkpoint")).unwrap();
    assert!(files.count() <= 12, "three epochs at most");
}
