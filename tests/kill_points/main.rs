//! A run is killed at each of its file operations, its writes are torn, its disk is full from there on: what
//! is resumed ends as the uninterrupted run does, or is refused in one line before anything is lost.
//!
//! ```text
//! cargo test --test kill_points                                    # a sample
//! KILL_POINTS=all cargo test --test kill_points every -- --nocapture     # all of them, and their counts
//! KILLS=100 cargo test --test kill_points random -- --nocapture    # as many kills at random moments
//! ```

#![cfg(target_os = "linux")]

mod fault;
#[path = "../command_line/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod fixture;
mod folder;
mod random;
mod story;

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fault::Fault;
use crate::fixture::Fixture;
use crate::story::{Story, stories};

/// Optimizers with averages and other modifiers among them, and schedules, each with something besides.
const RUNS: [&[&str]; 8] = [
    &["--optimizer", "adam"],
    &[
        "--optimizer",
        "adam + ema(decay=0.9)",
        "--schedule",
        "cosine",
    ],
    &[
        "--optimizer",
        "adamw(beta_1=0) + schedule_free",
        "--schedule",
        "constant",
    ],
    &[
        "--optimizer",
        "muon",
        "--others",
        "adamw",
        "--schedule",
        "one-cycle",
    ],
    &[
        "--optimizer",
        "sgd + lookahead(k=3)",
        "--schedule",
        "reduce-on-plateau(patience=0, threshold=0.5)",
    ],
    &["--optimizer", "prodigy", "--schedule", "wsd"],
    &[
        "--optimizer",
        "nadam + polynomial_average",
        "--schedule",
        "cosine-restarts(cycles=2)",
        "--dropout",
        "0.2",
    ],
    &[
        "--optimizer",
        "adafactor",
        "--activation",
        "prelu",
        "--norm",
        "on",
        "--patience",
        "3",
        "--deform",
        "ciresan",
        "--label-smoothing",
        "0.1",
    ],
];

#[test]
fn every_kill_tear_and_full_disk_leaves_a_run_that_can_be_resumed() {
    let all = std::env::var("KILL_POINTS").is_ok_and(|it| it == "all");
    let only = std::env::var("KILL_POINTS_OF").unwrap_or_default();
    let mut broken = Vec::new();
    let mut total = 0;
    for (index, run) in RUNS.iter().enumerate() {
        if !run.join(" ").contains(&only) {
            continue;
        }
        let fixture = Fixture::new();
        for story in stories(&fixture, run) {
            let faults = match all {
                true => story.faults(),
                // Others for each run, from the beginning to the end.
                false => sample(story.faults(), 5, index),
            };
            let found = try_all(&story, &faults);
            println!(
                "{}, {}: {} operations, {} faults, {} broken",
                run.join(" "),
                story.name,
                story.operations.len(),
                faults.len(),
                found.len()
            );
            total += faults.len();
            broken.extend(found);
        }
    }
    println!("{total} faults, {} broken", broken.len());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn sample(faults: Vec<Fault>, count: usize, shift: usize) -> Vec<Fault> {
    let step = (faults.len() / count).max(1);
    let first = (shift * 7) % step;
    faults.into_iter().skip(first).step_by(step).collect()
}

/// What is broken after which fault.
fn try_all(story: &Story, faults: &[Fault]) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut broken = Vec::new();
        while let Some(fault) = faults.get(next.fetch_add(1, Ordering::SeqCst)) {
            if let Err(why) = story.survives(fault) {
                let operation = &story.operations[fault.at - 1];
                broken.push(format!("{}: {fault:?} ({operation}): {why}", story.name));
            }
        }
        broken
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let broken = threads.into_iter().map(|it| it.join().expect("a worker"));
        broken.flatten().collect()
    })
}
