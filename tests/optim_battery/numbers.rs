//! Gradients and parameters at the edges of what their type can hold.

use burn::module::Param;
use burn::nn::LinearConfig;
use burn::optim::{GradientsParams, Optimizer};
use burn::tensor::{DType, Device, FloatDType, Tensor, TensorData};
use burn_extras::fused::Number;
use burn_extras::optim::{
    Clock, MeasuredRule, Memory, Modifiers, OptimizerConfig, RuleOptimizer, SeenWhole,
    WholeModifier,
};

use crate::{Point, configs, devices, lr};

#[test]
fn huge_and_tiny_gradients_stay_finite() {
    for (device_name, device) in devices::all() {
        let device = device.autodiff();
        for (name, config) in configs() {
            let mut optimizer = config.init();
            let mut point = Point::new(&[1.0; 6], &device);
            let grad = [1e15, -1e15, 1e-15, -1e-15, 1e-30, 1.0];
            for _ in 0..10 {
                point = point.step(&mut optimizer, 1e-3, &grad);
            }
            let end = point.values();
            assert!(
                end.iter().all(|x| x.is_finite()),
                "{name} on {device_name}: {end:?}"
            );
        }
    }
}

#[test]
fn half_precision_has_no_nan() {
    let device = Device::flex().autodiff();
    for dtype in [FloatDType::F16, FloatDType::BF16] {
        for (name, config) in configs() {
            let mut optimizer = config.init();
            let start = [1.0, -0.5, 0.25, 2.0, 1.0, 1.0];
            let at = Tensor::<1>::from_data(TensorData::from(start), &device).cast(dtype);
            let mut point = Point {
                at: Param::from_tensor(at.detach().require_grad()),
            };
            // Epsilon is 0 in f16, and the square of 3e-4 is.
            for _ in 0..20 {
                point = point.step(
                    &mut optimizer,
                    lr(name),
                    &[0.0, 3e-4, -3e-4, 10.0, -1e-2, 1e-6],
                );
            }
            assert_eq!(FloatDType::from(point.at.val().dtype()), dtype, "{name}");
            let end = point.values();
            assert!(
                end.iter().all(|x| x.is_finite()),
                "{name} in {dtype:?}: {end:?}"
            );
            assert_ne!(end[3], start[3], "{name} in {dtype:?} moves");
        }
    }
}

/// Half precision is rounded once a step: with the state in `f32` two steps are those of `f32`.
#[test]
fn half_precision_keeps_its_state_in_f32() {
    let device = Device::flex().autodiff();
    for (name, config) in configs() {
        let run = |dtype: FloatDType| {
            let mut optimizer = config.init();
            let at = Tensor::<1>::from_data([64.0, -64.0], &device).cast(dtype);
            let mut point = Point {
                at: Param::from_tensor(at.detach().require_grad()),
            };
            for _ in 0..2 {
                point = point.step(&mut optimizer, 1e-3, &[0.5, -0.125]);
            }
            point.values()
        };
        for (half, single) in run(FloatDType::BF16).iter().zip(run(FloatDType::F32)) {
            // A bf16 has 8 bits: two roundings of half a unit in the last place.
            assert!(
                (half - single).abs() <= 64.0 / 128.0,
                "{name}: {half} for {single}"
            );
        }
    }
}

/// What two modifiers take off besides the rule's step: of all weights, and of those that the step makes smaller.
#[test]
fn modifiers_decay_what_they_say() {
    let device = Device::flex().autodiff();
    let start = [2.0, -2.0, 0.5];
    // The step is (0.1, 0.1, 0): it makes the first weight smaller, the second larger, and leaves the third.
    let grad = [1.0, 1.0, 0.0];
    for (spec, expected) in [
        ("sgd + independent_decay(strength=0.25)", [1.4, -1.6, 0.375]),
        ("sgd + cautious_decay(strength=0.5)", [1.8, -2.1, 0.5]),
    ] {
        let config: OptimizerConfig = spec.parse().unwrap();
        let point = Point::new(&start, &device).step(&mut config.init(), 0.1, &grad);
        for (found, expected) in point.values().iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-6,
                "{spec}: {found} for {expected}"
            );
        }
    }
}

/// Gradient descent that looks at the types of what it works on as a whole.
#[derive(Clone, Debug)]
struct Watched;

impl WholeModifier for Watched {
    type Scalars = ();

    fn states(&self, _shape: &[usize]) -> Vec<Vec<usize>> {
        vec![vec![2]]
    }

    fn scalars(&self, _clock: &mut Clock, _shape: &[usize]) -> Option<()> {
        Some(())
    }

    fn modify(&self, _: &(), seen: SeenWhole<'_>, memory: &mut Memory<'_>) -> Tensor<1> {
        let remembered: Tensor<1> = memory.take(0, [2]);
        for tensor in [&remembered, &seen.param(), &seen.grad(), &seen.now] {
            assert_eq!(tensor.dtype(), DType::F32);
        }
        memory.set(0, remembered);
        seen.now
    }
}

impl MeasuredRule<0, 0> for Watched {
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 0] = [];
    const SUM_NAMES: [&'static str; 0] = [];

    fn before(&self) -> Modifiers {
        Modifiers::new().with_whole(self.clone())
    }

    fn scalars_of(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    fn measure<N: Number>(&self, _: &f64, _: N, _: N, _: [N; 0], _: [N; 0]) -> [N; 0] {
        []
    }

    fn update_by<N: Number>(&self, lr: &f64, w: N, g: N, _: [N; 0], _: [N; 0]) -> (N, [N; 0]) {
        (w - g * *lr, [])
    }
}

#[test]
fn half_precision_is_worked_on_in_f32_as_a_whole() {
    let ones = Tensor::<2>::ones([2, 3], &Device::flex()).cast(FloatDType::F16);
    let optimizer = RuleOptimizer::new(Watched);
    let (stepped, _) = optimizer.step(0.5, ones.clone(), ones, None);
    assert_eq!(stepped.dtype(), DType::F16);
    assert!(stepped.into_data().iter::<f32>().all(|x| x == 0.5));
}

/// What decomposes matrices comes to an end with those that have none.
#[test]
fn what_is_no_number_ends_as_none() {
    for (device_name, device) in devices::all() {
        for name in ["kron", "muon", "shampoo", "soap(precondition_frequency=1)"] {
            let config: OptimizerConfig = name.parse().unwrap();
            let mut optimizer = config.init();
            let linear = LinearConfig::new(2, 3).with_bias(false);
            let mut model = linear.init(&device.clone().autodiff());
            for odd in [1.0, f32::NAN, 1.0, f32::INFINITY, 1.0] {
                let grad = Tensor::<2>::from_data([[0.5, -1.0, odd], [2.0, 0.25, 1.0]], &device);
                let mut grads = GradientsParams::new();
                grads.register(model.weight.id, grad);
                model = optimizer.step(0.01, model, grads);
            }
            let end: Vec<f32> = model.weight.val().into_data().iter().collect();
            assert!(
                end.iter().any(|x| x.is_nan()),
                "{name} on {device_name}: {end:?}"
            );
        }
    }
}
