//! Programs to run and small data sets to run them on.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;

pub const TRAIN_IMAGES: &str = "train-images-idx3-ubyte.gz";
pub const TRAIN_LABELS: &str = "train-labels-idx1-ubyte.gz";

/// Images in the small data set.
pub const TRAIN: usize = 60;
const TEST: usize = 20;

/// A folder with a small data set, and a place for results beside it.
pub struct Fixture {
    root: TempDir,
}

impl Fixture {
    /// Digits that are easy to tell apart: a bright bar whose row is the digit.
    pub fn new() -> Self {
        let fixture = Self {
            root: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(fixture.data()).unwrap();
        for (set, count) in [("train", TRAIN), ("t10k", TEST)] {
            let labels: Vec<u8> = (0..count).map(|index| (index % 10) as u8).collect();
            let images: Vec<u8> = labels.iter().flat_map(|label| bar(*label)).collect();
            let dims = [count as u32, 28, 28];
            fixture.write(
                &format!("{set}-images-idx3-ubyte.gz"),
                &idx(3, &dims, &images),
            );
            let dims = [count as u32];
            fixture.write(
                &format!("{set}-labels-idx1-ubyte.gz"),
                &idx(1, &dims, &labels),
            );
        }
        fixture
    }

    pub fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub fn out(&self) -> PathBuf {
        self.root.path().join("out")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A folder that cannot be: the one above it is a file.
    pub fn nowhere(&self) -> String {
        let file = self.path("file");
        fs::write(&file, "").unwrap();
        file.join("run").to_str().unwrap().to_string()
    }

    /// Writes a data file, compressed.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(bytes).unwrap();
        fs::write(self.data().join(name), gzip.finish().unwrap()).unwrap();
    }

    /// Runs the mnist example on this data set, with `args` over what every test wants.
    pub fn mnist(&self, args: &[&str]) -> Output {
        self.mnist_command(args).output().unwrap()
    }

    /// The command that [`mnist`](Self::mnist) runs.
    pub fn mnist_command(&self, args: &[&str]) -> Command {
        let (data, out) = (self.data(), self.out());
        let mut all = vec!["--plain"];
        for (flag, value) in [
            ("--data", data.to_str().unwrap()),
            ("--out", out.to_str().unwrap()),
            ("--validation", "10"),
            // Graphics drivers write to stderr when they are asked for adapters.
            ("--device", "flex"),
        ] {
            if !args.contains(&flag) {
                all.extend([flag, value]);
            }
        }
        all.extend(args);
        command("mnist", &all)
    }

    /// A run with `args` of so many epochs, and one that was stopped before and resumed to its end, with what the first
    /// printed.
    pub fn whole_and_resumed(args: &[&str], epochs: &str, stopped: &str) -> ([Self; 2], String) {
        let [whole, resumed] = [(); 2].map(|()| Self::new());
        let run = |fixture: &Self, epochs: &str| {
            printed(&fixture.mnist(&[args, &["--epochs", epochs]].concat()))
        };
        let text = run(&whole, epochs);
        run(&resumed, stopped);
        printed(&resumed.mnist(&["--resume", "--epochs", epochs]));
        ([whole, resumed], text)
    }

    /// Lets the predict example read the first test image with the network of the run.
    pub fn predict(&self) -> Output {
        let (data, out) = (self.data(), self.out());
        let [data, out] = [&data, &out].map(|path| path.to_str().unwrap());
        let args = ["--device", "flex", "--test-index", "0"];
        let folders = ["--data", data, "--run", out];
        example("predict", &[args, folders].concat())
    }

    /// Checks that the mnist example refuses `args`: with one line that holds all of `expected`,
    /// exit status 2, and nothing written.
    pub fn refuses(&self, args: &[&str], expected: &[&str]) {
        let before = self.out().exists();
        assert_refused(&self.mnist(args), expected);
        assert_eq!(
            before,
            self.out().exists(),
            "{args:?} left something behind"
        );
    }
}

/// Checks for one line on stderr that holds all of `expected`, and exit status 2.
pub fn assert_refused(output: &Output, expected: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "one line, got {stderr}");
    assert!(stderr.starts_with("error: "), "{stderr}");
    for part in expected {
        assert!(stderr.contains(part), "no {part:?} in {stderr}");
    }
}

/// Checks that a program ended well, and returns what it printed.
pub fn printed(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Runs an example that cargo built beside this test.
pub fn example(name: &str, args: &[impl AsRef<OsStr>]) -> Output {
    example_in(Path::new(env!("CARGO_MANIFEST_DIR")), name, args)
}

/// Runs an example in a folder.
pub fn example_in(folder: &Path, name: &str, args: &[impl AsRef<OsStr>]) -> Output {
    command_in(folder, name, args).output().unwrap()
}

pub fn command(name: &str, args: &[impl AsRef<OsStr>]) -> Command {
    command_in(Path::new(env!("CARGO_MANIFEST_DIR")), name, args)
}

fn command_in(folder: &Path, name: &str, args: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(program(name));
    command.args(args).current_dir(folder);
    command
}

/// An example as a file.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let program = profile
        .join("examples")
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        program.exists(),
        "no {}: run `cargo test`, or `cargo build --examples` first",
        program.display()
    );
    program
}

pub fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The content of every file, without the seconds that things took, which no two runs share.
pub type Content = BTreeMap<String, Vec<u8>>;

pub fn content(run: &Path) -> Content {
    let mut content = Content::new();
    collect(run, run, &mut content);
    content
}

fn collect(run: &Path, folder: &Path, content: &mut Content) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            collect(run, &path, content);
            continue;
        }
        let name = path.strip_prefix(run).unwrap().display().to_string();
        content.insert(name, timeless(&path));
    }
}

fn timeless(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    match name.rsplit_once('.') {
        Some(("history", "csv")) => {
            let text = String::from_utf8(bytes).unwrap();
            let lines = text.lines().map(|line| line.rsplit_once(',').unwrap().0);
            lines.collect::<Vec<_>>().join("\n").into_bytes()
        }
        Some((_, "json")) => {
            let mut value: Value = serde_json::from_slice(&bytes).unwrap();
            forget_time(&mut value);
            value.to_string().into_bytes()
        }
        _ => bytes,
    }
}

fn forget_time(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            // The checksum of an epoch's record is that of its seconds too.
            if fields.contains_key("record") {
                fields.remove("checksum");
            }
            fields.retain(|name, _| !name.contains("second"));
            fields.values_mut().for_each(forget_time);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_time),
        _ => {}
    }
}

/// The history of a run without the seconds, which no two runs share.
pub fn history(run: &Path) -> Vec<String> {
    fs::read_to_string(run.join("history.csv"))
        .unwrap()
        .lines()
        .map(|line| line.rsplit_once(',').unwrap().0.to_string())
        .collect()
}

/// The validation losses of a run's epochs.
pub fn validation_losses(run: &Path) -> Vec<f64> {
    let loss = |line: &String| line.split(',').nth(3).unwrap().parse().unwrap();
    history(run).iter().skip(1).map(loss).collect()
}

/// An IDX file of bytes.
pub fn idx(dimensions: u8, dims: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions];
    bytes.extend(dims.iter().flat_map(|dim| dim.to_be_bytes()));
    bytes.extend(data);
    bytes
}

fn bar(label: u8) -> [u8; 784] {
    let mut pixels = [0; 784];
    let row = 4 + 2 * label as usize;
    pixels[row * 28 + 4..row * 28 + 24].fill(255);
    pixels
}
