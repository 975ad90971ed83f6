//! The pictures that a run leaves.

use std::collections::BTreeMap;
use std::fs;

use crate::fixture::{Fixture, history, printed};

/// The picture after a short run with these flags.
fn drawn(fixture: &Fixture, name: &str, flags: &[&str]) -> String {
    let short = ["--epochs", "2", "--batch-size", "10"];
    printed(&fixture.mnist(&[&short[..], flags].concat()));
    fs::read_to_string(fixture.out().join(format!("{name}.svg"))).unwrap()
}

/// The texts of a picture.
fn texts(svg: &str) -> Vec<&str> {
    let texts = svg.split("<text ").skip(1);
    texts
        .map(|text| {
            let text = text.split_once('>').unwrap().1;
            text.split("</text>").next().unwrap().trim()
        })
        .collect()
}

/// Each panel of `layers.svg`, from its title on.
fn panels(svg: &str) -> Vec<&str> {
    svg.split("layer ")
        .skip(1)
        .filter(|it| it.contains(": std "))
        .collect()
}

/// The bars of a histogram.
fn bars(panel: &str) -> usize {
    panel.matches("<rect ").count()
}

#[test]
fn the_range_test_is_drawn_and_nothing_else_is_touched() {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&["--hidden", "8", "--epochs", "1", "--batch-size", "10"]));
    let before = history(&fixture.out());
    let flags = [
        "--lr-finder",
        "--hidden",
        "16",
        "--optimizer",
        "sgd",
        "--batch-size",
        "10",
    ];
    let text = printed(&fixture.mnist(&flags));
    let line = text.lines().find(|line| line.starts_with("the loss falls"));
    let (_, rate) = line.unwrap().split_once("--lr ").unwrap();
    assert!(
        (1e-7..10.0).contains(&rate.parse::<f64>().unwrap()),
        "{text}"
    );
    let svg = fs::read_to_string(fixture.out().join("lr_finder.svg")).unwrap();
    let title = format!("the loss falls fastest at {rate}");
    assert!(texts(&svg).contains(&title.as_str()));
    assert!(fixture.out().join("model.bpk").exists());
    assert_eq!(history(&fixture.out()), before);
}

#[test]
fn all_layers_share_their_axes() {
    let fixture = Fixture::new();
    let svg = drawn(&fixture, "layers", &["--hidden", "16,16,16"]);
    let titles = texts(&svg);
    for number in 1..=3 {
        let title = format!("layer {number}: std ");
        let panels = titles.iter().filter(|text| text.starts_with(&title));
        assert_eq!(panels.count(), 1, "before and after in one panel");
    }
    let mut ticks: BTreeMap<&str, usize> = BTreeMap::new();
    for text in titles.iter().filter(|text| text.parse::<f64>().is_ok()) {
        *ticks.entry(text).or_default() += 1;
    }
    assert!(ticks.len() > 5, "{ticks:?}");
    assert!(ticks.values().all(|count| count % 3 == 0), "{ticks:?}");
    assert!(svg.contains("before training") && svg.contains("after training"));
}

#[test]
fn a_signal_that_dies_is_seen_to_die() {
    let fixture = Fixture::new();
    let flags = ["--hidden", "50,50,50,50", "--init"];
    let healthy = drawn(&fixture, "layers", &[&flags[..], &["he"]].concat());
    let healthy = panels(&healthy);
    assert!(healthy.iter().all(|panel| bars(panel) > 10));
    let dying = drawn(
        &fixture,
        "layers",
        &[&flags[..], &["normal(std=0.01)"]].concat(),
    );
    let dying = panels(&dying);
    assert_eq!((healthy.len(), dying.len()), (4, 4));
    assert!(bars(dying[0]) > 10, "{}", bars(dying[0]));
    assert_eq!(bars(dying[3]), 1, "all at 0");
}

#[test]
fn a_network_of_any_depth_is_drawn() {
    let fixture = Fixture::new();
    let one = drawn(&fixture, "layers", &["--hidden", "16"]);
    assert_eq!(panels(&one).len(), 1);
    let deep = vec!["8"; 20].join(",");
    let many = drawn(&fixture, "layers", &["--hidden", &deep]);
    assert_eq!(panels(&many).len(), 20);
}

#[test]
fn curves_are_titled_with_the_settings() {
    let fixture = Fixture::new();
    let flags = [
        "--hidden",
        "16,8,8,8,8,8,8,8",
        "--activation",
        "elu(alpha=0.5)",
        "--init",
        "xavier",
        "--optimizer",
        "nadam_keras(beta_1=0.8)",
        "--lr",
        "0.0125",
    ];
    let svg = drawn(&fixture, "curves", &flags);
    let all = texts(&svg).join(" ");
    for setting in [
        "784-16-7×8-10 on MNIST",
        "activation elu(alpha=0.5)",
        "initializer xavier",
        "optimizer nadam_keras(beta_1=0.8)",
        "learning rate 0.0125",
        "seed 42",
    ] {
        assert!(all.contains(setting), "no {setting:?} in {all}");
    }
}
