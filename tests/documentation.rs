//! The tables of the documentation list what there is, no more and no less.

use std::collections::BTreeSet;

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::optim::{Convention, ModifierConfig, OptimizerConfig};
use burn_extras::schedule::ScheduleConfig;

/// The cells of each row of the first table in `page`, the header left out.
fn rows(page: &'static str) -> Vec<Vec<&'static str>> {
    let is_row = |line: &&str| line.starts_with('|');
    let lines = page
        .lines()
        .skip_while(move |line| !is_row(line))
        .take_while(is_row);
    let cells = |line: &'static str| {
        let inner = line.trim_matches('|');
        inner.split('|').map(str::trim).collect()
    };
    lines.skip(2).map(cells).collect()
}

/// The words in backquotes.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn names(rows: &[Vec<&'static str>]) -> BTreeSet<&'static str> {
    let names: BTreeSet<_> = rows.iter().map(|row| code(row[0])[0]).collect();
    assert_eq!(names.len(), rows.len(), "a name stands in two rows");
    names
}

#[test]
fn the_oldest_compiler_is_what_cargo_is_told() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(!version.is_empty());
    for (name, page) in [
        ("README", include_str!("../README.md")),
        ("CONTRIBUTING", include_str!("../CONTRIBUTING.md")),
    ] {
        let said = [format!("Rust {version}"), format!("+{version} ")];
        assert!(said.iter().any(|it| page.contains(it)), "{name}: {version}");
    }
}

#[test]
fn the_table_of_activations_is_whole() {
    let rows = rows(include_str!("../docs/activations.md"));
    assert!(rows.iter().all(|row| row.len() == 4), "{rows:#?}");
    let expected = ActivationConfig::names().iter().copied().collect();
    assert_eq!(names(&rows), expected);
}

#[test]
fn the_defaults_in_the_table_of_activations_are_the_defaults() {
    let parameters = |row: &Vec<&'static str>| -> Vec<(&'static str, &'static str)> {
        let assignments = code(row[1])
            .into_iter()
            .filter_map(|it| it.split_once(" = "));
        // `k = 1 - alpha` is an abbreviation, `beta = 2/3` a number that a spec cannot write.
        assignments
            .filter(|(_, value)| value.parse::<f64>().is_ok())
            .collect()
    };
    let mut checked = 0;
    for row in rows(include_str!("../docs/activations.md")) {
        let name = code(row[0])[0];
        for (parameter, value) in parameters(&row) {
            let spec = format!("{name}({parameter}={value})");
            let config: ActivationConfig = spec.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(config.to_string(), name, "{parameter} is not {value}");
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} defaults were found");
}

#[test]
fn the_table_of_optimizers_is_whole() {
    let rows = rows(include_str!("../docs/optimizers.md"));
    assert!(rows.iter().all(|row| row.len() == 5), "{rows:#?}");
    let expected = OptimizerConfig::names().iter().copied().collect();
    assert_eq!(names(&rows), expected);
}

#[test]
fn the_table_of_optimizers_lists_every_preset() {
    for row in rows(include_str!("../docs/optimizers.md")) {
        let name = code(row[0])[0];
        let listed = code(row[3]);
        let parse = |spec: &str| spec.parse::<OptimizerConfig>();
        assert_eq!(
            parse(&format!("{name}_{}", listed[0])).unwrap(),
            parse(name).unwrap(),
            "{name} alone is its first preset"
        );
        for convention in Convention::ALL {
            let preset = convention.name();
            let exists = parse(&format!("{name}_{preset}")).is_ok();
            assert_eq!(exists, listed.contains(&preset), "{name}_{preset}");
        }
    }
}

