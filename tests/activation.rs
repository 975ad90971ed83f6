//! What holds for every activation on every device that is built in.
#![recursion_limit = "256"]

mod devices;

use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_extras::activation::ActivationConfig;

/// Zero, tiny, ordinary, huge and infinite, and what overflows in some float type when squared or
/// put through an exponential.
const EDGES: [f32; 41] = [
    0.0,
    1e-8,
    -1e-8,
    1e-4,
    -1e-4,
    0.3,
    -0.3,
    0.5,
    -0.5,
    0.999,
    -0.999,
    1.001,
    -1.001,
    1.7,
    -1.7,
    2.0,
    -2.0,
    2.9,
    -2.9,
    3.1,
    -3.1,
    6.1,
    -6.1,
    12.0,
    -12.0,
    20.0,
    -20.0,
    90.0,
    -90.0,
    100.0,
    -100.0,
    300.0,
    -300.0,
    1e5,
    -1e5,
    1e20,
    -1e20,
    3e38,
    -3e38,
    f32::INFINITY,
    f32::NEG_INFINITY,
];

fn forward_backward(config: &ActivationConfig, x: Tensor<1>) -> (Vec<f64>, Vec<f64>) {
    let x = x.require_grad();
    let y = config.init(&x.device()).forward(x.clone());
    let grads = y.clone().sum().backward();
    let slope = x.grad(&grads).expect("the input requires a gradient");
    let read = |tensor: Tensor<1>| tensor.into_data().iter::<f64>().collect();
    (read(y.inner()), read(slope))
}

fn tensor(inputs: &[f32], device: &Device, dtype: DType) -> Tensor<1> {
    let data = TensorData::new(inputs.to_vec(), [inputs.len()]);
    Tensor::from_data(data, (&device.clone().autodiff(), dtype))
}

/// No NaN that the mathematics does not have, and infinity only where the result is one or too
/// large for the type.
#[test]
fn extreme_inputs_stay_defined() {
    for (name, device) in devices::all() {
        let dtypes = if name == "wgpu" {
            vec![DType::F32]
        } else if name == "flex" {
            vec![DType::F32, DType::F64, DType::F16, DType::BF16]
        } else {
            vec![DType::F32, DType::F64]
        };
        for dtype in dtypes {
            let finite: Vec<f32> = EDGES
                .into_iter()
                .filter(|x| x.is_finite() && (dtype != DType::F16 || x.abs() < 6e4))
                .collect();
            for config in ActivationConfig::formulas() {
                let (values, slopes) = forward_backward(&config, tensor(&finite, &device, dtype));
                for (i, x) in finite.iter().enumerate() {
                    let x = f64::from(*x);
                    for (what, got, exact) in [
                        ("value", values[i], config.value(x).unwrap()),
                        ("slope", slopes[i], config.slope(x).unwrap()),
                    ] {
                        let largest = match dtype {
                            DType::F16 => 65_504.0,
                            DType::F64 => f64::MAX,
                            _ => f64::from(f32::MAX),
                        };
                        assert!(
                            got.is_finite() || exact.abs() > 0.99 * largest,
                            "{what} of {config} at {x:e} in {dtype:?} on {name}: {got}, exact {exact:e}"
                        );
                    }
                }
            }
        }
    }
}

/// A limit, where there is one: only what swings on for ever has none.
#[test]
fn infinite_inputs_have_a_limit() {
    let swinging = ["sine", "snake", "gcu"];
    for config in ActivationConfig::formulas() {
        if swinging.contains(&config.to_string().as_str()) {
            continue;
        }
        for dtype in [DType::F32, DType::F64] {
            let infinite = [f32::INFINITY, f32::NEG_INFINITY];
            let inputs = tensor(&infinite, &Device::flex(), dtype);
            let (values, slopes) = forward_backward(&config, inputs);
            assert!(
                values.iter().chain(&slopes).all(|result| !result.is_nan()),
                "{config} in {dtype:?}: {values:?}, derivatives {slopes:?}"
            );
        }
    }
}

