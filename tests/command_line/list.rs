//! What `mnist --list` says.

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::optim::OptimizerConfig;
use burn_extras::schedule::ScheduleConfig;

use crate::fixture::{example, printed};

pub fn list() -> String {
    printed(&example("mnist", &["--list"]))
}

/// The lines of one section, its heading left out.
fn section(title: &str) -> Vec<String> {
    let text = list();
    let lines = text.lines().skip_while(|line| !line.starts_with(title));
    let lines = lines.take_while(|line| !line.is_empty());
    lines.map(ToString::to_string).collect()
}

/// The first word of each line that is a name's: as one types it.
pub fn listed(title: &str) -> Vec<String> {
    let names = section(title).into_iter().filter_map(|line| {
        let rest = line.strip_prefix("    ")?;
        let is_name = !rest.starts_with(' ');
        is_name.then(|| rest.split(' ').next().unwrap_or_default().to_string())
    });
    names.collect()
}

/// A name without parameters; what is learned in brackets belongs to it.
fn bare(spec: &str) -> &str {
    match spec.starts_with("learned(") {
        true => spec,
        false => spec.split('(').next().unwrap(),
    }
}

#[track_caller]
fn holds_all(title: &str, names: &[&str]) {
    let listed = listed(title);
    let mut found: Vec<&str> = listed.iter().map(|spec| bare(spec)).collect();
    found.sort_unstable();
    let mut expected = names.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn every_name_is_listed_once() {
    holds_all("activations", ActivationConfig::names());
    holds_all("optimizers", OptimizerConfig::names());
    holds_all("initializers", InitConfig::names());
    holds_all("schedules", ScheduleConfig::names());
    let devices = listed("devices");
    assert_eq!(
        devices,
        ["cuda", "rocm", "metal", "vulkan", "wgpu", "flex", "ndarray"]
    );
}

#[test]
fn fits_on_a_screen_and_is_sorted() {
    for line in list().lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert_eq!(line.trim_end(), line);
    }
    for title in ["activations", "optimizers", "initializers", "schedules"] {
        let lines = section(title);
        let families = lines
            .split(|line| line.starts_with("  ") && !line.starts_with("   "))
            .skip(1);
        let mut count = 0;
        for family in families {
            let names: Vec<&String> = family
                .iter()
                .filter(|line| !line.starts_with("     "))
                .collect();
            assert!(!names.is_empty() && names.is_sorted(), "{names:?}");
            count += 1;
        }
        assert!(count >= 3, "{title}: {count} families");
    }
}

/// What is listed as a default is one: given, it changes nothing.
#[test]
fn parameters_are_listed_with_their_defaults() {
    fn check<T: std::str::FromStr<Err: std::fmt::Debug> + PartialEq + std::fmt::Debug>(
        title: &str,
        least: usize,
    ) {
        let mut name = String::new();
        let mut checked = 0;
        for line in section(title).iter().filter(|it| it.starts_with("    ")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let first = if line.starts_with("     ") {
                0
            } else {
                name = words[0].to_string();
                1
            };
            for word in &words[first..] {
                let Some((parameter, value)) = word.split_once('=') else {
                    assert!(word.starts_with('_'), "{line}");
                    continue;
                };
                if name.contains('(') {
                    continue;
                }
                let given: T = format!("{name}({parameter}={value})").parse().unwrap();
                assert_eq!(given, name.parse().unwrap(), "{name}: {word}");
                checked += 1;
            }
        }
        assert!(checked >= least, "{title}: {checked} parameters");
    }
    check::<ActivationConfig>("activations", 20);
    check::<OptimizerConfig>("optimizers", 60);
    check::<InitConfig>("initializers", 20);
}

/// Every convention of every rule is listed, and no other.
#[test]
fn conventions_are_listed() {
    for line in section("optimizers") {
        let mut words = line.split_whitespace();
        let Some(name) = words.next().filter(|_| line.starts_with("    ")) else {
            continue;
        };
        if line.starts_with("     ") {
            continue;
        }
        let endings: Vec<&str> = words.take_while(|word| word.starts_with('_')).collect();
        for convention in ["_pytorch", "_keras", "_optax", "_book", "_paper"] {
            let exists = format!("{name}{convention}")
                .parse::<OptimizerConfig>()
                .is_ok();
            assert_eq!(exists, endings.contains(&convention), "{name}{convention}");
        }
        let first = format!("{name}{}", endings[0]);
        let parsed: OptimizerConfig = first.parse().unwrap();
        assert_eq!(parsed, name.parse().unwrap(), "{name} alone is {first}");
    }
}
