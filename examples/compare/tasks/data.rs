use burn::nn::loss::CrossEntropyLossConfig;
use burn::tensor::{DType, Int, Tensor};

/// What is to be learned from, what the learning rate is chosen by, and what is reported.
pub struct Data {
    pub train: Split,
    pub validation: Split,
    pub test: Split,
}

/// Inputs, `[samples, d_input]`, and what they should become.
#[derive(Clone)]
pub struct Split {
    pub inputs: Tensor<2>,
    pub targets: Targets,
}

#[derive(Clone)]
pub enum Targets {
    /// `[samples]`.
    Classes(Tensor<1, Int>),
    /// `[samples, 1]`, of mean 0 and variance 1.
    Values(Tensor<2>),
}

/// Examples that go through a network at a time.
const CHUNK: usize = 1000;

impl Split {
    pub fn len(&self) -> usize {
        self.inputs.dims()[0]
    }

    /// The examples from `start` to before `end`.
    pub fn range(&self, start: usize, end: usize) -> Self {
        let end = end.min(self.len());
        Self {
            inputs: self.inputs.clone().narrow(0, start, end - start),
            targets: match &self.targets {
                Targets::Classes(it) => Targets::Classes(it.clone().narrow(0, start, end - start)),
                Targets::Values(it) => Targets::Values(it.clone().narrow(0, start, end - start)),
            },
        }
    }

    /// The examples at these indices, on a device that keeps track of gradients.
    pub fn batch(&self, indices: Tensor<1, Int>) -> Self {
        let inputs = self.inputs.clone().select(0, indices.clone());
        Self {
            inputs: Tensor::from_inner(inputs),
            targets: match &self.targets {
                Targets::Classes(it) => {
                    Targets::Classes(Tensor::from_inner(it.clone().select(0, indices)))
                }
                Targets::Values(it) => {
                    Targets::Values(Tensor::from_inner(it.clone().select(0, indices)))
                }
            },
        }
    }

    /// The loss of what a network makes of the inputs: cross entropy, or the mean square.
    pub fn loss(&self, outputs: Tensor<2>) -> Tensor<1> {
        let outputs = outputs.cast(DType::F32);
        match &self.targets {
            Targets::Classes(classes) => CrossEntropyLossConfig::new()
                .init(&outputs.device())
                .forward(outputs, classes.clone()),
            Targets::Values(values) => (outputs - values.clone()).powi_scalar(2).mean(),
        }
    }

    /// The error of a network, from 0 to 1: the share that it takes for another class, or how far it misses in standard
    /// deviations of the values, in the root of the mean square. One that puts out no numbers has 1, and so has one that
    /// is worse than an answer that is always the same.
    pub fn error(&self, forward: impl Fn(Tensor<2>) -> Tensor<2>) -> f64 {
        let mut missed = 0.0;
        for start in (0..self.len()).step_by(CHUNK) {
            let part = self.range(start, start + CHUNK);
            let outputs = forward(part.inputs).cast(DType::F32);
            let sum = outputs.clone().abs().sum().into_scalar::<f64>();
            if !sum.is_finite() {
                return 1.0;
            }
            missed += match part.targets {
                Targets::Classes(classes) => {
                    let wrong = outputs.argmax(1).flatten::<1>(0, 1).not_equal(classes);
                    wrong.int().sum().into_scalar::<i64>() as f64
                }
                Targets::Values(values) => {
                    let squares = (outputs - values).powi_scalar(2).sum();
                    squares.into_scalar::<f64>()
                }
            };
        }
        let mean = missed / self.len() as f64;
        match self.targets {
            Targets::Classes(_) => mean,
            Targets::Values(_) => mean.sqrt().min(1.0),
        }
    }
}
