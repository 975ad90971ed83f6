//! What is done to the gradients of all parameters together.

use burn::nn::LinearConfig;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn_extras::optim::{clip_global_norm, global_norm, skip_non_finite};

use crate::{TwoLayers, devices};

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
