use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::Dataset;
use burn::tensor::{Device, Int, Tensor, TensorData};

use super::{Data, Split, Targets, Task};
use crate::batch::DigitBatcher;
use crate::data::{CLASSES, Digits, Mnist};
use crate::problem::Problem;
use crate::random::Random;

/// Images that the learning rate is chosen by; of a small set a sixth.
const VALIDATION: usize = 2000;
const TEST: usize = 5000;
const SEED: u64 = 1;

/// The digits as tensors, which all tasks share.
pub struct DigitTensors {
    train: Split,
    labels: Vec<u8>,
    validation: Split,
    test: Split,
}

impl DigitTensors {
    /// Loads as many digits to learn from as the largest task has.
    pub fn new(mnist: &Mnist, samples: usize) -> Result<Self, Problem> {
        let all = mnist.train.len();
        let validation = VALIDATION.min(all / 6).max(1);
        if samples + validation > all {
            return Err(Problem(format!(
                "a task has samples={samples}, and {validation} images are kept for validation, but there are {all}"
            )));
        }
        let train = split(&mnist.train, 0, samples);
        let labels = (0..samples).filter_map(|index| mnist.train.digit(index));
        Ok(Self {
            labels: labels.map(|it| it.label).collect(),
            train,
            validation: split(&mnist.train, all - validation, all),
            test: split(&mnist.test, 0, TEST.min(mnist.test.len())),
        })
    }

    pub fn data(&self, task: &Task) -> Result<Data, Problem> {
        let mut train = self.train.range(0, task.samples);
        if task.noise > 0.0 {
            let mut random = Random::new(SEED);
            let labels = self.labels[..task.samples].iter().map(|label| {
                let (is_noise, other) = (random.share() < task.noise, random.below(CLASSES));
                if is_noise {
                    other as i32
                } else {
                    i32::from(*label)
                }
            });
            let labels: Vec<i32> = labels.collect();
            let data = TensorData::new(labels, [task.samples]);
            train.targets = Targets::Classes(Tensor::from_data(data, &Device::flex()));
        }
        Ok(Data {
            train,
            validation: self.validation.clone(),
            test: self.test.clone(),
        })
    }
}

fn split(digits: &Digits, start: usize, end: usize) -> Split {
    let some = (start..end)
        .filter_map(|index| digits.digit(index))
        .collect();
    let batch = DigitBatcher.batch(some, &Device::flex());
    let labels: Tensor<1, Int> = batch.labels;
    Split {
        inputs: batch.images,
        targets: Targets::Classes(labels),
    }
}
