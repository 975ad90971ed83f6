use burn::module::{Module, ModuleMapper, Param};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use burn_extras::model::{Mlp, MlpConfig};
use burn_extras::optim::{AdamConfig, OptimizerConfig};

use crate::case::Distance;

const BATCH: usize = 100;
const WIDTHS: [usize; 6] = [784, 100, 100, 100, 100, 10];

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

/// A batch that can be learned: a picture for each class, a share `signal` of it, and noise.
fn batch(
    signal: f32,
    step: usize,
    size: usize,
    device: &Device,
    dtype: DType,
) -> (Tensor<2>, Tensor<1, Int>) {
    let mut prototypes = Noise(7);
    let prototypes: Vec<f32> = (0..784 * 10).map(|_| prototypes.next()).collect();
    let mut noise = Noise(step as u64 + 1);
    let labels: Vec<i32> = (0..size).map(|i| ((i + step) % 10) as i32).collect();
    let images: Vec<f32> = labels
        .iter()
        .flat_map(|label| &prototypes[784 * *label as usize..][..784])
        .map(|pixel| signal * pixel + (1.0 - signal) * noise.next())
        .collect();
    (
        Tensor::from_data(TensorData::new(images, [size, 784]), (device, dtype)),
        Tensor::from_data(TensorData::new(labels, [size]), device),
    )
}

/// The same weights everywhere: those that Flex draws, as other data on another device.
struct Onto<'a>(&'a Device, DType);

impl ModuleMapper for Onto<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let data = param.val().into_data();
        let tensor = Tensor::from_data(data, (self.0, self.1));
        Param::initialized(param.id, tensor.require_grad())
    }
}

/// The losses of a training, and the network.
fn train(
    optimizer: &OptimizerConfig,
    signal: f32,
    steps: usize,
    device: &Device,
    dtype: DType,
) -> (Vec<f64>, Mlp) {
    let cpu = Device::flex();
    cpu.seed(1);
    let device = device.clone().autodiff();
    let initial = MlpConfig::new(WIDTHS.to_vec()).init(&cpu);
    let mut model = initial.map(&mut Onto(&device, dtype));
    let mut state = optimizer.init();
    let cross_entropy = CrossEntropyLossConfig::new().init(&device);
    let losses = (0..steps).map(|step| {
        let (images, labels) = batch(signal, step, BATCH, &device, dtype);
        let loss = cross_entropy.forward(model.forward(images), labels);
        let grads = GradientsParams::from_grads(loss.backward(), &model);
        model = state.step(optimizer.default_lr(), model.clone(), grads);
        loss.into_scalar::<f64>()
    });
    (losses.collect(), model)
}

fn losses(optimizer: &str, device: &Device) -> Distance {
    let config = optimizer.parse().unwrap();
    let (expected, _) = train(&config, 0.5, 50, &Device::flex(), DType::F64);
    assert!(
        expected[49] < 0.9 * expected[0],
        "{optimizer}: the network learns nothing here, so the losses say nothing: {expected:?}"
    );
    let (found, _) = train(&config, 0.5, 50, device, DType::F32);
    let mut distance = Distance::default();
    for (step, (found, expected)) in found.into_iter().zip(expected).enumerate() {
        distance.include(found / expected, 1.0, format_args!("step {}", step + 1));
    }
    distance
}

pub fn losses_sgd(device: &Device) -> Distance {
    // With Keras' learning rate, 0.01; with PyTorch's the network learns nothing in so few steps.
    losses("sgd_keras", device)
}

pub fn losses_adam(device: &Device) -> Distance {
    losses("adam", device)
}

/// The share of images that it was not trained on which the network classifies rightly.
fn accuracy_on(device: &Device, dtype: DType) -> f64 {
    const SIGNAL: f32 = 0.1;
    let (_, model) = train(&AdamConfig::new().into(), SIGNAL, 100, device, dtype);
    let (images, labels) = batch(SIGNAL, 1000, 1000, &device.clone().autodiff(), dtype);
    let found: Vec<i32> = model.forward(images).argmax(1).into_data().iter().collect();
    let labels: Vec<i32> = labels.into_data().iter().collect();
    let right = found.iter().zip(&labels).filter(|(a, b)| a == b);
    right.count() as f64 / labels.len() as f64
}

pub fn accuracy(device: &Device) -> Distance {
    let expected = accuracy_on(&Device::flex(), DType::F64);
    assert!(
        (0.5..0.999).contains(&expected),
        "too easy or too hard to tell devices apart: {expected}"
    );
    let mut distance = Distance::default();
    let found = accuracy_on(device, DType::F32);
    distance.include(found, expected, format_args!("{found} for {expected}"));
    distance
}
