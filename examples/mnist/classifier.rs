use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
use burn::optim::{GradientsParams, ModuleOptimizer, MultiGradientsParams};
use burn::tensor::{Gradients, Tensor};
use burn::train::{ClassificationOutput, InferenceStep, TrainOutput, TrainStep};
use burn_extras::model::Mlp;
use burn_extras::optim::{ModuleStep, Sam};

use crate::batch::DigitBatch;
use crate::config::RunConfig;

/// The network with the loss that it is trained on: cross-entropy.
#[derive(Module, Debug)]
pub struct Classifier {
    pub network: Mlp,
    /// What is done with all gradients together.
    #[module(skip)]
    pub step: ModuleStep,
    /// Takes the gradients further up.
    #[module(skip)]
    pub sam: Option<Sam>,
    /// The share of a label that is spread over all classes in training.
    #[module(skip)]
    pub smoothing: f64,
}

impl Classifier {
    /// A network as a run trains it.
    pub fn new(config: &RunConfig, network: Mlp) -> Self {
        Self {
            network,
            step: ModuleStep::new()
                .with_clip_norm(config.clip)
                .with_skip_non_finite(config.skip_non_finite),
            sam: config.sam.map(|rho| Sam::new().with_rho(rho)),
            smoothing: config.label_smoothing,
        }
    }

    /// What the network says of a batch, and its loss with the labels as they are, or smoothed.
    fn classify(&self, batch: DigitBatch, smoothing: f64) -> ClassificationOutput {
        let logits = self.network.forward(batch.images);
        let loss = CrossEntropyLossConfig::new()
            .with_smoothing((smoothing > 0.0).then_some(smoothing as f32))
            .init(&logits.device())
            .forward(logits.clone(), batch.labels.clone());
        ClassificationOutput::new(loss, logits, batch.labels)
    }
}

impl TrainStep for Classifier {
    type Input = DigitBatch;
    type Output = ClassificationOutput;

    fn step(&self, batch: DigitBatch) -> TrainOutput<ClassificationOutput> {
        let share = batch.share;
        let output = self.classify(batch.clone(), self.smoothing);
        let grads = gradients(&output.loss, share);
        let Some(sam) = self.sam else {
            return TrainOutput::new(self, grads, output);
        };
        let up = sam.climb(self, &GradientsParams::from_grads(grads, self));
        let grads = gradients(&up.classify(batch, self.smoothing).loss, share);
        TrainOutput::new(&up, grads, output)
    }

    fn optimize(
        self,
        optimizer: &mut ModuleOptimizer,
        lr: ModuleLearningRate,
        grads: GradientsParams,
    ) -> Self {
        let step = self.step;
        step.step(optimizer, lr, self, grads)
    }

    fn optimize_multi(
        self,
        optimizer: &mut ModuleOptimizer,
        lr: ModuleLearningRate,
        grads: MultiGradientsParams,
    ) -> Self {
        let step = self.step;
        step.step_multi(optimizer, lr, self, grads)
    }
}

/// Those of the share that the images have in the mean of their batch: what several devices add up is then the gradient
/// of the whole batch.
fn gradients(loss: &Tensor<1>, share: f64) -> Gradients {
    match share {
        1.0 => loss.backward(),
        share => (loss.clone() * share).backward(),
    }
}

impl InferenceStep for Classifier {
    type Input = DigitBatch;
    type Output = ClassificationOutput;

    fn step(&self, batch: DigitBatch) -> ClassificationOutput {
        self.classify(batch, 0.0)
    }
}
