//! The derivatives that are written by hand, and those worked out from the output, beside those that follow
//! from the value.

use std::collections::BTreeSet;

use super::ActivationConfig;

/// Zeros, tiny, ordinary, huge and infinite, each kink of a default, and what overflows in some float type when
/// squared or put through an exponential. Each with its negative.
const EDGES: [f64; 43] = [
    0.0,
    1e-40,
    1e-30,
    1e-16,
    1e-8,
    1e-4,
    0.01,
    0.1,
    0.25,
    0.3,
    0.5,
    0.7,
    0.999,
    1.0,
    1.001,
    1.5,
    1.7,
    2.0,
    2.5,
    2.9,
    3.0,
    3.1,
    4.0,
    5.0,
    6.0,
    6.1,
    7.0,
    10.0,
    12.0,
    20.0,
    40.0,
    88.0,
    90.0,
    100.0,
    300.0,
    800.0,
    1e5,
    1e8,
    1e10,
    1e15,
    1e20,
    3e38,
    f64::INFINITY,
];

/// Other parameters than the defaults, for every one that there is.
const PARAMETERS: [&str; 33] = [
    "celu(alpha=2)",
    "celu(alpha=0.5)",
    "elu(alpha=0.5)",
    "hard_shrink(lambda=0)",
    "hard_shrink(lambda=2)",
    "hard_sigmoid(alpha=0.5, beta=0)",
    "hard_tanh(min=-2, max=0.5)",
    "isrlu(alpha=3)",
    "isru(alpha=3)",
    "leaky_relu(negative_slope=-0.5)",
    "nlrelu(beta=0.25)",
    "nlrelu(beta=4)",
    "pelu(a=2, b=0.5)",
    "scaled_tanh(alpha=0.5, beta=3)",
    "shrink(lambda=1, bias=0.25)",
    "sine(omega=30)",
    "smu(alpha=-0.5, mu=3)",
    "smu(alpha=2, mu=0.5)",
    "snake(a=3)",
    "soft_clip(alpha=0.25)",
    "soft_clip(alpha=20)",
    "soft_shrink(lambda=0)",
    "soft_shrink(lambda=2)",
    "softplus(beta=0.25)",
    "softplus(beta=4)",
    "squareplus(b=0.01)",
    "squareplus(b=100)",
    "star_relu(scale=-2, bias=1)",
    "step(at_zero=0.5)",
    "swish(beta=0.25)",
    "swish(beta=4)",
    "thresholded_relu(theta=-1)",
    "thresholded_relu(theta=2)",
];

/// Where the two differ, and why those that are not automatic are right.
const EXCEPTIONS: [(&str, &[&str], &[f64]); 11] = [
    (
        "a gate has come to rest, and infinity times its derivative is NaN",
        &[
            "colu",
            "elish",
            "gelu_tanh",
            "hard_elish",
            "hard_swish",
            "logish",
            "pflu",
            "quick_gelu",
            "silu",
            "swish",
            "swish(beta=0.25)",
            "swish(beta=4)",
            "tanhexp",
        ],
        &[f64::INFINITY],
    ),
    (
        "the same, on both sides, and where 2 x is infinite in `f32`",
        &["gaussian"],
        &[f64::INFINITY, f64::NEG_INFINITY, 3e38, -3e38],
    ),
    (
        "smooth where two pieces meet that are not",
        &[
            "arsinh",
            "dsilu",
            "shifted_softplus",
            "softplus",
            "softplus(beta=0.25)",
            "softplus(beta=4)",
        ],
        &[0.0],
    ),
    (
        "the same",
        &["soft_clip", "soft_clip(alpha=20)"],
        &[0.0, 1.0],
    ),
    (
        "where a bound sets in, far out and near",
        &["arsinh"],
        &[1e8, -1e8],
    ),
    ("where the series near 0 ends", &["sinc"], &[0.5, -0.5]),
    (
        "the flat middle has its ends, as in PyTorch",
        &["soft_shrink"],
        &[0.5, -0.5],
    ),
    ("the same", &["soft_shrink(lambda=0)"], &[0.0]),
    ("the same", &["soft_shrink(lambda=2)"], &[2.0, -2.0]),
    (
        "what lets NaN through has a slope, and a step none",
        &["sign", "step", "step(at_zero=0.5)"],
        &[0.0],
    ),
    (
        "the slope swings for ever, and that of the value there is that of its infinity",
        &["snake", "snake(a=3)"],
        &[f64::NEG_INFINITY, f64::INFINITY],
    ),
];

pub(super) fn edges() -> impl Iterator<Item = f64> {
    // What an `f32` holds, so that kinks are the same ones in both types.
    let edges = EDGES.into_iter().flat_map(|x| [x, -x]);
    edges.map(|x| f64::from(x as f32))
}

pub(super) fn configs() -> Vec<ActivationConfig> {
    let others = PARAMETERS.map(|text| text.parse().expect("a known name"));
    ActivationConfig::formulas()
        .into_iter()
        .chain(others)
        .collect()
}

/// Whether two derivatives are equal but for rounding, in the order `f64`, `f32`.
fn alike(name: &str, precision: usize, (own, automatic): (f64, f64)) -> bool {
    let allowed = match (precision, name) {
        // The series near 0 ends.
        (0, "sinc") => 4e-9,
        (0, _) => 4e-15,
        _ => 4e-7,
    };
    let size = own.abs().min(automatic.abs()).max(1.0);
    own == automatic
        || (own.is_nan() && automatic.is_nan())
        || (own - automatic).abs() <= allowed * size
}

/// Whether these are sines of large numbers, which `f32` loses, and kernels restore from `f64`.
fn is_lost(name: &str, (own, automatic): (f64, f64)) -> bool {
    let has_sines = ["gcu", "sinc", "sine", "snake"].contains(&name.split('(').next().unwrap());
    has_sines && (own.is_nan() || automatic.is_nan())
}

fn place(name: &str, x: f64) -> String {
    // As one, what differs only by the sign of 0, or by the rounding to `f32`.
    format!("{name} at {:e}", x as f32 + 0.0)
}

#[test]
fn derivatives_by_hand_are_those_of_the_values() {
    let mut differ = BTreeSet::new();
    for config in configs() {
        let name = config.to_string();
        let formula = config.formula().expect("it has no weights");
        for x in edges() {
            let [double, single] = formula.compare(&[x]).map(|slopes| slopes[0]);
            let single = match is_lost(&name, single) {
                true => double,
                false => single,
            };
            for (precision, slopes) in [double, single].into_iter().enumerate() {
                if !alike(&name, precision, slopes) {
                    differ.insert(place(&name, x));
                }
            }
        }
    }
    let mut listed = BTreeSet::new();
    for (_, names, points) in EXCEPTIONS {
        for name in names {
            listed.extend(points.iter().map(|x| place(name, *x)));
        }
    }
    let unlisted: Vec<_> = differ.difference(&listed).collect();
    let needless: Vec<_> = listed.difference(&differ).collect();
    assert!(
        unlisted.is_empty() && needless.is_empty(),
        "not listed: {unlisted:#?}, listed, but alike: {needless:#?}"
    );
}