#[test]
fn nan_goes_through() {
    let mut failures = Vec::new();
    for (name, device) in devices::all() {
        for config in ActivationConfig::formulas() {
            let inputs = tensor(&[f32::NAN, 1.0], &device, DType::F32);
            let (values, _) = forward_backward(&config, inputs);
            if !values[0].is_nan() || values[1].is_nan() {
                failures.push(format!("{config} on {name}: {values:?} for NaN and 1"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Strided, expanded, sliced, empty and large tensors give what contiguous ones give.
#[test]
fn layouts_do_not_matter() {
    let config = ActivationConfig::Mish;
    for (name, device) in devices::all() {
        let activation = config.init(&device);
        // Large enough for several threads, and no multiple of a vector or a block.
        let flat = Tensor::<1, burn::tensor::Int>::arange(0..40_007, &device).float() * 1e-3 - 20.0;
        let expected = activation.forward(flat.clone()).into_data();
        let matrix = flat.clone().reshape([1, 40_007]);
        let transposed = activation.forward(matrix.clone().transpose()).into_data();
        assert_eq!(
            transposed.as_slice::<f32>().unwrap(),
            expected.as_slice::<f32>().unwrap()
        );
        let sliced = activation.forward(flat.clone().slice(7..1507)).into_data();
        assert_eq!(
            sliced.as_slice::<f32>().unwrap(),
            &expected.as_slice::<f32>().unwrap()[7..1507]
        );
        let expanded = activation.forward(matrix.expand([3, 40_007])).into_data();
        assert_eq!(
            expanded.as_slice::<f32>().unwrap(),
            [expected.as_slice::<f32>().unwrap(); 3].concat()
        );
        let high = activation.forward(flat.clone().slice(0..64).reshape([2, 2, 2, 2, 2, 2]));
        assert_eq!(
            high.into_data().as_slice::<f32>().unwrap(),
            &expected.as_slice::<f32>().unwrap()[..64]
        );
        if name != "wgpu" {
            let empty = activation.forward(flat.slice(0..0));
            assert_eq!(empty.dims(), [0]);
        }
    }
}

/// The gradient of a strided tensor, through a use of the input elsewhere.
#[test]
fn gradients_reach_shared_and_strided_inputs() {
    for (name, device) in devices::all() {
        let device = device.autodiff();
        let x =
            Tensor::<2>::from_floats([[0.5, -1.0, 2.0], [1.5, -0.2, 0.1]], &device).require_grad();
        for config in [ActivationConfig::Tanh, ActivationConfig::BentIdentity] {
            let y = config.init(&device).forward(x.clone().transpose());
            let loss = (y * x.clone().transpose()).sum();
            let grads = loss.backward();
            let got: Vec<f64> = x.grad(&grads).unwrap().into_data().iter().collect();
            for (got, x) in got.iter().zip([0.5, -1.0, 2.0, 1.5, -0.2, 0.1]) {
                let expected = config.value(x).unwrap() + x * config.slope(x).unwrap();
                assert!(
                    (got - expected).abs() < 1e-5,
                    "{config} on {name}: {got} for {expected}"
                );
            }
        }
    }
}

#[test]
fn balanced_checkpointing_gives_the_same_gradient() {
    let gradient = |config: &ActivationConfig, device: &Device| {
        let x = Tensor::<1>::from_floats([-1.5, 0.3, 2.0, 0.7], device).require_grad();
        let activation = config.init(device);
        let y = activation.forward(activation.forward(x.clone() * 1.5));
        let grads = (y.clone() * y).sum().backward();
        x.grad(&grads).unwrap().into_data()
    };
    for (device_name, device) in devices::all() {
        let plain = device.clone().autodiff();
        let balanced = device.autodiff().gradient_checkpointing();
        for config in ActivationConfig::formulas() {
            let (plain, balanced) = (gradient(&config, &plain), gradient(&config, &balanced));
            assert_eq!(plain, balanced, "{config} on {device_name}");
        }
    }
}

/// Not even an infinite one, of which a product with 0 would make NaN.
#[test]
fn no_gradient_passes_a_step() {
    for (device_name, device) in devices::all() {
        for name in ["step", "sign"] {
            let config: ActivationConfig = name.parse().unwrap();
            let x = tensor(&[-2.0, 0.0, 3.0], &device, DType::F32).require_grad();
            let infinite = tensor(&[f32::INFINITY, f32::NAN, 1.0], &device, DType::F32);
            let y = config.init(&x.device()).forward(x.clone());
            let grads = (y * infinite).sum().backward();
            let slope = x.grad(&grads).expect("the input requires a gradient");
            let slope: Vec<f32> = slope.into_data().iter().collect();
            assert_eq!(slope, [0.0; 3], "{config} on {device_name}");
        }
    }
}

#[test]
fn names_and_json_round_trip() {
    for config in ActivationConfig::formulas() {
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(
            serde_json::from_str::<ActivationConfig>(&json).unwrap(),
            config
        );
    }
    for text in [
        "elu(alpha=0.5)",
        "prelu(channels=3)",
        "learned(snake)",
        "learned(snake, a=2, channels=3)",
        "learned(hard_tanh, min=-2, channels=64)",
        "gated(elu(alpha=0.5), bias=1)",
        "swiglu",
        "swiglu(d_input=4, d_output=8)",
    ] {
        let config: ActivationConfig = text.parse().unwrap();
        assert_eq!(config.to_string(), text);
    }
    let alias: ActivationConfig = "learned(trelu, theta=2)".parse().unwrap();
    assert_eq!(alias.to_string(), "learned(thresholded_relu, theta=2)");
    let mut names = ActivationConfig::names().to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ActivationConfig::names().len());
    for name in names {
        assert_eq!(name.parse::<ActivationConfig>().unwrap().to_string(), name);
    }
    assert_eq!(
        "sgn".parse::<ActivationConfig>().unwrap(),
        ActivationConfig::Sign
    );
}

#[test]
fn parameters_out_of_range_are_refused() {
    let message = |text: &str| text.parse::<ActivationConfig>().unwrap_err().to_string();
    assert_eq!(
        message("elu(alpha=-1)"),
        "EluConfig: alpha must be greater than 0, got -1"
    );
    assert_eq!(
        message("soft_shrink(lambda=-0.1)"),
        "SoftShrinkConfig: lambda must be at least 0, got -0.1"
    );
    assert!(message("swiglu(d_input=0)").contains("d_input must be a whole number of at least 1"));
    assert!(message("bent_identiti").contains("did you mean \"bent_identity\"?"));
}

/// On its own: in a network it takes its width from there.
#[test]
#[should_panic(expected = "swiglu: d_input and d_output must be given where no network knows its")]
fn a_gate_without_sizes_needs_a_network() {
    let config: ActivationConfig = "swiglu".parse().unwrap();
    config.init(&Device::flex());
}
