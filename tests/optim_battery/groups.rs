//! Parameters that are treated differently.

use burn::module::{Module, ParamGroup};
use burn::nn::{Linear, LinearConfig};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use burn_extras::optim::{OptimizerConfig, SgdConfig};

use crate::{Point, TwoLayers, configs, stands_still};

#[test]
fn groups_have_optimizers_of_their_own() {
    let device = Device::flex().autodiff();
    let model = TwoLayers {
        first: LinearConfig::new(2, 2).init(&device),
        second: LinearConfig::new(2, 1).init(&device),
    };
    let mut optimizer = SgdConfig::new().init().with_group(
        ParamGroup::from_predicate("second"),
        burn_extras::optim::SignumConfig::new().build(),
        None,
    );
    let x = Tensor::<2>::from_data([[0.3, -0.7]], &device);
    let loss = model.second.forward(model.first.forward(x)).square().mean();
    let grads = GradientsParams::from_grads(loss.backward(), &model);
    let grad = grads.get::<2>(model.first.weight.id).unwrap();
    let before = model.clone();
    let after = optimizer.step(0.125, model, grads);

    let moved =
        |before: &Linear, after: &Linear| before.weight.val().inner() - after.weight.val().inner();
    let moved_first = moved(&before.first, &after.first).into_data();
    moved_first.assert_approx_eq::<f32>(
        &(grad * 0.125).into_data(),
        burn::tensor::Tolerance::absolute(1e-6),
    );
    for step in moved(&before.second, &after.second)
        .into_data()
        .iter::<f32>()
    {
        assert!((step.abs() - 0.125).abs() < 1e-6, "the sign's step: {step}");
    }
}

#[test]
fn a_frozen_parameter_stays() {
    let device = Device::flex().autodiff();
    for (name, config) in configs() {
        if stands_still(name) {
            continue;
        }
        let model = TwoLayers {
            first: LinearConfig::new(2, 2).init(&device).no_grad(),
            second: LinearConfig::new(2, 1).init(&device),
        };
        let mut optimizer = config.init();
        let before = model.clone();
        let mut model = model;
        for _ in 0..3 {
            let x = Tensor::<2>::from_data([[0.3, -0.7]], &device);
            let loss = model.second.forward(model.first.forward(x)).square().mean();
            let grads = GradientsParams::from_grads(loss.backward(), &model);
            model = optimizer.step(0.1, model, grads);
        }
        let data = |layer: &Linear| layer.weight.val().into_data();
        assert_eq!(data(&model.first), data(&before.first), "{name}");
        assert_ne!(data(&model.second), data(&before.second), "{name}");
    }
}

/// What a name builds for a group takes the steps of what it builds for a module, clipping included.
#[test]
fn a_name_in_a_group_does_what_it_does_alone() {
    let device = Device::flex().autodiff();
    for name in OptimizerConfig::names() {
        for clipping in ["", "(clip_norm=0.25)", "(clip_value=0.05)"] {
            let config: OptimizerConfig = format!("{name}{clipping}").parse().unwrap();
            let frozen: OptimizerConfig = "sgd".parse().unwrap();
            let in_group = frozen
                .init()
                .with_group(ParamGroup::all(), config.build(), None);
            let model = TwoLayers {
                first: LinearConfig::new(2, 2).init(&device),
                second: LinearConfig::new(2, 1).init(&device),
            };
            let ends = [config.init(), in_group].map(|mut optimizer| {
                let mut model = model.clone();
                for _ in 0..3 {
                    let x = Tensor::<2>::from_data([[3.0, -7.0]], &device);
                    let loss = model.second.forward(model.first.forward(x)).sum();
                    let grads = GradientsParams::from_grads(loss.backward(), &model);
                    model = optimizer.step(0.01, model, grads);
                }
                model.first.weight.val().into_data()
            });
            assert_eq!(ends[0], ends[1], "{config}");
        }
    }
}

#[test]
fn a_name_clips_its_gradients() {
    let device = Device::flex().autodiff();
    for (name, expected) in [
        ("sgd(clip_norm=0.5)", [1.0 - 0.3, 1.0 - 0.4]),
        ("sgd(clip_value=2)", [1.0 - 2.0, 1.0 - 2.0]),
    ] {
        let config: OptimizerConfig = name.parse().unwrap();
        let point = Point::new(&[1.0, 1.0], &device);
        let ends = point.step(&mut config.init(), 1.0, &[3.0, 4.0]).values();
        for (end, expected) in ends.iter().zip(expected) {
            assert!((end - expected).abs() < 1e-6, "{name}: {ends:?}");
        }
    }
}
