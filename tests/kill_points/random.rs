//! Kills at random moments, in a row, on one run.

use std::process::Stdio;
use std::time::Duration;

use crate::fixture::{Fixture, content, printed};
use crate::folder::differences;

/// How long a run lives at most before it is killed, in milliseconds: not always to its first step.
const LIFE: u64 = 200;

/// Epochs for each life, more than most of them get through.
const EPOCHS: usize = 30;

#[test]
fn random_kills_in_a_row() {
    let kills: usize = std::env::var("KILLS").map_or(5, |it| it.parse().expect("KILLS, a number"));
    let epochs = (EPOCHS * kills).to_string();
    let args = ["--hidden", "4,3", "--batch-size", "25", "--epochs", &epochs];
    let more = ["--optimizer", "adam + ema(decay=0.9)"];
    let args = [&args[..], &more].concat();
    let whole = Fixture::new();
    printed(&whole.mnist(&args));

    let killed = Fixture::new();
    let is_saved = || {
        let files = std::fs::read_dir(killed.out().join("checkpoint"));
        files.is_ok_and(|files| {
            let mut names = files.flatten().map(|file| file.file_name());
            names.any(|it| it.to_string_lossy().ends_with(".json"))
        })
    };
    let mut random = 88_172_645_463_325_252_u64;
    let mut hits = 0;
    for _ in 0..kills {
        let args: &[&str] = if is_saved() { &["--resume"] } else { &args };
        let mut command = killed.mnist_command(args);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Xorshift.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        std::thread::sleep(Duration::from_millis(random % LIFE));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(stderr, "", "it went on after every kill");
        hits += usize::from(output.status.code().is_none());
    }
    printed(&killed.mnist(if is_saved() { &["--resume"] } else { &args }));
    let differing = differences(&content(&killed.out()), &content(&whole.out()));
    println!(
        "{hits} of {kills} kills hit a run that was not over, {} files differ",
        differing.len()
    );
    assert!(differing.is_empty(), "{differing:?}");
    // How far a life goes is the machine's.
    assert!(2 * hits >= kills, "{hits} of {kills}");
}
