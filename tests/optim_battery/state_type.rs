//! States in fewer bits: a rule goes where it goes with all of them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::module::Param;
use burn::optim::{Optimizer, OptimizerRecord};
use burn::tensor::{DType, Device, FloatDType, Tensor, TensorData};
use burn_extras::optim::{AdamConfig, OptimizerConfig, ProdigyConfig, StateType};

use crate::problems::reach_the_minimum_of_a_bowl;
use crate::{Point, devices};

/// Those of fewer bits, and how many.
const NARROW: [(StateType, usize); 2] = [(StateType::Bf16, 16), (StateType::Float8, 8)];

/// Every rule with states of this type, on devices that have it.
fn configs(state_type: StateType) -> impl Iterator<Item = (&'static str, OptimizerConfig)> {
    let rules = crate::configs().filter(|(name, _)| !name.contains(" + "));
    rules.map(move |(name, config)| (name, config.with_state_type(state_type)))
}

/// Adam with states of so many bits.
fn adam(bits: usize) -> OptimizerConfig {
    format!("adam(state_bits={bits})").parse().unwrap()
}

/// So many steps of a long parameter, whose gradients differ from place to place and from step to step.
fn walk(config: &OptimizerConfig, len: usize, steps: usize) -> Vec<f32> {
    let mut optimizer = config.init();
    let mut point = Point::new(&vec![1.0; len], &Device::flex().autodiff());
    for step in 0..steps {
        let grad = |place: usize| ((place * 7 + step * 13) % 11) as f32 - 4.0;
        let grads: Vec<f32> = (0..len).map(grad).collect();
        point = point.step(&mut optimizer, 0.01, &grads);
    }
    point.values()
}

#[test]
fn moments_take_half_the_memory_and_a_start_all_of_it() {
    let param = Tensor::<1>::ones([100], &Device::flex());
    let adam = AdamConfig::new().with_state_type(StateType::Bf16).build();
    let (_, state) = adam.step(0.1, param.clone(), param.clone(), None);
    let state = state.unwrap();
    for name in ["moment_1", "moment_2"] {
        assert_eq!(state.tensor(name).unwrap().dtype(), DType::BF16, "{name}");
    }
    for (state_type, bits) in NARROW {
        let prodigy: OptimizerConfig = ProdigyConfig::new().with_state_type(state_type).into();
        assert_eq!(prodigy.to_string(), format!("prodigy(state_bits={bits})"));
    }
}

/// Bytes of the states of a parameter of this many numbers, as they are saved.
fn saved_bytes(config: &OptimizerConfig, len: usize) -> usize {
    let mut optimizer = config.init();
    let point = Point::new(&vec![1.0; len], &Device::flex().autodiff());
    point.step(&mut optimizer, 0.01, &vec![1.0; len]);
    optimizer.to_record().into_bytes().unwrap().len()
}

#[test]
fn states_of_8_bits_take_little_more_than_a_quarter_of_the_memory() {
    let added =
        |config: &OptimizerConfig| saved_bytes(config, 80_000) - saved_bytes(config, 16_000);
    let full = added(&adam(32)) as f64;
    let share = added(&adam(8)) as f64 / full;
    assert!((0.25..0.28).contains(&share), "{share}");
    let share = added(&adam(16)) as f64 / full;
    assert!((0.49..0.51).contains(&share), "{share}");
}

/// To the nearest the mean of squares would stand still at about a third of its way, and sooner with 8 bits.
#[test]
fn small_changes_are_not_lost() {
    const STEPS: i32 = 2000;
    for (state_type, bits) in NARROW {
        let adam = AdamConfig::new().with_state_type(state_type).build();
        let grad = Tensor::<1>::ones([1 << 14], &Device::flex());
        let (mut param, mut state) = (grad.clone(), None);
        for _ in 0..STEPS {
            (param, state) = adam.step(1e-3, param, grad.clone(), state);
        }
        let moment = state.unwrap().tensor("moment_2").unwrap();
        let mean: f64 = moment
            .cast(FloatDType::F32)
            .mean()
            .into_scalar::<f32>()
            .into();
        let expected = 1.0 - 0.999f64.powi(STEPS);
        let bound = if bits == 8 { 1e-2 } else { 2e-3 };
        assert!(
            (mean / expected - 1.0).abs() < bound,
            "{bits}: {mean}, not {expected}"
        );
    }
}

#[test]
fn the_same_run_gives_the_same_numbers_on_any_number_of_threads() {
    for (_, bits) in NARROW {
        let config = adam(bits);
        for len in [1, 63, 64, 65, 512 * 32 * 3 + 77] {
            let walked = walk(&config, len, 5);
            let on = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
                pool.build().unwrap().install(|| walk(&config, len, 5))
            };
            assert_eq!(walked, on(1), "{bits}: {len}");
            assert_eq!(walked, on(3), "{bits}: {len}");
        }
    }
}

