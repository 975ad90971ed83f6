//! What is done to the gradients of all parameters together.

use std::collections::BTreeMap;

use burn::module::Param;
use burn::nn::LinearConfig;
use burn::optim::GradientsParams;
use burn::tensor::{Device, FloatDType, Tensor, TensorData, Tolerance};
use burn_extras::optim::{
    LossScale, OptimizerConfig, clip_global_norm, global_norm, skip_non_finite,
};
use serde::Deserialize;

use crate::{Point, TwoLayers, devices};

#[test]
fn clips_by_the_norm_of_all_gradients() {
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        let model = TwoLayers {
            first: LinearConfig::new(2, 2).init(&device),
            second: LinearConfig::new(2, 1).init(&device),
        };
        let x = Tensor::<2>::from_data([[3.0, -7.0]], &device);
        let loss = model.second.forward(model.first.forward(x)).sum() * 100.0;
        let mut grads = GradientsParams::from_grads(loss.backward(), &model);
        // A parameter that took no part has none.
        let bias = model.first.bias.as_ref().unwrap().id;
        grads.remove::<1>(bias);
        let all = [
            grads.get::<2>(model.first.weight.id).unwrap().flatten(0, 1),
            grads
                .get::<2>(model.second.weight.id)
                .unwrap()
                .flatten(0, 1),
            grads
                .get::<1>(model.second.bias.as_ref().unwrap().id)
                .unwrap(),
        ];
        let squares = all.map(|grad| grad.square().sum().into_scalar::<f32>());
        let norm = global_norm(&grads, &model);
        let expected = f64::from(squares.iter().sum::<f32>().sqrt());
        assert!(
            (norm / expected - 1.0).abs() < 1e-6,
            "{device_name}: {norm} {expected}"
        );
        assert!(norm > 1.0, "{device_name}: {norm}");

        let before = grads.get::<2>(model.first.weight.id).unwrap();
        let grads = clip_global_norm(grads, &model, 0.5);
        let clipped = global_norm(&grads, &model);
        assert!((clipped - 0.5).abs() < 1e-6, "{device_name}: {clipped}");
        let after = grads.get::<2>(model.first.weight.id).unwrap();
        after.into_data().assert_approx_eq::<f32>(
            &(before * (0.5 / norm)).into_data(),
            burn::tensor::Tolerance::absolute(1e-6),
        );
        // What is small enough stays.
        let grads = clip_global_norm(grads, &model, 10.0);
        assert_eq!(global_norm(&grads, &model), clipped, "{device_name}");
        assert_eq!(global_norm(&GradientsParams::new(), &model), 0.0);
    }
}

#[test]
fn skips_what_is_not_finite() {
    for (device_name, device) in devices::all() {
        let model = TwoLayers {
            first: LinearConfig::new(2, 2).init(&device),
            second: LinearConfig::new(2, 1).init(&device),
        };
        for (value, finite) in [
            (1.0, true),
            (f32::MAX, true),
            (f32::NAN, false),
            (f32::INFINITY, false),
            (f32::NEG_INFINITY, false),
        ] {
            let mut grads = GradientsParams::new();
            let fine = Tensor::<2>::from_data([[0.5, 0.1], [0.0, -3.0]], &device);
            grads.register(model.first.weight.id, fine);
            let odd = Tensor::<2>::from_data([[0.5], [value]], &device);
            grads.register(model.second.weight.id, odd);
            let kept = skip_non_finite(grads, &model);
            assert_eq!(kept.is_some(), finite, "{value} on {device_name}");
        }
    }
}

/// As PyTorch's `clip_grad_norm_` does: an infinite norm leaves zeros, and NaN where a gradient is
/// infinite; a NaN norm leaves NaN alone.
#[test]
fn a_norm_that_is_not_finite_is_not_passed_over() {
    for (device_name, device) in devices::all() {
        let model = LinearConfig::new(2, 1).init(&device);
        let clipped = |odd: f32| -> Vec<f32> {
            let mut grads = GradientsParams::new();
            let grad = Tensor::<2>::from_data([[0.5], [odd]], &device);
            grads.register(model.weight.id, grad);
            let grads = clip_global_norm(grads, &model, 1.0);
            let grad = grads.get::<2>(model.weight.id).unwrap();
            grad.into_data().iter().collect()
        };
        let [first, second] = clipped(f32::INFINITY)[..] else {
            panic!("two numbers")
        };
        assert!(first == 0.0 && second.is_nan(), "{device_name}");
        let nan = clipped(f32::NAN);
        assert!(nan.iter().all(|x| x.is_nan()), "{device_name}: {nan:?}");
    }
}

