use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use burn::data::dataloader::batcher::Batcher;
use burn::tensor::{Device, Int, Tensor, TensorData};
use flate2::read::GzDecoder;

/// Rows and columns of an image.
pub const SIDE: usize = 28;
/// The digits.
pub const CLASSES: usize = 10;

/// A handwritten digit: its pixels from 0, paper, to 1, ink, and which it is.
#[derive(Clone, Debug)]
pub struct Digit {
    pixels: Vec<f32>,
    label: u8,
}

/// The first `count` digits of the set `name`, `train` or `t10k`, in the repository's data folder.
pub fn digits(name: &str, count: usize) -> io::Result<Vec<Digit>> {
    let read = |kind: &str, header: usize, size: usize| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/mnist");
        let file = File::open(folder.join(format!("{name}-{kind}-ubyte.gz")))?;
        let mut bytes = vec![0; header + count * size];
        GzDecoder::new(file).read_exact(&mut bytes)?;
        Ok::<_, io::Error>(bytes.split_off(header))
    };
    let pixels = read("images-idx3", 16, SIDE * SIDE)?;
    let labels = read("labels-idx1", 8, 1)?;
    let images = pixels.chunks(SIDE * SIDE);
    let digits = images.zip(labels).map(|(image, label)| Digit {
        pixels: image.iter().map(|&byte| f32::from(byte) / 255.0).collect(),
        label,
    });
    Ok(digits.collect())
}

/// Images and labels on a device.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `[batch, 28, 28]`.
    pub images: Tensor<3>,
    /// `[batch]`.
    pub labels: Tensor<1, Int>,
}

#[derive(Clone)]
pub struct DigitBatcher;

impl Batcher<Digit, Batch> for DigitBatcher {
    fn batch(&self, digits: Vec<Digit>, device: &Device) -> Batch {
        let count = digits.len();
        let labels: Vec<i32> = digits.iter().map(|digit| digit.label.into()).collect();
        let pixels: Vec<f32> = digits.into_iter().flat_map(|digit| digit.pixels).collect();
        Batch {
            images: Tensor::from_data(TensorData::new(pixels, [count, SIDE, SIDE]), device),
            labels: Tensor::from_data(TensorData::new(labels, [count]), device),
        }
    }
}
