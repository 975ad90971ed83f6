use std::path::PathBuf;

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::model::MatmulPrecision;
use burn_extras::optim::OptimizerConfig;
use burn_extras::schedule::ScheduleConfig;
use clap::Parser;

use crate::check::check;
use crate::config::RunConfig;
use crate::deform::Deformation;
use crate::device::Servers;
use crate::norm::Norm;
use crate::problem::Problem;
use crate::recipe::Recipe;
use crate::values::{Optimizer, Widths, above_zero, count, not_negative, portion, positive, share};

/// Trains a network of linear layers on MNIST.
///
/// Parameters ride on a name: --activation "elu(alpha=0.5)".
///
/// Ctrl-C stops a run at the next batch, as q and then s do in the dashboard; a second Ctrl-C ends the
/// program at once. A run that ends early, whatever the reason, saves the network of its best epoch: that
/// with the lowest validation loss, or the last one where --validation is 0.
///
/// Exit status: 0 at the end of a run, by early stopping too, or when it was stopped in the dashboard;
/// 130 after Ctrl-C and 143 after SIGTERM; 2, with a line that says why, for all that went wrong, and where a
/// part of what was printed is lost, which ends no training.
#[derive(Parser, Debug)]
#[command(name = "mnist")]
pub struct Args {
    /// Where to compute: auto, flex, ndarray, wgpu, vulkan, metal, cuda, rocm, or on servers: ws://HOST:PORT,
    /// several with commas between, which share each batch
    #[arg(long, default_value = "auto")]
    pub device: String,

    #[command(flatten)]
    pub servers: Servers,

    /// Let each of several servers update a part of the parameters, where the first would update all
    #[arg(long)]
    pub sharded: bool,

    /// Take other settings for what the flags below leave out: those of a recipe
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "resume")]
    pub recipe: Option<Recipe>,

    /// Widths of the hidden layers, "" for none [default: 100,100,100,100]
    #[arg(long, value_name = "WIDTHS", value_parser = Widths::parse)]
    pub hidden: Option<Widths>,

    /// Activation between the layers [default: relu]
    #[arg(long, value_name = "NAME")]
    pub activation: Option<ActivationConfig>,

    /// Update rule, and modifiers of it behind a +: "adamw + lookahead + ema" [default: adam]
    #[arg(long, value_name = "NAME")]
    pub optimizer: Option<Optimizer>,

    /// Initialization of the weights [default: he]
    #[arg(long, value_name = "NAME")]
    pub init: Option<InitConfig>,

    /// Layer norm before each activation [default: auto, where the activation needs one]
    #[arg(long, value_enum, value_name = "WHEN")]
    pub norm: Option<Norm>,

    /// Share of its outputs that each activation loses at random during training [default: 0]
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    pub dropout: Option<f64>,

    /// How exact the products of the layers have to be: "medium" takes them in bf16, where the processor is
    /// faster at that (Intel's AMX) [default: highest]
    #[arg(long, value_name = "PRECISION")]
    pub matmul_precision: Option<MatmulPrecision>,

    /// Deform each image by chance, anew in every epoch: "ciresan(rotation=15, scale=0.15, elastic=1.1,
    /// sigma=5.5)", where angles are in degrees and lengths in pixels [default: none]
    #[arg(long, value_name = "NAME")]
    pub deform: Option<Deformation>,

    /// Share of a label that is spread over all classes during training [default: 0]
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    pub label_smoothing: Option<f64>,

    /// Learning rate [default: the optimizer's]
    #[arg(long, value_parser = above_zero, allow_negative_numbers = true)]
    pub lr: Option<f64>,

    /// How the learning rate moves over the steps: constant, linear, cosine, one-cycle, wsd, and more in
    /// --list [default: linear]
    #[arg(long, value_name = "NAME")]
    pub schedule: Option<ScheduleConfig>,

    /// Epochs, or a part of one, in which the learning rate rises in a straight line to --lr; the schedule
    /// takes the steps that are left [default: the schedule's]
    #[arg(long, value_name = "EPOCHS", value_parser = not_negative, allow_negative_numbers = true)]
    pub warmup: Option<f64>,

    /// Weight decay, the same as the weight_decay=X of an optimizer's name [default: the optimizer's]
    #[arg(long, value_name = "X", value_parser = not_negative, allow_negative_numbers = true)]
    pub weight_decay: Option<f64>,

    /// Leave biases and the gains of layer norms without weight decay
    #[arg(long)]
    pub no_decay: bool,

    /// Multiply the learning rate by this with every layer between a weight and the output [default: 1]
    #[arg(long, value_name = "FACTOR", value_parser = portion, allow_negative_numbers = true)]
    pub layer_decay: Option<f64>,

    /// Another update rule for all but the hidden matrices, at the same learning rate: for --optimizer muon
    #[arg(long, value_name = "NAME")]
    pub others: Option<OptimizerConfig>,

    /// Scale the gradients down where their norm, over all parameters together, is above this
    #[arg(long, value_name = "NORM", value_parser = above_zero, allow_negative_numbers = true)]
    pub clip: Option<f64>,

    /// Leave out a step whose gradients are not all finite
    #[arg(long)]
    pub skip_non_finite: bool,

    /// Take each gradient this far up, where the loss is larger: SAM, at twice the time of a step; 0.05 is usual
    #[arg(long, value_name = "RHO", value_parser = above_zero, allow_negative_numbers = true)]
    pub sam: Option<f64>,

    /// Images in a batch [default: 100]
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub batch_size: Option<usize>,

    /// Passes over the training images [default: 10]
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub epochs: Option<usize>,

    /// End after N epochs without a better validation loss, with the network of the best epoch
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub patience: Option<usize>,

    /// Seed of the weights, of the order of the images and of dropout [default: 42]
    #[arg(long)]
    pub seed: Option<u64>,

    /// Save the trained network in half the bytes, f16, which is then what is tested
    #[arg(long)]
    pub half: bool,

    /// Train on the first N images only
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub train_samples: Option<usize>,

    /// Keep the last N training images for validation, 0 for none [default: 5000]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub validation: Option<usize>,

    /// Folder with the four MNIST files, gzipped or plain [default: data/mnist]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "runs/mnist")]
    pub out: PathBuf,

    /// Continue the run in the folder for the results, from its last checkpoint that is whole; --epochs and
    /// --patience may be new, so that a finished run goes on, and --half may come
    #[arg(long)]
    pub resume: bool,

    /// One line an epoch in place of the dashboard
    #[arg(long)]
    pub plain: bool,

    /// Look for a learning rate in place of training: a hundred steps at rates that rise from 1e-7 to 10,
    /// drawn in lr_finder.svg in the folder for the results
    #[arg(long, conflicts_with_all = ["resume", "lr", "schedule", "warmup"])]
    pub lr_finder: bool,

    /// List devices, activations, optimizers, initializers and schedules by name
    #[arg(long)]
    pub list: bool,
}