#[test]
fn the_table_of_modifiers_is_whole() {
    let rows = rows(include_str!("../docs/modifiers.md"));
    assert!(rows.iter().all(|row| row.len() == 5), "{rows:#?}");
    let expected = ModifierConfig::names().iter().copied().collect();
    assert_eq!(names(&rows), expected);
    let listed = rows.iter().flat_map(|row| {
        let name = code(row[0])[0];
        let presets = code(row[3]).into_iter();
        presets.map(move |preset| format!("{name}_{preset}"))
    });
    let (mut listed, mut expected): (Vec<_>, _) = (listed.collect(), ModifierConfig::presets());
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

#[test]
fn the_table_of_schedules_is_whole() {
    let rows = rows(include_str!("../docs/schedules.md"));
    assert!(rows.iter().all(|row| row.len() == 5), "{rows:#?}");
    let expected = ScheduleConfig::names().iter().copied().collect();
    assert_eq!(names(&rows), expected);
}

#[test]
fn the_defaults_in_the_table_of_schedules_are_the_defaults() {
    let mut checked = 0;
    for row in rows(include_str!("../docs/schedules.md")) {
        let name = code(row[0])[0];
        let assignments = code(row[2]).into_iter();
        for (parameter, value) in assignments.filter_map(|it| it.split_once(" = ")) {
            let spec = format!("{name}({parameter}={value})");
            let config: ScheduleConfig = spec.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(config.to_string(), name, "{parameter} is not {value}");
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} defaults were found");
}

/// What stands in the last column of the porting page's table under `heading`.
fn ported(heading: &str) -> Vec<&'static str> {
    let page = include_str!("../docs/porting.md");
    let (_, section) = page.split_once(heading).expect("the heading");
    let section = section.split("\n## ").next().unwrap();
    let rows = rows(section);
    rows.iter()
        .flat_map(|row| code(row[row.len() - 1]))
        .collect()
}

#[test]
fn the_porting_page_names_what_there_is() {
    let activations = ported("## Activations");
    assert!(activations.len() > 5, "{activations:?}");
    for name in activations {
        name.parse::<ActivationConfig>().unwrap();
    }
    let initializers = ported("## Initializers");
    assert!(initializers.len() > 5, "{initializers:?}");
    for name in initializers {
        name.parse::<InitConfig>().unwrap();
    }
}

/// The row of the table in BENCHMARKS.md whose title starts with `table`; the first cell is `row`.
fn measured(table: &str, row: &str) -> Option<Vec<&'static str>> {
    let page = include_str!("../BENCHMARKS.md");
    let from = page.lines().skip_while(|line| !line.starts_with(table));
    let lines = from.skip(1).skip_while(|line| !line.starts_with('|'));
    let mut rows = lines.take_while(|line| line.starts_with('|')).skip(2);
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim);
    match row {
        "" => rows.next().map(|line| cells(line).collect()),
        row => rows
            .map(|line| cells(line).collect::<Vec<_>>())
            .find(|cells| cells[0] == row),
    }
}

#[test]
fn every_speed_in_the_readme_stands_in_the_benchmarks() {
    let page = include_str!("../README.md");
    let (_, section) = page.split_once("## How fast it is").expect("the heading");
    let section = section.split("\n## ").next().unwrap();
    let rows = rows(section);
    assert!(rows.len() >= 6, "{rows:?}");
    for row in rows {
        // `python benches/activation.py TABLE ROW`.
        let mut words = code(row[4])[0].split(' ').skip(2);
        let table = words
            .next()
            .unwrap_or_else(|| panic!("{row:?} names no table"));
        let name = words.next().unwrap_or("");
        let there = measured(table, name).unwrap_or_else(|| panic!("no {table} {name}"));
        for number in row[1..4].iter().filter(|cell| !cell.is_empty()) {
            // The table is in microseconds, the README may be in milliseconds.
            let microseconds = number.replace('.', "");
            assert!(
                there.contains(number) || there.contains(&microseconds.as_str()),
                "{number} of {row:?} is not in {there:?}"
            );
        }
    }
}

#[test]
fn the_readme_counts_what_there_is() {
    let page = include_str!("../README.md");
    let counted = |page: &'static str| {
        let rows = rows(page);
        let in_burn = rows.iter().filter(|row| !row[row.len() - 1].is_empty());
        (rows.len(), in_burn.count())
    };
    for (what, page_of_names) in [
        ("activations", include_str!("../docs/activations.md")),
        ("optimizers", include_str!("../docs/optimizers.md")),
        ("modifiers", include_str!("../docs/modifiers.md")),
    ] {
        let (all, in_burn) = counted(page_of_names);
        let line = page
            .lines()
            .find(|line| line.starts_with(&format!("| [{all} {what}]")));
        let line = line.unwrap_or_else(|| panic!("the README does not say {all} {what}"));
        assert!(
            line.contains(&format!("| {in_burn} of them")),
            "{in_burn}: {line}"
        );
    }
}
