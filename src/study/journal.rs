use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::line;
use super::{Finished, Outcome, Run, StudyError};

/// The file that finished trainings are in: a CSV, a line each, on the disk before the next begins.
///
/// What a program that was killed left of its last line has no line break behind it: it is cut off. The file is locked
/// while a study has it, by the operating system, so that the lock goes with the program.
pub struct Journal {
    path: PathBuf,
    file: File,
    finished: Vec<Finished>,
}

/// What stands before the factors, and behind them.
const BEFORE: [&str; 1] = ["task"];
const BEHIND: [&str; 6] = ["rate", "seed", "validation", "test", "seconds", "curve"];

impl Journal {
    /// Opens the file, or makes it, and reads what is finished.
    pub fn open(path: &Path, factors: &[String]) -> Result<Self, StudyError> {
        let problem = |error: io::Error| unwritable(path, &error);
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(problem)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(StudyError(format!(
                    "{}: another study writes to this file: wait for its end, or name another file",
                    path.display()
                )));
            }
            // Some network file systems have no locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(problem)?;
        let header = line::written(
            BEFORE
                .into_iter()
                .chain(factors.iter().map(String::as_str))
                .chain(BEHIND),
        );
        let header = format!("{header}\n");
        let (finished, whole) =
            match bytes.len() < header.len() && header.as_bytes().starts_with(&bytes) {
                // New, or the program was killed before a training had begun.
                true => (Vec::new(), 0),
                false => read(&bytes, &header, factors.len())
                    .map_err(|why| StudyError(format!("{}: {why}", path.display())))?,
            };
        let mut journal = Self {
            path: path.to_path_buf(),
            file,
            finished,
        };
        journal.cut(whole as u64).map_err(problem)?;
        if whole == 0 {
            journal.append(&header).map_err(problem)?;
            sync_folder_of(path).map_err(problem)?;
        }
        Ok(journal)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is finished, in the order in which it was.
    pub fn finished(&self) -> &[Finished] {
        &self.finished
    }

    /// Adds a finished training, and is back when it is on the disk.
    pub fn add(&mut self, finished: Finished) -> Result<(), StudyError> {
        let text = line::written(fields(&finished));
        self.append(&format!("{text}\n"))
            .map_err(|error| unwritable(&self.path, &error))?;
        self.finished.push(finished);
        Ok(())
    }

    fn append(&mut self, text: &str) -> io::Result<()> {
        let end = self.file.stream_position()?;
        let written = self
            .file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data());
        if written.is_err() {
            // The disk is full: what is there of the line would be torn anyway.
            let _ = self.cut(end);
        }
        written
    }

    /// Cuts off what is behind `length`; what is written next stands there.
    fn cut(&mut self, length: u64) -> io::Result<()> {
        if self.file.metadata()?.len() > length {
            self.file.set_len(length)?;
        }
        self.file.seek(SeekFrom::Start(length)).map(|_| ())
    }
}

fn unwritable(path: &Path, error: &io::Error) -> StudyError {
    StudyError(format!("{} cannot be written: {error}", path.display()))
}

/// A new file is there after a power failure only if its folder was written too.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened.
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// What is finished, and how many bytes are whole lines.
fn read(bytes: &[u8], header: &str, factors: usize) -> Result<(Vec<Finished>, usize), String> {
    let whole = bytes
        .iter()
        .rposition(|it| *it == b'\n')
        .map_or(0, |it| it + 1);
    let text = str::from_utf8(&bytes[..whole]).map_err(|_| "it is no text")?;
    let Some(lines) = text.strip_prefix(header) else {
        return Err(format!(
            "expected a study whose first line is {}; name another file",
            header.trim_end()
        ));
    };
    let lines = lines.lines().enumerate();
    let finished = lines.map(|(index, text)| {
        let number = index + 2;
        parsed(text, factors).ok_or(format!(
            "line {number} cannot be read: remove it, and it is trained again"
        ))
    });
    Ok((finished.collect::<Result<_, _>>()?, whole))
}

