use burn::tensor::Device;
use serde_json::Value;

use crate::args::Args;
use crate::check::check;
use crate::config::RunConfig;
use crate::epoch_record::WholeEpoch;
use crate::fingerprint::Fingerprint;
use crate::history::History;
use crate::loading;
use crate::problem::Problem;
use crate::run_folder::RunFolder;
use crate::schedule;

/// Settings that may change: they say when to stop and what to leave behind, not what a step does.
const FREE: [&str; 3] = ["epochs", "patience", "half"];

/// What a run has behind it.
pub struct Behind {
    pub history: History,
    /// How many epochs it was to have in all.
    pub was: usize,
    /// In a line, the checkpoints that are not taken, and why.
    pub passed_over: Option<String>,
}

/// The settings of the run in `folder`, continued.
///
/// Flags may be left out; but for [`FREE`] ones, those that are given must say what the run has.
pub fn settings(args: &Args, folder: &RunFolder) -> Result<RunConfig, Problem> {
    let path = folder.path().display();
    if !folder.config().exists() {
        return Err(Problem(format!(
            "--resume: no run in {path}: start one without --resume, or name its folder with --out"
        )));
    }
    let saved = folder.saved_config()?;
    let config = args.over(saved.clone())?;
    if let Some((flag, has, asked)) = difference(&saved, &config) {
        return Err(Problem(format!(
            "--resume: the run in {path} has --{flag} {has}, not {asked}: \
             leave --{flag} out, or start a new run in another --out"
        )));
    }
    check(&config)?;
    Ok(config)
}

/// Where the run in `folder` goes on: behind its last checkpoint that is whole.
///
/// `data`: what the run is to go on with. `steps`: how many an epoch has.
pub fn behind(
    folder: &RunFolder,
    config: &RunConfig,
    data: Fingerprint,
    steps: usize,
    device: &Device,
) -> Result<Behind, Problem> {
    let path = folder.path().display();
    // A schedule remembers what it is told: the training's own must not see these.
    let scheduler = schedule::scheduler(config, steps)?;
    let mut other = None;
    let (last, passed_over) = WholeEpoch::last(folder, |whole| {
        let record = &whole.record;
        other = other.take().or_else(|| {
            let changed = difference(&record.settings, config);
            let changed = changed.map(|(flag, has, asked)| {
                format!("--{flag} {has}, where config.json has {asked}: put that right")
            });
            changed.or_else(|| {
                let same = record.data == data;
                (!same).then(|| "other images: name the folder with its own by --data".into())
            })
        });
        match other {
            Some(_) => Ok(()),
            None => loading::check(&whole.parts, config, scheduler.clone(), device),
        }
    });
    if let Some(other) = other {
        return Err(Problem(format!(
            "--resume: the run in {path} was trained with {other}, or start a new run in another --out"
        )));
    }
    let passed_over = (!passed_over.is_empty()).then(|| passed_over.join(", "));
    let Some(WholeEpoch { record, .. }) = last else {
        return Err(Problem(match passed_over {
            None => format!(
                "--resume: no checkpoint in {path}: the run stopped in its first epoch, start it again without --resume"
            ),
            Some(all) => format!(
                "--resume: no whole checkpoint in {path}: {all}; start the run again without --resume"
            ),
        }));
    };
    if record.epoch > config.epochs {
        return Err(Problem(format!(
            "--resume: the run in {path} has {} epochs behind it, more than --epochs {}",
            record.epoch, config.epochs
        )));
    }
    Ok(Behind {
        was: record.settings.epochs,
        history: History::of(record.history),
        passed_over,
    })
}

/// The first flag, but for [`FREE`] ones, whose settings differ, and what it is in both.
fn difference(one: &RunConfig, other: &RunConfig) -> Option<(String, String, String)> {
    let [one, other] = [one, other].map(|it| serde_json::to_value(it).expect("plain values"));
    let fields = one.as_object().expect("a struct");
    let mut differing = fields.iter().filter(|(field, value)| {
        other[field.as_str()] != **value && !FREE.contains(&field.as_str())
    });
    differing.next().map(|(field, value)| {
        let flag = field.replace('_', "-");
        (flag, text(value), text(&other[field.as_str()]))
    })
}

/// A setting as one types it.
fn text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "on".into(),
        Value::Bool(false) => "off".into(),
        Value::Null => "unset".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        number => number.to_string(),
    }
}
