use std::collections::BTreeMap;

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::optim::{ModifierConfig, OptimizerConfig};
use burn_extras::schedule::ScheduleConfig;

use crate::device;

/// How wide the list is at most.
const WIDTH: usize = 100;

/// Update rules by what they do; one that is in none of these stands at the end.
const RULES: [(&str, &[&str]); 6] = [
    ("gradient descent", &["asgd", "momentum", "nesterov", "sgd"]),
    (
        "a learning rate for each weight",
        &["adadelta", "adagrad", "ftrl", "madgrad", "rmsprop"],
    ),
    (
        "Adam and its kin",
        &[
            "adabelief",
            "adam",
            "adamax",
            "adamaxw",
            "adamw",
            "ademamix",
            "adopt",
            "amsgrad",
            "nadam",
            "nadamw",
            "radam",
            "yogi",
        ],
    ),
    ("the gradient's sign", &["lion", "rprop", "signum"]),
    (
        "a tensor as a whole",
        &["adafactor", "l_dog", "lamb", "lars", "muon", "novograd"],
    ),
    (
        "the whole network: no learning rate to look for",
        &["dadapt_adam", "dog", "prodigy"],
    ),
];

/// Modifiers of an optimizer by what they change, in the order in which they may stand.
const CHANGES: [(&str, &[&str]); 6] = [
    ("how often there is a step", &["accumulate"]),
    (
        "the gradient",
        &["adaptive_clip", "centralized", "grokfast", "mars"],
    ),
    ("the step", &["cautious", "trust_ratio"]),
    ("more decay", &["cautious_decay", "independent_decay"]),
    ("around the whole", &["lookahead", "schedule_free"]),
    (
        "an average, which is tested and saved",
        &["ema", "polynomial_average", "swa"],
    ),
];

/// Initializers by what they look at, in their order.
const DRAWS: [(&str, &[&str]); 5] = [
    ("by the activation or by data", &["auto", "lsuv"]),
    ("he", &["he"]),
    ("xavier", &["xavier"]),
    ("lecun", &["lecun"]),
    (
        "the same in every layer",
        &["constant", "normal", "orthogonal", "truncated"],
    ),
];

/// Schedules by what the rate follows from.
const CAUSES: [(&str, &[&str]); 3] = [
    (
        "after a warm-up: warmup_steps=N or warmup_share=X, and warmup_start=X",
        &[
            "constant",
            "cosine",
            "cosine_restarts",
            "linear",
            "wsd",
            "wsd_cosine",
            "wsd_sqrt",
        ],
    ),
    ("up and down", &["one_cycle", "one_cycle_optax"]),
    ("by the validation loss", &["reduce_on_plateau"]),
];

/// What `--list` says: every device and every name, the first word of a line with four spaces.
pub fn text() -> String {
    let mut text = String::from("devices (--device), the best first\n");
    let devices = device::list();
    let column = widest(devices.iter().map(|(name, _)| *name));
    for (name, state) in devices {
        text += &row(&[(name, column)], &state);
    }
    text += "\nactivations (--activation \"elu(alpha=0.5)\") and their parameters\n";
    text += &families(activations());
    text += "\noptimizers (--optimizer \"nadam_keras(beta_1=0.8)\"), their presets and their settings\n";
    text += &families(optimizers());
    text +=
        "\nThe first preset is what the bare name means. Every optimizer takes weight_decay too.\n";
    text +=
        "\nmodifiers of an optimizer (--optimizer \"adamw + lookahead(k=6)\") and their settings\n";
    text += &families(modifiers());
    text += "\ninitializers (--init \"he(gain=0.5)\") and their parameters\n";
    text += &families(initializers());
    text += "\nkaiming is he, glorot is xavier; _normal may stand behind each.\n";
    text += "\nschedules (--schedule \"one-cycle(pct_start=0.2)\") and their parameters\n";
    text += &families(schedules());
    text
}

