use burn::module::Module;
use serde::{Deserialize, Serialize};

use super::{
    ConstantConfig, Initialize, LayerByLayer, LsuvConfig, NoGain, NormalConfig, OrthogonalConfig,
    TruncatedNormalConfig, VarianceMap, VarianceScalingConfig, initialize, variance_scaling,
};
use crate::activation::ActivationConfig;
use crate::registry::{Spec, SpecError, by_name};

/// An initializer by name, as on a command line or in a config file.
///
/// ```text
/// auto                           N(0, gain^2 / fan in) with the gain that the activation needs
/// he, xavier, lecun              N(0, c / fan); _uniform; _fan_in, _fan_out, _fan_avg; (gain=1)
/// lsuv(tolerance=0.1, trials=10) orthogonal, then rescaled layer by layer on a batch of data
/// orthogonal(gain=1)             a rotation
/// normal(std=0.01)               N(0, std^2) in every layer
/// truncated_normal(std=0.02, bound=2)    the same without the tails
/// constant(value=0)              the same weight everywhere
/// ```
///
/// Aliases: `kaiming` is `he` and `glorot` is `xavier`, `_normal` may be added to each; `he_book`
/// and `xavier_book` are the two of the book, `sqrt(2 / n)` and `sqrt(1 / n)`, that is `he` and
/// `lecun`; `zeros` is `constant`. The text form is also what is serialized.
///
/// Weights of linear and convolutional layers are drawn, wherever they are in a module; biases are
/// set to 0, and everything else is left alone: see [`initialize`].
///
/// ```
/// use burn::nn::conv::Conv2dConfig;
/// use burn::tensor::Device;
/// use burn_extras::activation::ActivationConfig;
/// use burn_extras::init::{Fan, InitConfig, VarianceScalingConfig};
///
/// let config: InitConfig = "kaiming_uniform_fan_out".parse()?;
/// assert_eq!(config.to_string(), "he_uniform_fan_out");
///
/// let device = Device::flex();
/// device.seed(42);
/// let layer = Conv2dConfig::new([16, 32], [3, 3]).init(&device);
/// let layer = InitConfig::Auto.apply(layer, &ActivationConfig::Gaussian);
/// # let _ = layer;
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum InitConfig {
    /// `N(0, gain^2 / fan in)`, where the activation's [`VarianceMap`] says the gain.
    Auto,
    /// He's, Xavier's or LeCun's.
    VarianceScaling(VarianceScalingConfig),
    /// Orthogonal weights, then [`InitConfig::fit`] rescales them layer by layer.
    Lsuv(LsuvConfig),
    /// Orthogonal weights.
    Orthogonal(OrthogonalConfig),
    /// Normal weights of a given standard deviation.
    Normal(NormalConfig),
    /// Normal weights without the tails.
    TruncatedNormal(TruncatedNormalConfig),
    /// The same weight everywhere.
    Constant(ConstantConfig),
}

macro_rules! from {
    ($($variant:ident($config:ident)),*) => {
        $(
            impl From<$config> for InitConfig {
                fn from(config: $config) -> Self {
                    Self::$variant(config)
                }
            }
        )*
    };
}

from!(
    VarianceScaling(VarianceScalingConfig),
    Lsuv(LsuvConfig),
    Orthogonal(OrthogonalConfig),
    Normal(NormalConfig),
    TruncatedNormal(TruncatedNormalConfig),
    Constant(ConstantConfig)
);

const OTHER_NAMES: [&str; 6] = [
    "auto",
    "lsuv",
    "orthogonal",
    "normal",
    "truncated_normal",
    "constant",
];

const NAMES: [&str; OTHER_NAMES.len() + variance_scaling::NAMES.len()] = {
    let mut names = [""; OTHER_NAMES.len() + variance_scaling::NAMES.len()];
    let (first, rest) = names.split_at_mut(OTHER_NAMES.len());
    first.copy_from_slice(&OTHER_NAMES);
    rest.copy_from_slice(variance_scaling::NAMES);
    names
};

impl InitConfig {
    /// He's initialization, `N(0, 2 / fan in)`.
    pub fn he() -> Self {
        VarianceScalingConfig::he().into()
    }

