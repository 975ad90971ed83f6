//! A server that dies in the middle of a training.

use std::process::{Child, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::fixture::{Fixture, assert_refused, json, printed};
use crate::server::Server;
use crate::story::{assert_same, command, numbers, training};

const EPOCHS: &str = "30";

/// Longer than anything here takes; only what hangs comes to it.
const PATIENCE: Duration = Duration::from_secs(600);

/// Starts a training and kills one of its servers once there is the checkpoint of a few epochs; what the program says.
fn killed(fixture: &Fixture, args: &[&str], more: &[&str], server: &mut Server) -> Output {
    let mut command = command(fixture, args, more);
    let mut program = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let checkpoints = fixture.path("killed").join("checkpoint");
    let start = Instant::now();
    while !(2..20).any(|epoch| checkpoints.join(format!("epoch-{epoch}.json")).exists()) {
        assert!(start.elapsed() < PATIENCE, "no checkpoint");
        assert!(program.try_wait().unwrap().is_none(), "it ended by itself");
        sleep(Duration::from_millis(5));
    }
    server.kill();
    ended(program)
}

fn ended(mut program: Child) -> Output {
    let start = Instant::now();
    while program.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            program.kill().unwrap();
            panic!("it waits for a server that is gone");
        }
        sleep(Duration::from_millis(20));
    }
    program.wait_with_output().unwrap()
}

/// Checks for one line that says what went wrong, and exit status 2. On a machine that is busy there are lines before it
/// of how far the training has come.
fn assert_failed(output: &Output, expected: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    let lines: Vec<&str> = stderr.lines().collect();
    let (last, before) = lines.split_last().expect("a line");
    assert!(
        last.starts_with("error: ") && last.contains(expected),
        "{stderr}"
    );
    assert!(
        before.iter().all(|line| line.starts_with("epoch ")),
        "{stderr}"
    );
}

fn dies_and_goes_on(servers: usize, more: &[&str]) {
    let fixture = Fixture::new();
    let here = fixture.path("here");
    let args = training("flex", here.to_str().unwrap(), EPOCHS);
    printed(&command(&fixture, &args, &[]).output().unwrap());
    let expected = numbers(&fixture, "here");

    let mut all: Vec<Server> = (0..servers).map(|_| Server::start(&[])).collect();
    let list = |all: &[Server]| {
        let urls: Vec<&str> = all.iter().map(|server| server.url.as_str()).collect();
        urls.join(",")
    };
    let (device, out) = (list(&all), fixture.path("killed"));
    let args = training(&device, out.to_str().unwrap(), EPOCHS);
    let last = all.last_mut().unwrap();
    let url = last.url.clone();
    let output = killed(&fixture, &args, more, last);
    assert_failed(&output, &format!("the training failed: {url} is gone"));
    let done = json(&out.join("summary.json"))["epochs_done"]
        .as_u64()
        .unwrap();
    assert!((2..30).contains(&done), "{done} epochs");

    // Another takes its place.
    *all.last_mut().unwrap() = Server::start(&[]);
    let device = list(&all);
    let args = training(&device, out.to_str().unwrap(), EPOCHS);
    let again = command(&fixture, &args, &[more, &["--resume"]].concat());
    let text = printed(&{ again }.output().unwrap());
    assert!(
        text.contains(&format!("resumed after {done} epochs")),
        "{text}"
    );
    assert_same(
        &numbers(&fixture, "killed"),
        &expected,
        "killed and resumed",
    );
    let test = |out: &str| {
        json(&fixture.path(out).join("summary.json"))["test_loss"]
            .as_f64()
            .unwrap()
    };
    let [found, expected] = ["killed", "here"].map(test);
    assert!((found - expected).abs() < 1e-3, "{found}, here {expected}");
}

#[test]
fn one_of_two_servers_dies() {
    dies_and_goes_on(2, &[]);
}

#[test]
fn one_of_two_servers_dies_that_update_the_parameters_together() {
    dies_and_goes_on(2, &["--sharded"]);
}

#[test]
fn the_only_server_dies() {
    dies_and_goes_on(1, &[]);
}

/// Nothing is trained yet, and nothing of an earlier run is touched.
#[test]
fn a_run_that_cannot_reach_its_server_leaves_everything_as_it_is() {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&["--epochs", "1"]));
    let before = crate::fixture::content(&fixture.out());
    let mut server = Server::start(&[]);
    server.kill();
    for more in [&[][..], &["--resume", "--epochs", "2"]] {
        let args = [&["--device", &server.url][..], more].concat();
        assert_refused(&fixture.mnist(&args), &[&server.url, "no server answers"]);
        assert_eq!(crate::fixture::content(&fixture.out()), before);
    }
}
