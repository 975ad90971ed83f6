//! Each activation against PyTorch and entmax: `goldens/wide.py` made the numbers.

use burn::tensor::{DType, Device};
use burn_extras::activation::GumbelSoftmaxConfig;
use serde_json::Value;

use crate::devices;
use crate::names::ROWS;
use crate::row::{Row, assert_close, forward_backward, read, tensor};

fn cases() -> Vec<Value> {
    let goldens: Value =
        serde_json::from_str(include_str!("../goldens/wide.json")).expect("valid goldens");
    let cases = goldens["cases"].as_array().expect("cases").iter();
    let ours = cases.filter(|case| ROWS.contains(&text(&case["name"])));
    ours.cloned().collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn numbers(value: &Value) -> Vec<f64> {
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().expect("inf, -inf or nan"),
        number => number.as_f64().expect("a number"),
    };
    value
        .as_array()
        .expect("numbers")
        .iter()
        .map(number)
        .collect()
}

fn row(case: &Value) -> Option<Row> {
    let option = |name: &str| case["options"][name].as_f64();
    Some(match text(&case["name"]) {
        "softmax" => Row::Softmax {
            temperature: option("temperature").unwrap_or(1.0),
        },
        "log_softmax" => Row::LogSoftmax,
        "softmin" => Row::Softmin,
        "quiet_softmax" => Row::QuietSoftmax,
        "sparsemax" => Row::Sparsemax,
        "entmax15" => Row::Entmax { alpha: 1.5 },
        "entmax" => Row::Entmax {
            alpha: option("alpha").expect("entmax has an alpha"),
        },
        "maxout" => Row::Maxout {
            pieces: option("k").expect("maxout has pieces") as usize,
        },
        "crelu" => Row::CRelu,
        _ => return None,
    })
}

/// Any shape as one of rank 3, and how many axes are new in front.
fn shape(value: &Value) -> ([usize; 3], usize) {
    let given = numbers(value);
    let new = 3 - given.len();
    let mut shape = [1; 3];
    for (place, size) in given.iter().enumerate() {
        shape[new + place] = *size as usize;
    }
    (shape, new)
}

fn check(case: &Value, name: &str, device: &Device, dtype: DType, tolerance: f64) {
    let device = device.clone().autodiff();
    let (dims, new) = shape(&case["shape"]);
    let axis = new + case["axis"].as_u64().expect("an axis") as usize;
    let x = tensor(&numbers(&case["inputs"]["x"]), dims, &device, dtype);
    let (output_dims, _) = shape(&case["output_shape"]);
    let grad = tensor(&numbers(&case["grad"]), output_dims, &device, dtype);
    let (output, slopes) = match row(case) {
        Some(row) => forward_backward(row, x, axis as isize, grad),
        None => {
            let noise = tensor(&numbers(&case["inputs"]["noise"]), dims, &device, dtype);
            let options = &case["options"];
            let config = GumbelSoftmaxConfig::new()
                .with_axis(axis as isize)
                .with_temperature(options["tau"].as_f64().expect("a temperature"))
                .with_hard(options["hard"].as_bool().expect("hard or not"));
            let x = x.require_grad();
            let y = config.init().forward_with_noise(x.clone(), noise);
            let gradients = (y.clone() * grad).sum().backward();
            let slopes = x.grad(&gradients).expect("the input requires a gradient");
            (read(y.inner()), read(slopes))
        }
    };
    let what = format!(
        "{} {} along {} of {} in {dtype:?} on {name}",
        case["name"], case["options"], case["axis"], case["shape"]
    );
    assert_close(&output, &numbers(&case["output"]), tolerance, &what);
    let expected = numbers(&case["gradients"]["x"]);
    assert_close(
        &slopes,
        &expected,
        2.0 * tolerance,
        &format!("gradient of {what}"),
    );
}

#[test]
fn all_agree_in_f32_on_every_device() {
    for (name, device) in devices::all() {
        for case in cases() {
            check(&case, name, &device, DType::F32, 1e-6);
        }
    }
}

#[test]
#[cfg(feature = "flex")]
fn all_agree_in_f64() {
    for case in cases() {
        check(&case, "flex", &Device::flex(), DType::F64, 1e-12);
    }
}

#[test]
fn every_activation_has_goldens() {
    for name in ROWS {
        let count = cases()
            .iter()
            .filter(|case| text(&case["name"]) == name)
            .count();
        assert!(count >= 3, "{name}: {count} goldens");
    }
}
