//! Every name that PyTorch, Keras and JAX have for an activation is read and means what it means there,
//! or is refused with what to use instead. `goldens/names.py` takes names and values from the libraries.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};
use burn_extras::activation::ActivationConfig;
use burn_extras::registry::SpecError;
use serde::Deserialize;

#[derive(Deserialize)]
struct Goldens {
    inputs: Vec<f64>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    module: String,
    name: String,
    /// Nothing, where the function is not one of single numbers.
    #[serde(default)]
    value: Vec<f64>,
    #[serde(default)]
    slope: Vec<f64>,
}

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("goldens/names.json")).expect("valid goldens")
}

/// PyTorch's hard sigmoid rounds 1/6 to `f32`, its softplus cuts off at 20, and PReLU's slope is an `f32`.
const TOLERANCE: f64 = 1e-6;

/// Value and derivative of any activation, those with weights included.
fn evaluate(config: &ActivationConfig, inputs: &[f64]) -> (Vec<f64>, Vec<f64>) {
    if config.value(0.0).is_some() {
        let of = |f: fn(&ActivationConfig, f64) -> Option<f64>| {
            inputs.iter().map(|x| f(config, *x).unwrap()).collect()
        };
        return (of(ActivationConfig::value), of(ActivationConfig::slope));
    }
    let device = Device::flex().autodiff();
    let inputs: Vec<f32> = inputs.iter().map(|x| *x as f32).collect();
    let x = Tensor::<1>::from_floats(inputs.as_slice(), &device).require_grad();
    let y = config
        .init(&device)
        .forward(x.clone().unsqueeze_dim::<2>(1));
    let grads = y.clone().sum().backward();
    let read = |numbers: Tensor<1>| numbers.into_data().iter::<f64>().collect();
    (
        read(y.inner().squeeze_dim(1)),
        read(x.grad(&grads).unwrap()),
    )
}

#[test]
fn every_name_of_the_libraries_is_read_or_refused() {
    let goldens = goldens();
    let mut counts = BTreeMap::<&str, [usize; 2]>::new();
    for case in &goldens.cases {
        let name = format!("{}.{}", case.module, case.name);
        let counts = counts.entry(&case.module).or_default();
        let config = match name.parse::<ActivationConfig>() {
            Ok(config) => config,
            Err(error) => {
                counts[1] += 1;
                let text = error.to_string();
                assert!(
                    matches!(error, SpecError::Instead { .. })
                        && text.contains(" instead")
                        && text.lines().count() == 1,
                    "{name}: {error}"
                );
                continue;
            }
        };
        counts[0] += 1;
        // What works on rows or draws at random is held to the libraries by `activation_rows` and `activation_wide`.
        let elsewhere = config.family() == "rows" || name == "torch.nn.RReLU";
        if elsewhere {
            assert!(case.value.is_empty(), "{name} is of single numbers");
            continue;
        }
        assert_eq!(
            case.value.len(),
            goldens.inputs.len(),
            "{name} has no values"
        );
        let (values, slopes) = evaluate(&config, &goldens.inputs);
        for (index, x) in goldens.inputs.iter().enumerate() {
            for (what, got, expected) in [
                ("value", values[index], case.value[index]),
                ("derivative", slopes[index], case.slope[index]),
            ] {
                assert!(
                    (got - expected).abs() <= TOLERANCE * expected.abs().max(1.0),
                    "{what} of {name} at {x}: {got} by {config}, {expected} there"
                );
            }
        }
    }
    for (module, [read, refused]) in counts {
        assert!(read >= 3 && refused >= 1, "{module}: {read}, {refused}");
    }
}

fn text(name: &str) -> String {
    match name.parse::<ActivationConfig>() {
        Ok(config) => config.to_string(),
        Err(error) => panic!("{name}: {error}"),
    }
}

fn message(name: &str) -> String {
    name.parse::<ActivationConfig>().unwrap_err().to_string()
}

#[test]
fn the_module_in_front_chooses_the_library() {
    for (name, expected) in [
        ("leaky_relu", "leaky_relu"),
        ("jax.nn.leaky_relu", "leaky_relu"),
        (
            "keras.activations.leaky_relu",
            "leaky_relu(negative_slope=0.2)",
        ),
        ("keras.layers.LeakyReLU", "leaky_relu(negative_slope=0.3)"),
        (
            "tf.keras.layers.LeakyReLU",
            "leaky_relu(negative_slope=0.3)",
        ),
        ("torch.nn.LeakyReLU", "leaky_relu"),
        ("gelu", "gelu"),
        ("jax.nn.gelu", "gelu_tanh"),
        ("F.gelu", "gelu"),
        ("hard_sigmoid", "hard_sigmoid"),
        (
            "jax.nn.hard_sigmoid",
            "hard_sigmoid(alpha=0.16666666666666666)",
        ),
        ("nn.functional.elu", "elu"),
    ] {
        assert_eq!(text(name), expected, "{name}");
    }
}

