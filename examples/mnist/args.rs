use std::path::PathBuf;

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::optim::OptimizerConfig;
use clap::Parser;

use crate::config::{RunConfig, list};
use crate::norm::Norm;
use crate::problem::Problem;
use crate::schedule::Schedule;

/// Trains a network of linear layers on MNIST.
///
/// Parameters ride on a name: --activation "elu(alpha=0.5)".
#[derive(Parser, Debug)]
#[command(name = "mnist")]
pub struct Args {
    /// Where to compute: auto, flex, ndarray, wgpu, vulkan, metal, cuda, rocm
    #[arg(long, default_value = "auto")]
    pub device: String,

    /// Widths of the hidden layers [default: 100,100,100,100]
    #[arg(long, value_name = "WIDTHS", value_parser = Widths::parse)]
    pub hidden: Option<Widths>,

    /// Activation between the layers [default: relu]
    #[arg(long, value_name = "NAME")]
    pub activation: Option<ActivationConfig>,

    /// Update rule [default: adam]
    #[arg(long, value_name = "NAME")]
    pub optimizer: Option<OptimizerConfig>,

    /// Initialization of the weights [default: he]
    #[arg(long, value_name = "NAME")]
    pub init: Option<InitConfig>,

    /// Layer norm before each activation [default: auto, where the activation needs one]
    #[arg(long, value_enum, value_name = "WHEN")]
    pub norm: Option<Norm>,

    /// Learning rate [default: the optimizer's]
    #[arg(long, value_parser = learning_rate, allow_negative_numbers = true)]
    pub lr: Option<f64>,

    /// How the learning rate moves over the epochs [default: linear, to zero]
    #[arg(long, value_enum)]
    pub schedule: Option<Schedule>,

    /// Images in a batch [default: 100]
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub batch_size: Option<usize>,

    /// Passes over the training images [default: 10]
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub epochs: Option<usize>,

    /// Seed of the weights and of the order of the images [default: 42]
    #[arg(long)]
    pub seed: Option<u64>,

    /// Train on the first N images only
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub train_samples: Option<usize>,

    /// Keep the last N training images for validation [default: 5000]
    #[arg(long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub validation: Option<usize>,

    /// Folder with the four MNIST files, gzipped or plain [default: data/mnist]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "runs/mnist")]
    pub out: PathBuf,

    /// Continue the run in the folder for the results
    #[arg(long)]
    pub resume: bool,

    /// One line an epoch in place of the dashboard
    #[arg(long)]
    pub plain: bool,

    /// List devices, activations, optimizers and initializers by name
    #[arg(long)]
    pub list: bool,
}

/// More would not fit in memory with its gradients and the state of an optimizer.
const MAX_PARAMETERS: usize = 200_000_000;

impl Args {
    /// A new run.
    pub fn config(&self) -> Result<RunConfig, Problem> {
        let optimizer = self.optimizer.clone().map_or_else(|| by_name("adam"), Ok)?;
        let hidden = self.hidden.clone().map_or_else(|| vec![100; 4], |it| it.0);
        let activation = self
            .activation
            .clone()
            .map_or_else(|| by_name("relu"), Ok)?;
        let config = RunConfig {
            init: self.init.clone().map_or_else(|| by_name("he"), Ok)?,
            norm: self
                .norm
                .unwrap_or_default()
                .decide(&activation, hidden.len()),
            hidden,
            activation,
            lr: self.lr.unwrap_or(optimizer.default_lr()),
            optimizer,
            schedule: self.schedule.unwrap_or(Schedule::Linear),
            batch_size: self.batch_size.unwrap_or(100),
            epochs: self.epochs.unwrap_or(10),
            seed: self.seed.unwrap_or(42),
            train_samples: self.train_samples,
            validation: self.validation.unwrap_or(5000),
        };
        if let Err(error) = config.init.check(&config.activation) {
            return Err(Problem(format!("--init {}: {error}", config.init)));
        }
        match config.parameters() {
            Some(count) if count <= MAX_PARAMETERS => Ok(config),
            _ => Err(Problem(format!(
                "--hidden {}: the network would have more than {} million parameters; narrow it",
                list(&config.hidden),
                MAX_PARAMETERS / 1_000_000
            ))),
        }
    }

    /// A saved run, continued: flags may be left out, but those that are given must agree with it.
    ///
    /// Only the number of epochs may change, and only with a constant learning rate: the steps
    /// that are done would have been others under another schedule.
    pub fn resume(&self, mut saved: RunConfig) -> Result<RunConfig, Problem> {
        if let Some(epochs) = self.epochs
            && saved.schedule == Schedule::Constant
        {
            saved.epochs = epochs;
        }
        fn text<T: ToString>(value: &Option<T>) -> Option<String> {
            value.as_ref().map(T::to_string)
        }
        let hidden = self.hidden.as_ref().map(|widths| list(&widths.0));
        let on_off = |norm| String::from(if norm { "on" } else { "off" });
        let norm = self
            .norm
            .map(|norm| on_off(norm.decide(&saved.activation, saved.hidden.len())));
        let samples = text(&saved.train_samples).unwrap_or("all".into());
        let pairs = [
            ("hidden", hidden, list(&saved.hidden)),
            (
                "activation",
                text(&self.activation),
                saved.activation.to_string(),
            ),
            (
                "optimizer",
                text(&self.optimizer),
                saved.optimizer.to_string(),
            ),
            ("init", text(&self.init), saved.init.to_string()),
            ("norm", norm, on_off(saved.norm)),
            ("lr", text(&self.lr), saved.lr.to_string()),
            ("schedule", text(&self.schedule), saved.schedule.to_string()),
            (
                "batch-size",
                text(&self.batch_size),
                saved.batch_size.to_string(),
            ),
            ("epochs", text(&self.epochs), saved.epochs.to_string()),
            ("seed", text(&self.seed), saved.seed.to_string()),
            ("train-samples", text(&self.train_samples), samples),
            (
                "validation",
                text(&self.validation),
                saved.validation.to_string(),
            ),
        ];
        for (flag, asked, has) in pairs {
            if let Some(asked) = asked
                && asked != has
            {
                return Err(Problem(format!(
                    "--resume: the run in {} has --{flag} {has}, not {asked}: \
                     leave --{flag} out, or start a new run in another --out",
                    self.out.display()
                )));
            }
        }
        Ok(saved)
    }
}

/// The widths of the hidden layers.
#[derive(Clone, Debug)]
pub struct Widths(Vec<usize>);

impl Widths {
    fn parse(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(|width| positive(width.trim()))
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(|_| "expected whole numbers of at least 1, like 100,100".into())
    }
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("expected a whole number of at least 1".into()),
        Ok(number) => Ok(number),
    }
}

fn learning_rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(lr) if lr.is_finite() && lr > 0.0 => Ok(lr),
        _ => Err("expected a finite number greater than 0".into()),
    }
}

fn by_name<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str) -> Result<T, Problem> {
    name.parse()
        .map_err(|error: T::Err| Problem(error.to_string()))
}