/// Near to where all bits go, and not to the same place.
#[test]
fn every_rule_goes_the_same_way() {
    let mut failures = Vec::new();
    for (state_type, bits) in NARROW {
        let bound = if bits == 8 { 2e-2 } else { 2e-3 };
        for (name, config) in configs(state_type) {
            let full = walk(&config.clone().with_state_type(StateType::Full), 500, 20);
            let narrow = walk(&config, 500, 20);
            let mean = |numbers: &[f32]| numbers.iter().sum::<f32>() / 500.0;
            let way = full.iter().map(|it| (it - 1.0).abs()).fold(0.0, f32::max);
            let apart = (mean(&full) - mean(&narrow)).abs() / way;
            if apart.is_nan() || apart > bound {
                failures.push(format!("{name}, {bits} bits: {apart} of the way"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_rule_reaches_the_minimum_of_a_bowl() {
    for (state_type, _) in NARROW {
        reach_the_minimum_of_a_bowl(configs(state_type));
    }
}

#[test]
fn a_restored_optimizer_takes_the_same_next_step() {
    let device = Device::flex().autodiff();
    let grad =
        |step: usize| -> Vec<f32> { (0..100).map(|it| ((it + step) % 9) as f32 - 3.0).collect() };
    for (state_type, bits) in NARROW {
        for (name, config) in configs(state_type) {
            let mut optimizer = config.init();
            let mut point = Point::new(&[1.0; 100], &device);
            for step in 0..3 {
                point = point.step(&mut optimizer, 0.01, &grad(step));
            }
            let bytes = optimizer.to_record().into_bytes().unwrap();
            let mut restored = config
                .init()
                .load_record(OptimizerRecord::from_bytes(bytes).unwrap());
            let (mut a, mut b) = (point.clone(), point);
            for step in 3..6 {
                a = a.step(&mut optimizer, 0.01, &grad(step));
                b = b.step(&mut restored, 0.01, &grad(step));
                assert_eq!(a.values(), b.values(), "{name}, {bits} bits");
            }
        }
    }
}

/// What was saved in one type goes on in the other.
#[test]
fn a_state_that_was_saved_in_another_type() {
    let device = Device::flex().autodiff();
    let start = Point::new(&[1.0, -2.0, 3.0], &device);
    let grad = [0.5, 1.0, -2.0];
    let stepped = |config: &OptimizerConfig, from: &OptimizerConfig| {
        let mut before = from.init();
        start.clone().step(&mut before, 0.01, &grad);
        let mut optimizer = config.init().load_record(before.to_record());
        start.clone().step(&mut optimizer, 0.01, &grad).values()
    };
    let expected = stepped(&adam(32), &adam(32));
    for (to, from, bound) in [
        (16, 32, 1e-4),
        (32, 16, 1e-4),
        (8, 32, 2e-3),
        (32, 8, 2e-3),
        (8, 16, 2e-3),
        (16, 8, 2e-3),
    ] {
        let got = stepped(&adam(to), &adam(from));
        for (got, expected) in got.iter().zip(&expected) {
            assert!(
                (got - expected).abs() < bound,
                "{from} to {to}: {got}, not {expected}"
            );
        }
    }
}

/// Weights whose gradients are a millionth of their neighbours' take steps no longer than those.
#[test]
fn no_step_is_long_for_a_denominator_that_became_zero() {
    let grads: Vec<f32> = (0..256)
        .map(|place| if place % 8 == 0 { 1.0 } else { 1e-6 })
        .collect();
    let mut optimizer = adam(8).init();
    let mut point = Point::new(&[0.0; 256], &Device::flex().autodiff());
    for _ in 0..200 {
        let before = point.values();
        point = point.step(&mut optimizer, 0.01, &grads);
        for (before, after) in before.iter().zip(point.values()) {
            assert!((before - after).abs() < 0.03, "{before} to {after}");
        }
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let message = |device: &Device, bits, dtype| {
        let config = adam(bits);
        let at = Tensor::<1>::from_data(TensorData::from([1.0f32, 2.0]), device).cast(dtype);
        let point = Point {
            at: Param::from_tensor(at.detach().require_grad()),
        };
        let step = || point.step(&mut config.init(), 0.1, &[1.0, 1.0]);
        let panic = catch_unwind(AssertUnwindSafe(step)).err()?;
        panic.downcast::<String>().ok()
    };
    // Whether a GPU has bf16 is its own affair.
    let on_cpu = |(name, _): &(&str, Device)| matches!(*name, "flex" | "ndarray");
    for (name, device) in devices::all().into_iter().filter(on_cpu) {
        let device = device.autodiff();
        let of_f32 = message(&device, 16, FloatDType::F32);
        if name == "ndarray" {
            let of_f32 = of_f32.expect("it has no bf16");
            assert!(of_f32.contains("leave state_bits out"), "{of_f32}");
        } else {
            assert_eq!(of_f32, None);
        }
        assert_eq!(message(&device, 8, FloatDType::F32), None);
        for bits in [8, 16] {
            let of_f64 = message(&device, bits, FloatDType::F64).expect("it is refused");
            assert!(of_f64.contains("this one is f64"), "{of_f64}");
        }
    }
}

/// A state of 8 bits is of one shape alone, though its blocks do not show it.
#[test]
fn the_state_of_another_parameter_is_refused() {
    let device = Device::flex().autodiff();
    let mut optimizer = adam(8).init();
    let point = Point::new(&[1.0; 10], &device);
    let id = point.at.id;
    point.step(&mut optimizer, 0.01, &[1.0; 10]);
    let mut other = Point::new(&[1.0; 20], &device);
    other.at = Param::initialized(id, other.at.val());
    let step = || other.step(&mut optimizer, 0.01, &[1.0; 20]);
    let Err(panic) = catch_unwind(AssertUnwindSafe(step)) else {
        panic!("it is not refused");
    };
    let message = panic.downcast::<String>().unwrap();
    assert!(message.contains("[20] belongs"), "{message}");
}