/// A spelling that only libraries have is theirs.
#[test]
fn names_need_no_module() {
    for (name, expected) in [
        ("LeakyReLU", "leaky_relu"),
        ("SiLU", "silu"),
        ("Hardsigmoid", "hard_sigmoid(alpha=0.16666666666666666)"),
        ("hardsigmoid", "hard_sigmoid(alpha=0.16666666666666666)"),
        ("HARDTANH", "hard_tanh"),
        ("logsigmoid", "log_sigmoid"),
        ("hard_silu", "hard_swish"),
        ("soft_sign", "softsign"),
        ("relu_", "relu"),
        ("Leaky-ReLU", "leaky_relu"),
        ("ELU", "elu"),
    ] {
        assert_eq!(text(name), expected, "{name}");
    }
}

#[test]
fn arguments_have_the_names_that_they_have_there() {
    for (name, expected) in [
        (
            "LeakyReLU(negative_slope=0.1)",
            "leaky_relu(negative_slope=0.1)",
        ),
        ("F.elu(alpha=0.5)", "elu(alpha=0.5)"),
        (
            "nn.Hardtanh(min_val=-2, max_val=3)",
            "hard_tanh(min=-2, max=3)",
        ),
        ("F.softshrink(lambd=0.25)", "soft_shrink(lambda=0.25)"),
        (
            "keras.activations.hard_shrink(threshold=0.25)",
            "hard_shrink(lambda=0.25)",
        ),
        (
            "nn.PReLU(num_parameters=4, init=0.1)",
            "prelu(alpha=0.1, channels=4)",
        ),
        ("nn.Softplus(beta=2, threshold=20)", "softplus(beta=2)"),
        ("nn.SiLU()", "silu"),
        ("nn.ReLU(inplace=True)", "relu"),
        ("nn.ELU(alpha=2, inplace=True)", "elu(alpha=2)"),
        ("nn.GELU(approximate='tanh')", "gelu_tanh"),
        ("F.gelu(approximate = \"none\")", "gelu"),
        ("keras.activations.gelu(approximate=True)", "gelu_tanh"),
        ("jax.nn.gelu(approximate=False)", "gelu"),
        ("nn.Softmax(dim=1)", "softmax(axis=1)"),
        ("keras.layers.Softmax(axis=-2)", "softmax(axis=-2)"),
        (
            "F.gumbel_softmax(tau=0.5, hard=1, dim=0)",
            "gumbel_softmax(temperature=0.5, hard=1, axis=0)",
        ),
        ("nn.RReLU(lower=0.2, inplace=True)", "rrelu(lower=0.2)"),
    ] {
        assert_eq!(text(name), expected, "{name}");
    }
    for (name, expected) in [
        (
            "LeakyReLU(alpha=0.1)",
            "leakyrelu has no parameter \"alpha\" (known: negative_slope)",
        ),
        (
            "jax.nn.hard_sigmoid(alpha=0.2)",
            "hard_sigmoid takes no parameters, so no \"alpha\"",
        ),
        (
            "F.softplus(threshold=5)",
            "F.softplus: threshold is 5: use the default, 20, instead",
        ),
        (
            "F.elu(alpha=-1)",
            "EluConfig: alpha must be greater than 0, got -1",
        ),
        (
            "Softmax2d",
            "no activation \"Softmax2d\" here: it is softmax of the channels; use softmax(axis=-3) instead",
        ),
    ] {
        assert_eq!(message(name), expected, "{name}");
    }
    assert!(message("F.hardtan").contains("did you mean \"F.hardtanh\"?"));
    assert!(message("nn.elu").starts_with("unknown activation \"torch.nn.elu\""));
}

/// A bare word means what it means in every library that has it, but for those that the porting page lists.
#[test]
fn where_a_bare_word_means_something_else_is_documented() {
    let mut differ = Vec::new();
    for case in goldens().cases {
        let name = format!("{}.{}", case.module, case.name);
        if let Ok(there) = name.parse::<ActivationConfig>()
            && case.name.parse() != Ok(there)
        {
            differ.push(name);
        }
    }
    let expected = [
        "keras.activations.hard_sigmoid",
        "keras.activations.leaky_relu",
        "keras.layers.LeakyReLU",
        "jax.nn.gelu",
        "jax.nn.hard_sigmoid",
    ];
    assert_eq!(differ, expected);
    let page = include_str!("../docs/porting.md");
    for name in expected {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}
