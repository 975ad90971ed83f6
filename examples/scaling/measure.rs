use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::case::{Case, Way};
use crate::link;
use crate::print::warn;
use crate::problem::Problem;
use crate::programs::{Server, command};

/// The first warms up.
const EPOCHS: usize = 5;

/// A guess, to choose how long an epoch is.
const STEPS_A_SECOND: f64 = 100.0;

/// What a training took.
pub struct Measured {
    pub case: Case,
    /// Of a step.
    pub seconds: f64,
    /// Over the loopback link, of a step; 0 where the system does not tell.
    pub bytes: f64,
    /// The most that any server had; 0 where there is none.
    pub memory: f64,
}

/// Runs a training.
pub fn measure(case: Case, seconds: f64) -> Result<Measured, Problem> {
    warn(&case);
    let folder = tempfile::tempdir().map_err(|error| Problem(error.to_string()))?;
    let out = folder.path().join("run");
    let servers = (0..case.servers).map(|_| Server::start());
    let servers = servers.collect::<Result<Vec<_>, _>>()?;
    let steps = steps(&case, seconds);
    let mut training = train(&case, &servers, steps, &out)?;
    let bytes = bytes(&mut training, &out, steps);
    let output = training.wait_with_output();
    let output = output.map_err(|error| Problem(error.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Problem(format!("{case}: {}", said.trim())));
    }
    let memory = servers.iter().filter_map(|it| link::peak_memory(it.id()));
    Ok(Measured {
        seconds: shortest(&out)? / steps as f64,
        bytes: bytes.unwrap_or_default(),
        memory: memory.fold(0.0, f64::max),
        case,
    })
}

/// How many an epoch has.
fn steps(case: &Case, seconds: f64) -> usize {
    // A guess: 50 GFLOP/s and 5 ms a step.
    let step = 5e-3 + case.operations() / 50e9;
    let most = 55_000 / case.batch;
    ((seconds / step).max(seconds * STEPS_A_SECOND / 4.0) as usize).clamp(10, most)
}

fn train(case: &Case, servers: &[Server], steps: usize, out: &Path) -> Result<Child, Problem> {
    let urls: Vec<&str> = servers.iter().map(|server| server.url.as_str()).collect();
    let device = match case.way {
        Way::Here => "flex".to_string(),
        _ => urls.join(","),
    };
    let hidden = vec![case.width.to_string(); 4].join(",");
    let mut command = command("mnist")?;
    command.args(["--plain", "--validation", "0", "--device", &device]);
    command.args(["--hidden", &hidden, "--activation", case.activation]);
    command.args(["--batch-size", &case.batch.to_string()]);
    command.args(["--train-samples", &(steps * case.batch).to_string()]);
    command
        .args(["--epochs", &EPOCHS.to_string(), "--out"])
        .arg(out);
    match case.way {
        Way::Here | Way::Formulas => {}
        Way::Composed => drop(command.arg("--composed")),
        Way::Sharded => drop(command.arg("--sharded")),
    }
    let started = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    started.map_err(|error| Problem(format!("mnist: {error}")))
}

/// Bytes a step, between the checkpoints of two epochs.
fn bytes(training: &mut Child, out: &Path, steps: usize) -> Option<f64> {
    let (first, last) = (2, EPOCHS - 1);
    let mut at = |epoch: usize| {
        let path = out.join(format!("checkpoint/epoch-{epoch}.json"));
        while !path.exists() {
            if training.try_wait().ok()?.is_some() {
                return None;
            }
            sleep(Duration::from_millis(1));
        }
        link::bytes()
    };
    let start = at(first)?;
    let bytes = at(last)? - start;
    Some(bytes / ((last - first) * steps) as f64)
}

/// The seconds of the shortest epoch but for the first.
fn shortest(out: &Path) -> Result<f64, Problem> {
    let path = out.join("history.csv");
    let text = fs::read_to_string(&path);
    let text = text.map_err(|error| Problem(format!("{}: {error}", path.display())))?;
    let seconds = text.lines().skip(2).filter_map(|line| {
        let (_, seconds) = line.rsplit_once(',')?;
        seconds.parse::<f64>().ok()
    });
    let shortest = seconds.fold(f64::INFINITY, f64::min);
    match shortest.is_finite() {
        true => Ok(shortest),
        false => Err(Problem(format!("{}: no epochs", path.display()))),
    }
}
