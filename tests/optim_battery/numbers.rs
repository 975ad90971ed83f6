//! Gradients and parameters at the edges of what their type can hold.

use burn::module::Param;
use burn::tensor::{Device, FloatDType, Tensor, TensorData};

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