#[derive(Deserialize)]
struct Scales {
    infinite: Vec<usize>,
    cases: Vec<ScaleCase>,
}

#[derive(Deserialize)]
struct ScaleCase {
    settings: BTreeMap<String, f64>,
    scales: Vec<f64>,
}

#[test]
fn the_loss_scale_moves_as_pytorchs() {
    let goldens: Scales = serde_json::from_str(include_str!("../goldens/loss_scale.json")).unwrap();
    for case in goldens.cases {
        let mut scale = LossScale::new();
        for (name, value) in &case.settings {
            scale = match name.as_str() {
                "init_scale" => scale.with_scale(*value),
                "growth_factor" => scale.with_growth_factor(*value),
                "backoff_factor" => scale.with_backoff_factor(*value),
                "growth_interval" => scale.with_growth_interval(*value as usize),
                _ => panic!("{name}"),
            };
        }
        let model = Point::new(&[1.0, 2.0], &Device::flex().autodiff());
        for (step, expected) in case.scales.iter().enumerate() {
            // Saved and restored, and shared by clones.
            scale = serde_json::from_str(&serde_json::to_string(&scale).unwrap()).unwrap();
            let used = scale.clone();
            let infinite = goldens.infinite.contains(&step);
            let factor = if infinite { f32::INFINITY } else { 3.0 };
            let loss = model.at.val().sum().mul_scalar(factor);
            let grads = GradientsParams::from_grads(used.scale(loss).backward(), &model);
            let grads = used.unscale(grads, &model);
            assert_eq!(grads.is_none(), infinite);
            if let Some(grad) = grads.and_then(|grads| grads.get::<1>(model.at.id)) {
                let expected = TensorData::from([3.0f32, 3.0]);
                grad.into_data()
                    .assert_approx_eq::<f32>(&expected, Tolerance::relative(1e-6));
            }
            // PyTorch's is in f32.
            let far = (scale.current() - expected).abs() / expected;
            assert!(far < 1e-6, "{:?}: {scale:?} for {expected}", case.settings);
        }
    }
}

#[test]
fn a_loss_scale_is_checked() {
    for (scale, expected) in [
        (
            LossScale::new().with_scale(0.0),
            "scale must be greater than 0, got 0",
        ),
        (
            LossScale::new().with_growth_factor(0.5),
            "growth_factor must be at least 1, got 0.5",
        ),
        (
            LossScale::new().with_backoff_factor(2.0),
            "backoff_factor must be above 0 and at most 1, got 2",
        ),
        (
            LossScale::new().with_growth_interval(0),
            "growth_interval must be a whole number of at least 1, got 0",
        ),
    ] {
        let error = scale.validate().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        let json = serde_json::to_string(&scale).unwrap();
        assert!(serde_json::from_str::<LossScale>(&json).is_err());
    }
}

/// What the scale saves from rounding to 0 in half precision gets to the optimizer.
#[test]
fn small_gradients_of_half_precision_survive() {
    // The device that has it for certain.
    let device = Device::flex().autodiff();
    let start = Tensor::<1>::from_data([1.0, 2.0], &device).cast(FloatDType::F16);
    let model = Point {
        at: Param::from_tensor(start.detach().require_grad()),
    };
    let scale = LossScale::new().with_scale(1024.0);
    // 1e-8 is 0 in f16.
    let loss = model.at.val().sum().mul_scalar(1e-4).mul_scalar(1e-4);
    let loss = scale.scale(loss);
    let grads = GradientsParams::from_grads(loss.backward(), &model);
    let grads = scale.unscale(grads, &model).unwrap();
    let config: OptimizerConfig = "adam(epsilon=1e-12)".parse().unwrap();
    let model = config.init().step(0.5, model, grads);
    for (end, expected) in model.values().iter().zip([0.5, 1.5]) {
        assert!((end - expected).abs() < 0.01, "{end}");
    }
}

/// Burn's own rules want a gradient in the parameter's type.
#[test]
fn clipping_leaves_the_type_alone() {
    let device = Device::flex().autodiff();
    let start = Tensor::<1>::from_data([1.0, 2.0], &device).cast(FloatDType::F16);
    let model = Point {
        at: Param::from_tensor(start.detach().require_grad()),
    };
    let grads = GradientsParams::from_grads(model.at.val().sum().backward(), &model);
    let grads = clip_global_norm(grads, &model, 0.5);
    let grad = grads.get::<1>(model.at.id).unwrap();
    assert_eq!(FloatDType::from(grad.dtype()), FloatDType::F16);
}
