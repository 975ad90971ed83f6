use burn::data::dataloader::batcher::Batcher;
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::data::{Digit, PIXELS};

/// Mean and standard deviation of the pixels of the training set, as shares of full ink.
const MEAN: f32 = 0.1307;
const STD: f32 = 0.3081;

/// Images and labels on a device.
#[derive(Clone, Debug)]
pub struct DigitBatch {
    /// `[batch, 784]`, normalised.
    pub images: Tensor<2>,
    /// `[batch]`.
    pub labels: Tensor<1, Int>,
    /// How much of a batch it is: 1 where no other device has a share.
    pub share: f64,
}

/// Normalises bytes and moves them to a device.
#[derive(Clone)]
pub struct DigitBatcher;

impl Batcher<Digit, DigitBatch> for DigitBatcher {
    fn batch(&self, digits: Vec<Digit>, device: &Device) -> DigitBatch {
        let pixels: Vec<f32> = digits
            .iter()
            .flat_map(|digit| digit.pixels)
            .map(|byte| (byte as f32 / 255.0 - MEAN) / STD)
            .collect();
        let labels: Vec<i32> = digits.iter().map(|digit| digit.label.into()).collect();
        let count = digits.len();
        DigitBatch {
            images: Tensor::from_data(TensorData::new(pixels, [count, PIXELS]), device),
            labels: Tensor::from_data(TensorData::new(labels, [count]), device),
            share: 1.0,
        }
    }
}
