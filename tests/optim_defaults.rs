//! A preset has the defaults of the library that it is named after, and every optimizer of a library
//! is read or refused with what to use in its place.
//!
//! What the libraries have comes from their signatures: `tests/goldens/optim_signatures.py`.

use std::collections::BTreeMap;

use burn_extras::optim::WeightDecay;
use burn_extras::optim::{Convention, OptimizerConfig};
use burn_extras::registry::SpecError;
use serde::Deserialize;

#[derive(Deserialize)]
struct Libraries {
    names: BTreeMap<String, Vec<String>>,
    presets: BTreeMap<String, Preset>,
}

#[derive(Deserialize)]
struct Preset {
    /// `None` where the library wants one to be given.
    learning_rate: Option<f64>,
    /// `None` where the library's form has no such argument.
    weight_decay: Option<f64>,
    kind: Option<String>,
    settings: BTreeMap<String, f64>,
}

fn libraries() -> Libraries {
    serde_json::from_str(include_str!("goldens/optim_signatures.json")).unwrap()
}

fn parse(name: &str) -> OptimizerConfig {
    name.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// Presets that follow a text and not a library.
fn follows_a_library(name: &str) -> bool {
    !matches!(
        parse(name).convention(),
        Convention::Book | Convention::Paper
    )
}

/// Settings of how something is computed, not of what: no library has them as arguments.
const OF_THIS_CRATE: [&str; 1] = ["bf16"];

/// JSON numbers are read to within a bit.
fn are_same(ours: &BTreeMap<String, f64>, theirs: &BTreeMap<String, f64>) -> bool {
    let is_same = |((name, ours), (other, theirs)): ((&String, &f64), (&String, &f64))| {
        name == other && (ours - theirs).abs() <= f64::EPSILON * theirs.abs()
    };
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(is_same)
}

#[test]
fn every_preset_has_the_defaults_of_its_library() {
    let libraries = libraries();
    let mut failures = Vec::new();
    for name in OptimizerConfig::presets() {
        if !follows_a_library(&name) {
            continue;
        }
        let Some(preset) = libraries.presets.get(&name) else {
            failures.push(format!(
                "{name}: its library's signature is not in the list"
            ));
            continue;
        };
        let config = parse(&name);
        let settings: BTreeMap<String, f64> = config
            .settings()
            .iter()
            .filter(|setting| !OF_THIS_CRATE.contains(&setting.name))
            .map(|setting| (setting.name.to_string(), setting.value))
            .collect();
        if !are_same(&settings, &preset.settings) {
            failures.push(format!("{name}: {settings:?}, there {:?}", preset.settings));
        }
        if let Some(lr) = preset.learning_rate
            && lr != config.default_lr()
        {
            failures.push(format!("{name}: rate {}, there {lr}", config.default_lr()));
        }
        let decay = config.weight_decay().map_or(0.0, |decay| decay.strength());
        if decay != preset.weight_decay.unwrap_or(0.0) {
            failures.push(format!(
                "{name}: decay {decay}, there {:?}",
                preset.weight_decay
            ));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_signature_belongs_to_a_preset() {
    let presets = OptimizerConfig::presets();
    for name in libraries().presets.keys() {
        assert!(presets.contains(name), "{name}");
    }
}

#[test]
fn weight_decay_is_the_kind_of_the_library() {
    let mut failures = Vec::new();
    for (name, preset) in libraries().presets {
        let config = format!("{name}(weight_decay=0.25)").parse::<OptimizerConfig>();
        let expected = match preset.kind.as_deref() {
            None => None,
            Some("coupled") => Some(WeightDecay::Coupled(0.25)),
            Some("decoupled") => Some(WeightDecay::Decoupled(0.25)),
            Some("own") => Some(WeightDecay::Own(0.25)),
            Some("either") => config.clone().unwrap().weight_decay(),
            Some(other) => panic!("{other}"),
        };
        let actual = match config {
            Ok(config) => config.weight_decay(),
            Err(SpecError::Instead { .. }) => None,
            Err(error) => panic!("{name}: {error}"),
        };
        if actual != expected {
            failures.push(format!("{name}: {actual:?}, there {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_name_of_the_libraries_is_read_or_answered() {
    let mut failures = Vec::new();
    for (module, names) in libraries().names {
        assert!(names.len() > 10, "{module}");
        let convention = match module.as_str() {
            "torch.optim" => Convention::PyTorch,
            "keras.optimizers" => Convention::Keras,
            _ => Convention::Optax,
        };
        for name in names {
            let full = format!("{module}.{name}");
            match full.parse::<OptimizerConfig>() {
                Ok(config) if config.convention() == convention => {}
                Err(SpecError::Instead { .. }) => {}
                other => failures.push(format!("{full}: {other:?}")),
            }
            // Without its module it may be the form of another library, never an unknown word.
            if let Err(error) = name.parse::<OptimizerConfig>()
                && !matches!(error, SpecError::Instead { .. })
            {
                failures.push(format!("{name}: {error}"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
