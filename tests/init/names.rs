//! What is read, written and refused.

use burn_extras::activation::ActivationConfig;
use burn_extras::init::{
    Draw, Fan, InitConfig, LsuvConfig, NormalConfig, OrthogonalConfig, VarianceScalingConfig,
};

fn parse(text: &str) -> InitConfig {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> String {
    text.parse::<InitConfig>().unwrap_err().to_string()
}

#[test]
fn every_name_is_read_and_written() {
    for name in InitConfig::names() {
        assert_eq!(parse(name).to_string(), *name);
    }
    for text in [
        "he_uniform(gain=0.5)",
        "lsuv(tolerance=0.01, trials=3)",
        "orthogonal(gain=1.5)",
        "normal(std=0.2)",
        "truncated_normal(std=0.1, bound=3)",
        "constant(value=-1)",
    ] {
        assert_eq!(parse(text).to_string(), text);
    }
}

#[test]
fn every_name_means_something_else() {
    let configs: Vec<InitConfig> = InitConfig::names().iter().map(|name| parse(name)).collect();
    for (index, config) in configs.iter().enumerate() {
        assert!(!configs[..index].contains(config), "{config}");
    }
}

#[test]
fn aliases() {
    for (alias, name) in [
        ("kaiming", "he"),
        ("kaiming_normal", "he"),
        ("he_normal", "he"),
        ("he_fan_in", "he"),
        ("he_book", "he"),
        ("he-normal-fan-out", "he_fan_out"),
        ("kaiming_uniform_fan_avg", "he_uniform_fan_avg"),
        ("glorot", "xavier"),
        ("glorot_uniform", "xavier_uniform"),
        ("xavier_fan_avg", "xavier"),
        ("xavier_book", "lecun"),
        ("lecun_normal", "lecun"),
        ("zeros", "constant"),
    ] {
        assert_eq!(parse(alias), parse(name), "{alias}");
    }
}

#[test]
fn names_and_configurations_agree() {
    assert_eq!(parse("he"), InitConfig::he());
    assert_eq!(
        parse("xavier_uniform_fan_out(gain=2)"),
        VarianceScalingConfig::xavier()
            .with_draw(Draw::Uniform)
            .with_fan(Fan::Out)
            .with_gain(2.0)
            .into()
    );
    assert_eq!(parse("normal"), NormalConfig::new().with_std(0.01).into());
    assert_eq!(parse("lsuv"), LsuvConfig::new().into());
}

#[test]
fn unknown_names_and_parameters() {
    assert!(refused("xaver").contains("did you mean \"xavier\"?"));
    assert!(refused("he_fan_in_out").contains("unknown initializer"));
    assert!(refused("he_kaiming").contains("unknown initializer"));
    assert!(refused("auto(gain=2)").contains("auto takes no parameters"));
    assert!(refused("normal(mean=2)").contains("normal has no parameter \"mean\""));
}

#[test]
fn values_outside_their_range() {
    for (text, message) in [
        (
            "normal(std=0)",
            "NormalConfig: std must be greater than 0, got 0",
        ),
        (
            "he(gain=-1)",
            "VarianceScalingConfig: gain must be greater than 0, got -1",
        ),
        (
            "orthogonal(gain=0)",
            "OrthogonalConfig: gain must be greater than 0, got 0",
        ),
        (
            "truncated_normal(bound=0.01)",
            "TruncatedNormalConfig: bound must be at least 0.1, got 0.01",
        ),
        (
            "lsuv(tolerance=0)",
            "LsuvConfig: tolerance must be greater than 0, got 0",
        ),
        (
            "lsuv(trials=2.5)",
            "LsuvConfig: trials must be a whole number from 1 to 1000, got 2.5",
        ),
    ] {
        assert_eq!(refused(text), message);
    }
    let config = InitConfig::from(OrthogonalConfig::new().with_gain(f64::NAN));
    assert_eq!(
        config.validate().unwrap_err().to_string(),
        "OrthogonalConfig: gain must be greater than 0, got NaN"
    );
}

#[test]
fn auto_needs_an_activation_with_a_gain() {
    let gated: ActivationConfig = "swiglu(d_input=4, d_output=4)".parse().unwrap();
    let message = InitConfig::Auto.check(&gated).unwrap_err().to_string();
    assert!(message.contains("swiglu"), "{message}");
    assert_eq!(InitConfig::he().check(&gated), Ok(()));
}

#[test]
fn serialized_as_its_text() {
    let config = parse("lecun_uniform(gain=2)");
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(text, "\"lecun_uniform(gain=2)\"");
    assert_eq!(serde_json::from_str::<InitConfig>(&text).unwrap(), config);
    assert!(serde_json::from_str::<InitConfig>("\"normal(std=-1)\"").is_err());
}

#[test]
fn parameters_are_those_of_the_text_form() {
    let config = parse("truncated_normal(std=0.1, bound=3)");
    assert_eq!(config.parameters(), [("std", 0.1), ("bound", 3.0)]);
    assert_eq!(parse("auto").parameters(), []);
    for name in InitConfig::names() {
        for (parameter, value) in parse(name).parameters() {
            assert_eq!(parse(&format!("{name}({parameter}={value})")), parse(name));
        }
    }
}
