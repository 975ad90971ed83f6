use serde_json::Value;

use crate::args::Args;
use crate::check::check;
use crate::config::RunConfig;
use crate::problem::Problem;
use crate::run_folder::RunFolder;

/// Settings that may change: they say when to stop, not what a step does.
const FREE: [&str; 2] = ["epochs", "patience"];

/// The run in `folder`, continued, and the number of epochs that it has behind it.
///
/// Flags may be left out; but for [`FREE`] ones, those that are given must say what the run has.
pub fn resumed(args: &Args, folder: &RunFolder) -> Result<(RunConfig, usize), Problem> {
    let path = folder.path().display();
    if !folder.config().exists() {
        return Err(Problem(format!(
            "--resume: no run in {path}: start one without --resume, or name its folder with --out"
        )));
    }
    let saved = folder.saved_config()?;
    let config = args.over(saved.clone())?;
    for (flag, has, asked) in differences(&saved, &config) {
        if !FREE.contains(&flag.as_str()) {
            return Err(Problem(format!(
                "--resume: the run in {path} has --{flag} {has}, not {asked}: \
                 leave --{flag} out, or start a new run in another --out"
            )));
        }
    }
    check(&config)?;
    let Some(done) = folder.last_epoch() else {
        return Err(Problem(format!(
            "--resume: no checkpoint in {path}: the run stopped in its first epoch, start it again without --resume"
        )));
    };
    if done > config.epochs {
        return Err(Problem(format!(
            "--resume: the run in {path} has {done} epochs behind it, more than --epochs {}",
            config.epochs
        )));
    }
    Ok((config, done))
}

/// The flags whose settings differ, and what each is in both.
fn differences(one: &RunConfig, other: &RunConfig) -> Vec<(String, String, String)> {
    let [one, other] = [one, other].map(|it| serde_json::to_value(it).expect("plain values"));
    let fields = one.as_object().expect("a struct");
    fields
        .iter()
        .filter(|(field, value)| other[field.as_str()] != **value)
        .map(|(field, value)| {
            let flag = field.replace('_', "-");
            (flag, text(value), text(&other[field.as_str()]))
        })
        .collect()
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
