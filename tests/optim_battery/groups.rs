//! Parameters that are treated differently.

use burn::module::{Module, ParamGroup};
use burn::nn::{Linear, LinearConfig};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use burn_extras::optim::{Groups, ModuleStep, OptimizerConfig, SgdConfig};

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
        // An even number of a sign's steps may end where they began.
        for _ in 0..5 {
            let x = Tensor::<2>::from_data([[0.3, -0.7]], &device);
            let loss = model.second.forward(model.first.forward(x)).square().mean();
            let grads = GradientsParams::from_grads(loss.backward(), &model);
            model = ModuleStep::new().step(&mut optimizer, 0.1, model, grads);
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
                    model = ModuleStep::new().step(&mut optimizer, 0.01, model, grads);
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

/// How far the parameters of both layers move in a step with gradients of 1: weights and biases.
fn moved(config: &str, groups: &Groups) -> [Vec<f32>; 4] {
    let device = Device::flex().autodiff();
    let model = TwoLayers {
        first: LinearConfig::new(2, 2).init(&device),
        second: LinearConfig::new(2, 2).init(&device),
    };
    let config: OptimizerConfig = config.parse().unwrap();
    let mut optimizer = config.init_for(&model, groups);
    let mut grads = GradientsParams::new();
    for layer in [&model.first, &model.second] {
        let ones = Tensor::<2>::ones([2, 2], &Device::flex());
        grads.register(layer.weight.id, ones);
        let ones = Tensor::<1>::ones([2], &Device::flex());
        grads.register(layer.bias.as_ref().unwrap().id, ones);
    }
    let before = model.clone();
    let after = optimizer.step(0.125, model, grads);
    let read = |layer: &Linear| {
        let weight = layer.weight.val().inner().flatten::<1>(0, 1);
        [weight, layer.bias.as_ref().unwrap().val().inner()]
    };
    let of = |model: &TwoLayers| {
        [read(&model.first), read(&model.second)]
            .into_iter()
            .flatten()
    };
    let moved = of(&before).zip(of(&after));
    let moved: Vec<_> = moved
        .map(|(before, after)| (before - after).into_data().iter::<f32>().collect())
        .collect();
    moved.try_into().unwrap()
}

#[track_caller]
fn assert_all(moved: &[f32], expected: f32) {
    let near = |x: &f32| (x - expected).abs() < 1e-6;
    assert!(moved.iter().all(near), "{moved:?} for {expected}");
}

#[test]
fn vectors_and_words_do_not_decay() {
    let plain = moved("sgd(decoupled_weight_decay=0.5)", &Groups::new());
    assert!(plain[0].iter().any(|x| (x - 0.125).abs() > 1e-4));
    let groups = Groups::new().with_no_decay(["second"]);
    let [first, bias, second, second_bias] = moved("sgd(decoupled_weight_decay=0.5)", &groups);
    assert!(first.iter().any(|x| (x - 0.125).abs() > 1e-4), "{first:?}");
    for alone in [bias, second, second_bias] {
        assert_all(&alone, 0.125);
    }
}

#[test]
fn layers_far_from_the_output_learn_slowly() {
    let [first, bias, second, second_bias] = moved("sgd", &Groups::new().with_layer_decay(0.25));
    for (moved, expected) in [
        (first, 0.03125),
        (bias, 0.03125),
        (second, 0.125),
        (second_bias, 0.125),
    ] {
        assert_all(&moved, expected);
    }
}

#[test]
fn all_but_hidden_matrices_have_another_optimizer() {
    let groups = Groups::new().with_others("sgd".parse().unwrap());
    let [first, bias, second, second_bias] = moved("muon(weight_decay=0)", &groups);
    assert!(first.iter().all(|x| (x - 0.125).abs() > 1e-3), "{first:?}");
    for moved in [bias, second, second_bias] {
        assert_all(&moved, 0.125);
    }
}

#[test]
fn groups_are_read_from_a_config_file() {
    let groups = Groups::new()
        .with_no_decay(["norm"])
        .with_layer_decay(0.5)
        .with_others("adamw(weight_decay=0.1)".parse().unwrap());
    let text = serde_json::to_string(&groups).unwrap();
    assert_eq!(serde_json::from_str::<Groups>(&text).unwrap(), groups);
    assert_eq!(serde_json::from_str::<Groups>("{}").unwrap(), Groups::new());
    let error = Groups::new().with_layer_decay(1.5).validate().unwrap_err();
    assert_eq!(
        error.to_string(),
        "Groups: layer_decay must be above 0 and at most 1, got 1.5"
    );
    for wrong in [
        r#"{"decay": []}"#,
        r#"{"layer_decay": 2}"#,
        r#"{"others": "adamm"}"#,
    ] {
        assert!(serde_json::from_str::<Groups>(wrong).is_err(), "{wrong}");
    }
}
