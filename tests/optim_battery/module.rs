//! Steps of a whole module.

use burn::module::{Module, Param, ParamGroup};
use burn::optim::{GradientsParams, ModuleOptimizer, MultiGradientsParams, SgdConfig};
use burn::tensor::{Device, Tensor};
use burn_extras::optim::{Averages, ModuleStep, OptimizerConfig, Sam};

/// Two vectors, whose gradients are what they are away from their targets.
#[derive(Module, Debug)]
struct Vectors {
    first: Param<Tensor<1>>,
    second: Param<Tensor<1>>,
}

const FIRST: [f32; 3] = [1.0, -2.0, 0.5];
const SECOND: [f32; 2] = [4.0, 3.0];

impl Vectors {
    fn new(device: &Device) -> Self {
        let device = device.clone().autodiff();
        Self {
            first: Param::from_tensor(Tensor::<1>::from_floats(FIRST, &device).require_grad()),
            second: Param::from_tensor(Tensor::<1>::from_floats(SECOND, &device).require_grad()),
        }
    }

    fn values(&self) -> Vec<f32> {
        let read = |param: &Param<Tensor<1>>| param.val().into_data().iter().collect::<Vec<f32>>();
        [read(&self.first), read(&self.second)].concat()
    }

    /// Gradients of a bowl around 3, of those that are asked for.
    fn grads(&self, which: [bool; 2]) -> GradientsParams {
        let mut grads = GradientsParams::new();
        for (param, asked) in [&self.first, &self.second].into_iter().zip(which) {
            if asked {
                grads.register(param.id, param.val().inner() - 3.0);
            }
        }
        grads
    }
}

fn init(name: &str) -> ModuleOptimizer {
    name.parse::<OptimizerConfig>().unwrap().init()
}

const WHOLE: [&str; 4] = [
    "dadapt_adam(d0=0.1)",
    "dog(reps_rel=0.01)",
    "prodigy(d0=0.1)",
    "prodigy(d0=0.1) + cautious + ema",
];

#[test]
fn a_parameter_feels_the_others() {
    for name in WHOLE {
        let walk = |which| {
            let mut model = Vectors::new(&Device::flex());
            let mut optimizer = init(name);
            for _ in 0..5 {
                let grads = model.grads(which);
                model = ModuleStep::new().step(&mut optimizer, 1.0, model, grads);
            }
            model.values()
        };
        assert_ne!(walk([true, true])[0], walk([true, false])[0], "{name}");
    }
}

#[test]
fn groups_of_a_rule_are_one() {
    for name in WHOLE {
        let walk = |mut optimizer: ModuleOptimizer| {
            let mut model = Vectors::new(&Device::flex());
            for _ in 0..5 {
                let grads = model.grads([true; 2]);
                model = ModuleStep::new().step(&mut optimizer, 1.0, model, grads);
            }
            model.values()
        };
        let config: OptimizerConfig = name.parse().unwrap();
        let grouped =
            init(name).with_group(ParamGroup::from_predicate("second"), config.build(), None);
        assert_eq!(walk(init(name)), walk(grouped), "{name}");
    }
}

/// One that is new, or had no gradient, goes as far as the others by now, wherever it stands.
#[test]
fn a_parameter_that_was_away_joins_the_others() {
    for name in [
        "dadapt_adam(d0=0.01)",
        "dog(reps_rel=0.001)",
        "prodigy(d0=0.01)",
    ] {
        for (away, at) in [(0, 0), (1, 3)] {
            let mut present = [true; 2];
            present[away] = false;
            let mut model = Vectors::new(&Device::flex());
            let mut optimizer = init(name);
            let mut step = |which| {
                let before = model.values();
                let (grads, from) = (model.grads(which), model.clone());
                model = ModuleStep::new().step(&mut optimizer, 1.0, from, grads);
                (before[at] - model.values()[at]).abs()
            };
            for _ in 0..8 {
                assert_eq!(step(present), 0.0);
            }
            let joined = step([true; 2]);
            let model = Vectors::new(&Device::flex());
            let grads = model.grads([true; 2]);
            let first = ModuleStep::new().step(&mut init(name), 1.0, model.clone(), grads);
            let first = (model.values()[at] - first.values()[at]).abs();
            assert!(
                joined > 2.0 * first,
                "{name}, {away}: {joined} after {first}"
            );
        }
    }
}

