//! The five-layer network learns the same on every device: the same weights and the same batches
//! give the same losses.

#![recursion_limit = "256"]

use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Int, Tensor, TensorData};
use burn_extras::model::{Mlp, MlpConfig};
use burn_extras::optim::OptimizerConfig;

const STEPS: usize = 50;
const BATCH: usize = 100;
const WIDTHS: [usize; 6] = [784, 100, 100, 100, 100, 10];

/// Every device of this build. One that has no adapter panics, and so fails the test.
#[cfg_attr(
    feature = "ndarray",
    expect(deprecated, reason = "still a backend of Burn 0.22")
)]
fn devices() -> Vec<(&'static str, Device)> {
    vec![
        #[cfg(feature = "flex")]
        ("flex", Device::flex()),
        #[cfg(feature = "ndarray")]
        ("ndarray", Device::ndarray()),
        #[cfg(feature = "wgpu")]
        ("wgpu", Device::wgpu(Default::default())),
    ]
}

/// Numbers in -1..1 that any device gets the same.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        // The multiplier is Knuth's for MMIX; the high bits are the random ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

/// A batch that can be learned: a picture for each class, with noise over it.
fn batch(step: usize, device: &Device) -> (Tensor<2>, Tensor<1, Int>) {
    let mut prototypes = Noise(7);
    let prototypes: Vec<f32> = (0..784 * 10).map(|_| prototypes.next()).collect();
    let mut noise = Noise(step as u64 + 1);
    let labels: Vec<i32> = (0..BATCH).map(|i| ((i + step) % 10) as i32).collect();
    let images: Vec<f32> = labels
        .iter()
        .flat_map(|label| &prototypes[784 * *label as usize..][..784])
        .map(|pixel| 0.5 * pixel + 0.5 * noise.next())
        .collect();
    (
        Tensor::from_data(TensorData::new(images, [BATCH, 784]), device),
        Tensor::from_data(TensorData::new(labels, [BATCH]), device),
    )
}

fn losses(optimizer: &OptimizerConfig, initial: &Mlp, device: &Device) -> Vec<f32> {
    let device = device.clone().autodiff();
    let mut model = MlpConfig::new(WIDTHS.to_vec())
        .init(&device)
        .load_record(initial.clone().into_record());
    let mut optimizer_state = optimizer.init();
    let loss = CrossEntropyLossConfig::new().init(&device);
    (0..STEPS)
        .map(|step| {
            let (images, labels) = batch(step, &device);
            let loss = loss.forward(model.forward(images), labels);
            let grads = GradientsParams::from_grads(loss.backward(), &model);
            model = optimizer_state.step(optimizer.default_lr(), model.clone(), grads);
            loss.into_scalar::<f32>()
        })
        .collect()
}

#[test]
fn every_device_goes_through_the_same_losses() {
    let devices = devices();
    let (_, reference) = &devices[0];
    reference.seed(1);
    let initial = MlpConfig::new(WIDTHS.to_vec()).init(reference);
    for name in ["sgd", "adam"] {
        let optimizer = name.parse().unwrap();
        let expected = losses(&optimizer, &initial, reference);
        assert!(
            expected[STEPS - 1] < 0.9 * expected[0],
            "{name}: the network learns nothing here, so the losses say nothing: {expected:?}"
        );
        for (device_name, device) in &devices[1..] {
            let found = losses(&optimizer, &initial, device);
            for (step, (found, expected)) in found.iter().zip(&expected).enumerate() {
                // Sums in another order differ by some 1e-7 a step, and 50 steps amplify it.
                assert!(
                    (found - expected).abs() <= 1e-3 * expected.abs(),
                    "{name} on {device_name}, step {step}: {found}, expected {expected}"
                );
            }
        }
    }
}
