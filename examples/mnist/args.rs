use std::path::PathBuf;

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::model::MlpConfig;
use burn_extras::optim::OptimizerConfig;
use clap::Parser;
use serde::{Deserialize, Serialize};

use crate::data::{CLASSES, PIXELS};
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

/// What decides how a run goes, saved beside its results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunConfig {
    pub hidden: Vec<usize>,
    #[serde(with = "name")]
    pub activation: ActivationConfig,
    #[serde(with = "name")]
    pub optimizer: OptimizerConfig,
    #[serde(with = "name")]
    pub init: InitConfig,
    pub lr: f64,
    pub schedule: Schedule,
    pub batch_size: usize,
    pub epochs: usize,
    pub seed: u64,
    pub train_samples: Option<usize>,
    pub validation: usize,
}

impl RunConfig {
    /// More would not fit in memory with its gradients and the state of an optimizer.
    const MAX_PARAMETERS: usize = 200_000_000;

    /// What `args` ask for.
    pub fn new(args: &Args) -> Result<Self, Problem> {
        let optimizer: OptimizerConfig = match &args.optimizer {
            Some(optimizer) => optimizer.clone(),
            None => by_name("adam")?,
        };
        let hidden = args.hidden.clone().map(|widths| widths.0);
        let config = Self {
            hidden: hidden.unwrap_or_else(|| vec![100; 4]),
            activation: args
                .activation
                .clone()
                .map_or_else(|| by_name("relu"), Ok)?,
            init: args.init.clone().map_or_else(|| by_name("he"), Ok)?,
            lr: args.lr.unwrap_or(optimizer.default_lr()),
            optimizer,
            schedule: args.schedule.unwrap_or(Schedule::Linear),
            batch_size: args.batch_size.unwrap_or(100),
            epochs: args.epochs.unwrap_or(10),
            seed: args.seed.unwrap_or(42),
            train_samples: args.train_samples,
            validation: args.validation.unwrap_or(5000),
        };
        let parameters = config.widths().windows(2).try_fold(0usize, |sum, pair| {
            sum.checked_add(pair[0].checked_add(1)?.checked_mul(pair[1])?)
        });
        match parameters {
            Some(count) if count <= Self::MAX_PARAMETERS => Ok(config),
            _ => Err(Problem(format!(
                "--hidden {}: the network would have more than {} million parameters; narrow it",
                list(&config.hidden),
                Self::MAX_PARAMETERS / 1_000_000
            ))),
        }
    }

    /// This run, continued: flags may be left out, but those that are given must agree with it.
    ///
    /// Only the number of epochs may change, and only with a constant learning rate: the steps
    /// that are done would have been others under another schedule.
    pub fn resume(mut self, args: &Args, run: &std::path::Path) -> Result<Self, Problem> {
        if let Some(epochs) = args.epochs
            && self.schedule == Schedule::Constant
        {
            self.epochs = epochs;
        }
        let asked = [
            (
                "hidden",
                args.hidden.as_ref().map(|widths| list(&widths.0)),
                list(&self.hidden),
            ),
            (
                "activation",
                args.activation.as_ref().map(ToString::to_string),
                self.activation.to_string(),
            ),
            (
                "optimizer",
                args.optimizer.as_ref().map(ToString::to_string),
                self.optimizer.to_string(),
            ),
            (
                "init",
                args.init.as_ref().map(ToString::to_string),
                self.init.to_string(),
            ),
            ("lr", args.lr.map(|lr| lr.to_string()), self.lr.to_string()),
            (
                "schedule",
                args.schedule.map(|schedule| format!("{schedule:?}")),
                format!("{:?}", self.schedule),
            ),
            (
                "batch-size",
                args.batch_size.map(|n| n.to_string()),
                self.batch_size.to_string(),
            ),
            (
                "epochs",
                args.epochs.map(|n| n.to_string()),
                self.epochs.to_string(),
            ),
            (
                "seed",
                args.seed.map(|n| n.to_string()),
                self.seed.to_string(),
            ),
            (
                "train-samples",
                args.train_samples.map(|n| n.to_string()),
                self.train_samples.map_or("all".into(), |n| n.to_string()),
            ),
            (
                "validation",
                args.validation.map(|n| n.to_string()),
                self.validation.to_string(),
            ),
        ];
        for (flag, asked, has) in asked {
            if let Some(asked) = asked
                && asked != has
            {
                return Err(Problem(format!(
                    "--resume: the run in {} has {flag} {has}, not {asked}: \
                     leave --{flag} out, or start a new run in another --out",
                    run.display()
                )));
            }
        }
        Ok(self)
    }

    /// From the pixels to the classes.
    pub fn widths(&self) -> Vec<usize> {
        let mut widths = vec![PIXELS];
        widths.extend(&self.hidden);
        widths.push(CLASSES);
        widths
    }

    pub fn network(&self) -> MlpConfig {
        MlpConfig::new(self.widths())
            .with_activation(self.activation.clone())
            .with_initializer(self.init.clone())
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

pub fn list(widths: &[usize]) -> String {
    let widths: Vec<String> = widths.iter().map(ToString::to_string).collect();
    widths.join(",")
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

/// Configurations as the names that one types.
mod name {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}
