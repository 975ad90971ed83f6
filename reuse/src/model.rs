use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use burn::train::{ClassificationOutput, InferenceStep, TrainOutput, TrainStep};
use burn_extras::activation::BentIdentity;
use burn_extras::optim::ModuleStep;

use crate::data::{Batch, CLASSES};

/// Two convolutions that halve the image, a bent identity after each, and a linear layer.
#[derive(Module, Debug)]
pub struct ConvNet {
    convolutions: [Conv2d; 2],
    activation: BentIdentity,
    output: Linear,
}

impl ConvNet {
    pub fn new(device: &Device) -> Self {
        let convolution = |channels: [usize; 2]| {
            Conv2dConfig::new(channels, [5, 5])
                .with_stride([2, 2])
                .init(device)
        };
        Self {
            convolutions: [convolution([1, 8]), convolution([8, 16])],
            activation: BentIdentity,
            // 28 pixels a side become 12, then 4.
            output: LinearConfig::new(16 * 4 * 4, CLASSES).init(device),
        }
    }

    /// `[batch, 28, 28]` to `[batch, 10]`.
    pub fn forward(&self, images: Tensor<3>) -> Tensor<2> {
        let features = self
            .convolutions
            .iter()
            .fold(images.unsqueeze_dim::<4>(1), |features, convolution| {
                self.activation.forward(convolution.forward(features))
            });
        self.output.forward(features.flatten(1, 3))
    }

    fn output(&self, batch: Batch) -> ClassificationOutput {
        let logits = self.forward(batch.images);
        let loss = CrossEntropyLossConfig::new()
            .init(&logits.device())
            .forward(logits.clone(), batch.labels.clone());
        ClassificationOutput::new(loss, logits, batch.labels)
    }
}

impl TrainStep for ConvNet {
    type Input = Batch;
    type Output = ClassificationOutput;

    fn step(&self, batch: Batch) -> TrainOutput<ClassificationOutput> {
        let output = self.output(batch);
        TrainOutput::new(self, output.loss.backward(), output)
    }

    /// A step of the whole model: some optimizers look at all of its gradients.
    fn optimize(
        self,
        optimizer: &mut ModuleOptimizer,
        lr: ModuleLearningRate,
        grads: GradientsParams,
    ) -> Self {
        ModuleStep::new().step(optimizer, lr, self, grads)
    }
}

impl InferenceStep for ConvNet {
    type Input = Batch;
    type Output = ClassificationOutput;

    fn step(&self, batch: Batch) -> ClassificationOutput {
        self.output(batch)
    }
}