#[test]
fn what_another_crate_steps_is_stepped_once() {
    let mut model = Vectors::new(&Device::flex());
    let mut optimizer = init("prodigy(d0=0.1)").with_group(
        ParamGroup::from_predicate("second"),
        SgdConfig::new().build(),
        None,
    );
    let grads = model.grads([true; 2]);
    model = ModuleStep::new().step(&mut optimizer, 0.5, model, grads);
    assert_eq!(model.values()[3..], [3.5, 3.0]);
}

#[test]
#[should_panic(expected = "Prodigy adds up over all parameters of a module")]
fn a_step_of_burns_says_what_to_do() {
    let model = Vectors::new(&Device::flex());
    let grads = model.grads([true; 2]);
    init("prodigy").step(1.0, model, grads);
}

#[test]
fn other_rules_take_the_same_steps() {
    for name in OptimizerConfig::names() {
        if WHOLE.iter().any(|whole| whole.starts_with(name)) {
            continue;
        }
        let model = Vectors::new(&Device::flex());
        let (mut here, mut burns) = (init(name), init(name));
        let ours = ModuleStep::new().step(&mut here, 0.1, model.clone(), model.grads([true; 2]));
        let grads = model.grads([true; 2]);
        assert_eq!(
            ours.values(),
            burns.step(0.1, model, grads).values(),
            "{name}"
        );
    }
}

#[test]
fn gradients_of_several_devices_are_added() {
    for name in ["adam", "prodigy(d0=0.1)"] {
        let model = Vectors::new(&Device::flex());
        let several = MultiGradientsParams {
            grads: vec![
                (model.grads([true; 2]), Device::flex()),
                (model.grads([true, false]), Device::flex()),
            ],
        };
        let together = ModuleStep::new().step_multi(&mut init(name), 0.1, model.clone(), several);
        let mut grads = GradientsParams::new();
        grads.register(model.first.id, (model.first.val().inner() - 3.0) * 2.0);
        grads.register(model.second.id, model.second.val().inner() - 3.0);
        let expected = ModuleStep::new().step(&mut init(name), 0.1, model, grads);
        assert_eq!(together.values(), expected.values(), "{name}");
    }
}

#[test]
fn a_step_that_is_not_finite_changes_nothing() {
    for name in ["adam + ema", "prodigy(d0=0.1)"] {
        let step = ModuleStep::new().with_skip_non_finite(true);
        let config: OptimizerConfig = name.parse().unwrap();
        let (mut model, mut optimizer) = (Vectors::new(&Device::flex()), config.init());
        let grads = model.grads([true; 2]);
        model = step.step(&mut optimizer, 0.1, model, grads);
        let (before, state) = (model.values(), optimizer.into_bytes().unwrap());
        let mut grads = model.grads([true; 2]);
        grads.register(
            model.second.id,
            Tensor::<1>::from_floats([1.0, f32::NAN], &Device::flex()),
        );
        model = step.step(&mut optimizer, 0.1, model, grads);
        assert_eq!(model.values(), before);
        assert_eq!(optimizer.into_bytes().unwrap(), state);
        let _: Option<Averages> = config.averages();
    }
}

#[test]
fn sam_leaves_parameters_without_a_gradient() {
    let model = Vectors::new(&Device::flex());
    let up = Sam::new()
        .with_rho(0.5)
        .climb(&model, &model.grads([false, true]));
    let values = up.values();
    assert_eq!(values[..3], FIRST);
    // The gradient is 1 and 0.
    assert_eq!(values[3..], [4.5, 3.0]);
    assert!(up.first.val().is_require_grad());
    let still = Sam::new().climb(&model, &GradientsParams::new());
    assert_eq!(still.values(), model.values());
}

#[test]
fn sam_is_checked() {
    for (rho, expected) in [
        (-1.0, "at least 0, got -1"),
        (f64::NAN, "at least 0, got NaN"),
    ] {
        let error = Sam::new().with_rho(rho).validate().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(Sam::new().validate().is_ok());
}