impl Args {
    /// A new run.
    pub fn config(&self) -> Result<RunConfig, Problem> {
        let base = match self.recipe {
            Some(recipe) => recipe.config()?,
            None => RunConfig::default(),
        };
        let mut config = self.over(base)?;
        config.norm = self
            .norm
            .unwrap_or_default()
            .decide(&config.activation, config.hidden.len());
        // What a recipe says of its optimizer holds for no other.
        if self.optimizer.is_some() {
            config.lr = self.lr.unwrap_or(config.optimizer.default_lr());
            config.no_decay = self.no_decay;
        }
        check(&config)?;
        Ok(config)
    }

    /// `config` with what the flags say in its place.
    pub fn over(&self, config: RunConfig) -> Result<RunConfig, Problem> {
        let norm = |norm: Norm, config: &RunConfig| {
            let activation = self.activation.as_ref().unwrap_or(&config.activation);
            norm.decide(activation, config.hidden.len())
        };
        Ok(RunConfig {
            norm: self.norm.map_or(config.norm, |it| norm(it, &config)),
            optimizer: self.optimizer(&config.optimizer)?,
            hidden: self.hidden.clone().map_or(config.hidden, |it| it.0),
            activation: self.activation.clone().unwrap_or(config.activation),
            init: self.init.clone().unwrap_or(config.init),
            dropout: self.dropout.unwrap_or(config.dropout),
            matmul_precision: self.matmul_precision.unwrap_or(config.matmul_precision),
            deform: self.deform.unwrap_or(config.deform),
            label_smoothing: self.label_smoothing.unwrap_or(config.label_smoothing),
            lr: self.lr.unwrap_or(config.lr),
            schedule: self.schedule.unwrap_or(config.schedule),
            warmup: self.warmup.or(config.warmup),
            no_decay: self.no_decay || config.no_decay,
            layer_decay: self.layer_decay.or(config.layer_decay),
            others: self.others.clone().or(config.others),
            clip: self.clip.or(config.clip),
            skip_non_finite: self.skip_non_finite || config.skip_non_finite,
            sam: self.sam.or(config.sam),
            batch_size: self.batch_size.unwrap_or(config.batch_size),
            epochs: self.epochs.unwrap_or(config.epochs),
            patience: self.patience.or(config.patience),
            seed: self.seed.unwrap_or(config.seed),
            half: self.half || config.half,
            train_samples: self.train_samples.or(config.train_samples),
            validation: self.validation.unwrap_or(config.validation),
        })
    }

    /// The optimizer that is asked for, or else `other`, with the weight decay that is asked for.
    fn optimizer(&self, other: &OptimizerConfig) -> Result<OptimizerConfig, Problem> {
        let asked = self.optimizer.as_ref().map_or(other, |it| &it.config);
        let Some(decay) = self.weight_decay else {
            return Ok(asked.clone());
        };
        if self.optimizer.as_ref().is_some_and(|it| it.is_decayed) {
            return Err(Problem(format!(
                "--weight-decay {decay}: --optimizer has a weight decay as well; leave one of them out"
            )));
        }
        let decayed = asked.with_weight_decay(decay);
        decayed.map_err(|error| Problem(format!("--weight-decay {decay}: {error}")))
    }
}