    /// The names that can be parsed; some have aliases besides.
    pub fn names() -> &'static [&'static str] {
        &NAMES
    }

    /// The module with the weights of its linear and convolutional layers drawn anew.
    ///
    /// `activation` is the function whose outputs the layers read: `auto` makes up for what it does
    /// to the variance, all others pass it over. Layers that read something else, as a first layer
    /// reads normalised data, can be drawn on their own, with
    /// [`ActivationConfig::Identity`]. `lsuv` is done only when [`fit`](Self::fit) has seen a batch.
    ///
    /// # Panics
    ///
    /// When a setting is outside its range, or the activation has no gain: ask
    /// [`validate`](Self::validate) and [`check`](Self::check) first.
    pub fn apply<M: Module>(&self, module: M, activation: &ActivationConfig) -> M {
        self.validate().unwrap_or_else(|error| panic!("{error}"));
        match self {
            Self::Auto => {
                let map = VarianceMap::of(activation).unwrap_or_else(|error| panic!("{error}"));
                initialize(module, VarianceScalingConfig::lecun().with_gain(map.gain))
            }
            Self::VarianceScaling(config) => initialize(module, *config),
            Self::Lsuv(_) => initialize(module, OrthogonalConfig::new()),
            Self::Orthogonal(config) => initialize(module, *config),
            Self::Normal(config) => initialize(module, *config),
            Self::TruncatedNormal(config) => initialize(module, *config),
            Self::Constant(config) => initialize(module, *config),
        }
    }

    /// The module with each layer fitted to a batch of data, which `lsuv` does after it has been
    /// [applied](Self::apply); all others leave the module as it is.
    pub fn fit<M: LayerByLayer>(&self, mut module: M, batch: M::Input) -> M {
        if let Self::Lsuv(config) = self {
            module.fit(batch, config);
        }
        module
    }

    /// Checks that every setting is in its range, which those that were parsed are.
    ///
    /// # Errors
    ///
    /// Names the first that is not: type, field, value, range.
    pub fn validate(&self) -> Result<(), SpecError> {
        match self {
            Self::Auto => Ok(()),
            Self::VarianceScaling(config) => config.validate(),
            Self::Lsuv(config) => config.validate(),
            Self::Orthogonal(config) => config.validate(),
            Self::Normal(config) => config.validate(),
            Self::TruncatedNormal(config) => config.validate(),
            Self::Constant(config) => config.validate(),
        }
    }

    /// Checks that it can be used with `activation`.
    ///
    /// # Errors
    ///
    /// When `auto` finds no gain that keeps the variance.
    pub fn check(&self, activation: &ActivationConfig) -> Result<(), NoGain> {
        match self {
            Self::Auto => VarianceMap::of(activation).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Its parameters with their values, as they stand in its text form.
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        match self {
            Self::Auto => vec![],
            Self::VarianceScaling(config) => vec![("gain", config.gain())],
            Self::Lsuv(config) => vec![
                ("tolerance", config.tolerance()),
                ("trials", config.trials() as f64),
            ],
            Self::Orthogonal(config) => vec![("gain", config.gain())],
            Self::Normal(config) => vec![("std", config.std())],
            Self::TruncatedNormal(config) => {
                vec![("std", config.std()), ("bound", config.bound())]
            }
            Self::Constant(config) => vec![("value", config.value())],
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::VarianceScaling(config) => config.name(),
            Self::Lsuv(_) => "lsuv",
            Self::Orthogonal(_) => "orthogonal",
            Self::Normal(_) => "normal",
            Self::TruncatedNormal(_) => "truncated_normal",
            Self::Constant(_) => "constant",
        }
    }

    /// The one of this name, at its defaults.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "auto" => Self::Auto,
            "lsuv" => LsuvConfig::new().into(),
            "orthogonal" => OrthogonalConfig::new().into(),
            "normal" => NormalConfig::new().into(),
            "truncated_normal" => TruncatedNormalConfig::new().into(),
            "constant" | "zeros" => ConstantConfig::new().into(),
            _ => VarianceScalingConfig::named(name)?.into(),
        })
    }

    /// The same with the parameters that stand in `spec`.
    fn with_spec(self, spec: &mut Spec) -> Result<Self, SpecError> {
        Ok(match self {
            Self::Auto => Self::Auto,
            Self::VarianceScaling(config) => {
                config.with_gain(spec.take("gain", config.gain())).into()
            }
            Self::Lsuv(config) => {
                let trials = spec.take("trials", config.trials() as f64);
                config
                    .with_tolerance(spec.take("tolerance", config.tolerance()))
                    .with_trials(LsuvConfig::whole_trials(trials)?)
                    .into()
            }
            Self::Orthogonal(config) => config.with_gain(spec.take("gain", config.gain())).into(),
            Self::Normal(config) => config.with_std(spec.take("std", config.std())).into(),
            Self::TruncatedNormal(config) => config
                .with_std(spec.take("std", config.std()))
                .with_bound(spec.take("bound", config.bound()))
                .into(),
            Self::Constant(config) => config.with_value(spec.take("value", config.value())).into(),
        })
    }

    fn to_spec(&self) -> Spec {
        let name = self.name();
        let defaults = Self::named(name).map_or(Vec::new(), |default| default.parameters());
        let parameters = self.parameters().into_iter().zip(defaults);
        parameters.fold(
            Spec::new(name),
            |spec, ((parameter, value), (_, default))| spec.with(parameter, value, default),
        )
    }
}

by_name!(InitConfig, "initializer", NAMES);
