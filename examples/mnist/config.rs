use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::model::{MatmulPrecision, MlpConfig};
use burn_extras::optim::{AdamConfig, Groups, OptimizerConfig};
use burn_extras::schedule::{ScheduleConfig, WarmupLinearConfig};
use serde::{Deserialize, Serialize};

use crate::data::{CLASSES, PIXELS};
use crate::deform::Deformation;

/// What decides how a run goes, saved beside its results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunConfig {
    pub hidden: Vec<usize>,
    pub activation: ActivationConfig,
    pub optimizer: OptimizerConfig,
    pub init: InitConfig,
    /// Whether a layer norm stands before each activation; runs of before it was an option have none.
    #[serde(default)]
    pub norm: bool,
    // Runs of before there were these have none of them.
    /// The share of its outputs that each activation loses during training.
    #[serde(default)]
    pub dropout: f64,
    /// How exact the products of the layers have to be.
    #[serde(default)]
    pub matmul_precision: MatmulPrecision,
    /// How the images are deformed, anew in every epoch.
    #[serde(default)]
    pub deform: Deformation,
    /// The share of the labels that is spread over all classes.
    #[serde(default)]
    pub label_smoothing: f64,
    pub lr: f64,
    pub schedule: ScheduleConfig,
    /// Epochs, or parts of one, in which the learning rate rises before its schedule starts; `None`
    /// leaves them to the schedule.
    #[serde(default)]
    pub warmup: Option<f64>,
    /// Whether biases and the gains of norms are left without weight decay.
    #[serde(default)]
    pub no_decay: bool,
    /// What the learning rate is multiplied by from layer to layer, away from the output.
    #[serde(default)]
    pub layer_decay: Option<f64>,
    /// The optimizer of all but the hidden matrices, where it is another.
    #[serde(default)]
    pub others: Option<OptimizerConfig>,
    /// What the norm of all gradients together is held to.
    #[serde(default)]
    pub clip: Option<f64>,
    /// Whether a step is left out whose gradients are not all finite.
    #[serde(default)]
    pub skip_non_finite: bool,
    /// How far up the gradient is taken.
    #[serde(default)]
    pub sam: Option<f64>,
    pub batch_size: usize,
    pub epochs: usize,
    /// Epochs without a better validation loss after which the training ends.
    #[serde(default)]
    pub patience: Option<usize>,
    pub seed: u64,
    /// Whether the trained network is saved with weights of half the bytes.
    #[serde(default)]
    pub half: bool,
    pub train_samples: Option<usize>,
    pub validation: usize,
}

impl Default for RunConfig {
    fn default() -> Self {
        let optimizer = OptimizerConfig::from(AdamConfig::new());
        Self {
            hidden: vec![100; 4],
            activation: ActivationConfig::Relu,
            lr: optimizer.default_lr(),
            optimizer,
            init: InitConfig::he(),
            norm: false,
            dropout: 0.0,
            matmul_precision: MatmulPrecision::Highest,
            deform: Deformation::NONE,
            label_smoothing: 0.0,
            schedule: WarmupLinearConfig::new().into(),
            warmup: None,
            no_decay: false,
            layer_decay: None,
            others: None,
            clip: None,
            skip_non_finite: false,
            sam: None,
            batch_size: 100,
            epochs: 10,
            patience: None,
            seed: 42,
            half: false,
            train_samples: None,
            validation: 5000,
        }
    }
}

impl RunConfig {
    /// From the pixels to the classes.
    pub fn widths(&self) -> Vec<usize> {
        let mut widths = vec![PIXELS];
        widths.extend(&self.hidden);
        widths.push(CLASSES);
        widths
    }

    /// Steps of an epoch with so many images.
    pub fn steps(&self, images: usize) -> usize {
        images.div_ceil(self.batch_size)
    }

    /// The optimizer of a module that the network is in.
    pub fn optimizer_of<M: Module>(&self, module: &M) -> ModuleOptimizer {
        let mut groups = Groups::new();
        if self.no_decay {
            groups = groups.with_no_decay(Vec::<String>::new());
        }
        if let Some(factor) = self.layer_decay {
            groups = groups.with_layer_decay(factor);
        }
        if let Some(others) = &self.others {
            groups = groups.with_others(others.clone());
        }
        self.optimizer.init_for(module, &groups)
    }

    pub fn network(&self) -> MlpConfig {
        MlpConfig::new(self.widths())
            .with_activation(self.activation.clone())
            .with_initializer(self.init.clone())
            .with_norm(self.norm)
            .with_dropout(self.dropout)
            .with_matmul_precision(self.matmul_precision)
    }
}

pub fn list(widths: &[usize]) -> String {
    let widths: Vec<String> = widths.iter().map(ToString::to_string).collect();
    widths.join(",")
}