/// A name, what can be added to it, and its parameters.
struct Entry {
    spec: String,
    endings: String,
    parameters: Vec<(&'static str, f64)>,
}

/// The entries of each family, both in the order of their names.
type Families = BTreeMap<String, BTreeMap<&'static str, Entry>>;

fn activations() -> Families {
    let mut families = Families::new();
    for name in ActivationConfig::names() {
        let Ok(config) = name.parse::<ActivationConfig>() else {
            continue;
        };
        let entry = Entry {
            spec: name.to_string(),
            endings: String::new(),
            parameters: config.parameters(),
        };
        let family = families.entry(config.family().to_string()).or_default();
        family.insert(name, entry);
    }
    families
}

fn optimizers() -> Families {
    let mut families = Families::new();
    let presets = OptimizerConfig::presets();
    for name in OptimizerConfig::names() {
        let Ok(config) = name.parse::<OptimizerConfig>() else {
            continue;
        };
        let settings = config.settings().into_iter().map(|it| (it.name, it.value));
        let decay = config.weight_decay();
        let decay = decay.map(|decay| ("weight_decay", decay.strength()));
        let family = ranked(&RULES, name);
        let entry = Entry {
            spec: name.to_string(),
            endings: endings(name, &presets),
            parameters: settings.chain(decay).collect(),
        };
        families.entry(family).or_default().insert(name, entry);
    }
    families
}

fn modifiers() -> Families {
    let mut families = Families::new();
    let presets = ModifierConfig::presets();
    for name in ModifierConfig::names() {
        let Ok(config) = name.parse::<ModifierConfig>() else {
            continue;
        };
        let settings = config.settings().into_iter().map(|it| (it.name, it.value));
        let entry = Entry {
            spec: name.to_string(),
            endings: endings(name, &presets),
            parameters: settings.collect(),
        };
        let family = families.entry(ranked(&CHANGES, name)).or_default();
        family.insert(name, entry);
    }
    families
}

/// Whether a name with this ending is that of a preset of something else: `cautious` and `cautious_decay`.
fn names_another(name: &str, ending: &str) -> bool {
    let whole = format!("{name}{ending}");
    let mut names = ModifierConfig::names().iter();
    names.any(|other| other.len() > name.len() && whole.starts_with(other))
}

/// What can stand behind a name, to choose one of its presets.
fn endings(name: &str, presets: &[String]) -> String {
    let endings: Vec<&str> = presets
        .iter()
        .filter_map(|preset| preset.strip_prefix(name))
        .filter(|ending| ending.starts_with('_') && !names_another(name, ending))
        .collect();
    endings.join(" ")
}

fn initializers() -> Families {
    let mut families = Families::new();
    for name in InitConfig::names() {
        let Ok(config) = name.parse::<InitConfig>() else {
            continue;
        };
        let family = ranked(&DRAWS, name.split('_').next().unwrap_or(name));
        let entry = Entry {
            spec: name.to_string(),
            endings: String::new(),
            parameters: config.parameters(),
        };
        let family = families.entry(family).or_default();
        family.insert(name, entry);
    }
    families
}

fn schedules() -> Families {
    let mut families = Families::new();
    for name in ScheduleConfig::names() {
        let Ok(config) = name.parse::<ScheduleConfig>() else {
            continue;
        };
        let entry = Entry {
            spec: name.to_string(),
            endings: String::new(),
            parameters: config.parameters(),
        };
        let family = families.entry(ranked(&CAUSES, name)).or_default();
        family.insert(name, entry);
    }
    families
}

/// The family that has `name`, behind its place in the table, so that families stand in that order.
fn ranked(table: &[(&str, &[&str])], name: &str) -> String {
    let rank = table.iter().position(|(_, names)| names.contains(&name));
    let title = rank.map_or("others", |rank| table[rank].0);
    format!("{}{title}", rank.unwrap_or(table.len()))
}

fn families(families: Families) -> String {
    let names = families.values().flat_map(BTreeMap::keys);
    let names = widest(names.copied());
    let entries = || families.values().flat_map(BTreeMap::values);
    let endings = widest(entries().map(|entry| entry.endings.as_str()));
    let mut text = String::new();
    for (title, entries) in &families {
        let title = title.trim_start_matches(|c: char| c.is_ascii_digit());
        text += &format!("  {title}\n");
        for entry in entries.values() {
            let parameters: Vec<String> = entry
                .parameters
                .iter()
                .map(|(name, value)| format!("{name}={}", number(*value)))
                .collect();
            let cells = [(entry.spec.as_str(), names), (&entry.endings, endings)];
            let cells = if endings > 0 { &cells[..] } else { &cells[..1] };
            text += &row(cells, &parameters.join(" "));
        }
    }
    text
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(str::len).max().unwrap_or(0)
}

/// A line of cells with their widths and a last one, which goes on below itself where it is long.
fn row(cells: &[(&str, usize)], last: &str) -> String {
    let mut line = String::from("   ");
    for (cell, width) in cells {
        line += &format!(" {cell:width$} ");
    }
    let indent = 3 + cells.iter().map(|(_, width)| width + 2).sum::<usize>();
    let mut text = String::new();
    for word in last.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH {
            text += line.trim_end();
            text.push('\n');
            line = " ".repeat(indent);
        }
        line.push(' ');
        line += word;
    }
    text += line.trim_end();
    text.push('\n');
    text
}

/// A number as short as it can be typed.
fn number(value: f64) -> String {
    match value.abs() {
        0.0 | 1e-3..1e5 => value.to_string(),
        _ => format!("{value:e}"),
    }
}