fn fields(finished: &Finished) -> Vec<String> {
    let Finished {
        run,
        outcome,
        seconds,
    } = finished;
    let curve: Vec<_> = outcome.curve.iter().map(|it| short(*it)).collect();
    let mut fields = vec![run.task.clone()];
    fields.extend(run.levels.iter().cloned());
    fields.extend([
        run.rate.to_string(),
        run.seed.to_string(),
        outcome.validation.to_string(),
        outcome.test.to_string(),
        seconds.to_string(),
        curve.join(";"),
    ]);
    fields
}

fn parsed(text: &str, factors: usize) -> Option<Finished> {
    let mut fields = line::read(text)?.into_iter();
    let task = fields.next()?;
    let levels: Vec<_> = fields.by_ref().take(factors).collect();
    let rest: [String; BEHIND.len()] = fields.collect::<Vec<_>>().try_into().ok()?;
    let [rate, seed, validation, test, seconds, curve] = rest;
    let points = curve.split(';').filter(|it| !it.is_empty());
    Some(Finished {
        run: Run {
            task,
            levels,
            rate: rate.parse().ok()?,
            seed: seed.parse().ok()?,
        },
        outcome: Outcome {
            validation: validation.parse().ok()?,
            test: test.parse().ok()?,
            curve: points.map(|it| it.parse().ok()).collect::<Option<_>>()?,
        },
        seconds: seconds.parse().ok()?,
    })
}

/// Three digits.
fn short(value: f64) -> String {
    format!("{value:.2e}")
}

/// A point of a curve as it is kept.
pub fn kept(value: f64) -> f64 {
    short(value).parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn finished(seed: u64) -> Finished {
        Finished {
            run: Run {
                task: "a task".into(),
                levels: vec!["adam(beta_1=0.8, beta_2=0.9)".into()],
                rate: 0.001,
                seed,
            },
            outcome: Outcome {
                validation: 0.1 + 0.2,
                test: f64::INFINITY,
                curve: vec![0.912, 1e-7],
            },
            seconds: 0.125,
        }
    }

    fn open(path: &Path) -> Result<Journal, StudyError> {
        Journal::open(path, &["optimizer".to_string()])
    }

    #[test]
    fn what_is_added_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        for count in 0..3 {
            let mut journal = open(&path).unwrap();
            let all: Vec<_> = (0..count).map(finished).collect();
            assert_eq!(journal.finished(), all);
            journal.add(finished(count)).unwrap();
        }
    }

    #[test]
    fn every_torn_file_is_read_up_to_where_it_is_torn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        let mut journal = open(&path).unwrap();
        journal.add(finished(0)).unwrap();
        journal.add(finished(1)).unwrap();
        drop(journal);
        let whole = fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let lines = whole[..length].iter().filter(|it| **it == b'\n').count();
            let mut journal = open(&path).unwrap();
            assert_eq!(
                journal.finished().len(),
                lines.saturating_sub(1),
                "{length}"
            );
            for seed in journal.finished().len()..2 {
                journal.add(finished(seed as u64)).unwrap();
            }
            drop(journal);
            assert_eq!(fs::read(&path).unwrap(), whole, "{length}");
        }
    }

    #[test]
    fn what_is_no_study_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        let header = "task,optimizer,rate,seed,validation,test,seconds,curve\n";
        for (text, expected) in [
            (
                "a letter\nto somebody",
                "expected a study whose first line is task,optimizer",
            ),
            ("no line break", "expected a study"),
            (&format!("{header}x,y\n"), "line 2 cannot be read"),
            (
                &format!("{header}t,adam,0.1,1,0.5,0.5,1,0.5;x\n"),
                "line 2 cannot be read",
            ),
        ] {
            fs::write(&path, text).unwrap();
            let error = open(&path).err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn two_cannot_write_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        let _first = open(&path).unwrap();
        let error = open(&path).err().unwrap().to_string();
        assert!(error.contains("another study writes"), "{error}");
    }
}
