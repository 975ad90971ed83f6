use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
use burn::optim::{GradientsParams, ModuleOptimizer};
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
        }
    }

    pub fn classify(&self, batch: DigitBatch) -> ClassificationOutput {
        let logits = self.network.forward(batch.images);
        let loss = CrossEntropyLossConfig::new()
            .init(&logits.device())
            .forward(logits.clone(), batch.labels.clone());
        ClassificationOutput::new(loss, logits, batch.labels)
    }
}

impl TrainStep for Classifier {
    type Input = DigitBatch;
    type Output = ClassificationOutput;

    fn step(&self, batch: DigitBatch) -> TrainOutput<ClassificationOutput> {
        let output = self.classify(batch.clone());
        let grads = output.loss.backward();
        let Some(sam) = self.sam else {
            return TrainOutput::new(self, grads, output);
        };
        let up = sam.climb(self, &GradientsParams::from_grads(grads, self));
        let grads = up.classify(batch).loss.backward();
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
}

impl InferenceStep for Classifier {
    type Input = DigitBatch;
    type Output = ClassificationOutput;

    fn step(&self, batch: DigitBatch) -> ClassificationOutput {
        self.classify(batch)
    }
}
