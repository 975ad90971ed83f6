use core::fmt;
use core::str::FromStr;

use burn::module::Module;
use burn::nn::{PRelu, PReluConfig, SwiGlu, SwiGluConfig};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::declare::Declared;
use super::*;
use crate::fused::Formula;
use crate::registry::{Spec, SpecError};

/// The table of activations that are formulas: those without parameters, and those with a
/// configuration.
macro_rules! registry {
    (plain: $($plain:ident),* ; configured: $($name:ident($config:ident)),* $(,)?) => {
        /// Any activation, as it stands in a config file or on a command line.
        ///
        /// Its text form is the name with the parameters that differ from their defaults:
        /// `relu`, `elu(alpha=0.5)`. [`FromStr`] and [`Display`](fmt::Display) read and write it,
        /// and it is also what is serialized.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[non_exhaustive]
        pub enum ActivationConfig {
            $(#[doc = concat!("[`", stringify!($plain), "`](super::", stringify!($plain), ").")] $plain,)*
            $(#[doc = concat!("[`", stringify!($name), "`](super::", stringify!($name), ").")] $name($config),)*
            /// Burn's [`PRelu`](burn::nn::PRelu), whose slope on the left is learned.
            PRelu {
                /// One slope for all channels, or one a channel.
                num_parameters: usize,
                /// Where the slope starts.
                alpha: f64,
            },
            /// Burn's [`SwiGlu`](burn::nn::SwiGlu), a gated layer with weights of its own.
            SwiGlu {
                /// The number of input features.
                d_input: usize,
                /// The number of output features.
                d_output: usize,
                /// Whether its two linear layers have a bias.
                bias: bool,
            },
        }

        $(
            impl From<$config> for ActivationConfig {
                fn from(config: $config) -> Self {
                    Self::$name(config)
                }
            }
        )*

        const NAMES: &[&str] = &[
            $(<$plain as Declared>::NAME,)*
            $(<$config as Declared>::NAME,)*
            "prelu",
            "swiglu",
        ];

        impl ActivationConfig {
            /// Each formula at its defaults: what the tests, benchmarks and plots go through.
            pub fn formulas() -> Vec<Self> {
                vec![$(Self::$plain,)* $(Self::$name($config::new()),)*]
            }

            /// The gain that libraries use by convention with He or Xavier weights, if there is one.
            pub fn conventional_gain(&self) -> Option<f64> {
                match self {
                    $(Self::$plain => <$plain as Declared>::GAIN,)*
                    $(Self::$name(_) => <$config as Declared>::GAIN,)*
                    Self::PRelu { .. } | Self::SwiGlu { .. } => None,
                }
            }

            /// The family: those of one share the idea of their formula.
            ///
            /// ```
            /// use burn_extras::activation::ActivationConfig;
            ///
            /// let config: ActivationConfig = "celu(alpha=0.5)".parse()?;
            /// assert_eq!(config.family(), "elu");
            /// assert_eq!(config.parameters(), [("alpha", 0.5)]);
            /// # Ok::<(), burn_extras::registry::SpecError>(())
            /// ```
            pub fn family(&self) -> &'static str {
                let module = match self {
                    $(Self::$plain => <$plain as Declared>::MODULE,)*
                    $(Self::$name(_) => <$config as Declared>::MODULE,)*
                    Self::PRelu { .. } | Self::SwiGlu { .. } => "learned",
                };
                module.rsplit("::").next().unwrap_or(module)
            }

            /// Its parameters with their values, as they stand in its text form.
            pub fn parameters(&self) -> Vec<(&'static str, f64)> {
                match self {
                    $(Self::$plain => $plain.parameters(),)*
                    $(Self::$name(config) => config.parameters(),)*
                    Self::PRelu { num_parameters, alpha } => {
                        vec![("num_parameters", *num_parameters as f64), ("alpha", *alpha)]
                    }
                    Self::SwiGlu { d_input, d_output, bias } => vec![
                        ("d_input", *d_input as f64),
                        ("d_output", *d_output as f64),
                        ("bias", f64::from(*bias)),
                    ],
                }
            }

            fn formula(&self) -> Option<Formula> {
                match self {
                    $(Self::$plain => Some(Declared::formula(&$plain)),)*
                    $(Self::$name(config) => Some(Declared::formula(config)),)*
                    Self::PRelu { .. } | Self::SwiGlu { .. } => None,
                }
            }

            fn to_spec(&self) -> Spec {
                match self {
                    $(Self::$plain => $plain.to_spec(),)*
                    $(Self::$name(config) => config.to_spec(),)*
                    Self::PRelu { num_parameters, alpha } => Spec::new("prelu")
                        .with("num_parameters", *num_parameters as f64, 1.0)
                        .with("alpha", *alpha, 0.25),
                    Self::SwiGlu { d_input, d_output, bias } => Spec::new("swiglu")
                        .with("d_input", *d_input as f64, f64::NAN)
                        .with("d_output", *d_output as f64, f64::NAN)
                        .with("bias", f64::from(*bias), 0.0),
                }
            }

            fn from_spec(spec: &mut Spec) -> Result<Self, SpecError> {
                let name = spec.name().to_string();
                $(
                    if is_named::<$plain>(&name) {
                        return <$plain as Declared>::from_spec(spec).map(|_| Self::$plain);
                    }
                )*
                $(
                    if is_named::<$config>(&name) {
                        return <$config as Declared>::from_spec(spec).map(Self::$name);
                    }
                )*
                match name.as_str() {
                    "prelu" => Ok(Self::PRelu {
                        num_parameters: count(spec, "prelu", "num_parameters", 1.0)?,
                        alpha: spec.take("alpha", 0.25),
                    }),
                    "swiglu" => Ok(Self::SwiGlu {
                        d_input: count(spec, "swiglu", "d_input", 0.0)?,
                        d_output: count(spec, "swiglu", "d_output", 0.0)?,
                        bias: spec.take("bias", 0.0) != 0.0,
                    }),
                    _ => Err(spec.unknown("activation", NAMES)),
                }
            }
        }
    };
}

registry! {
    plain:
        Identity, Sign, Sigmoid, Tanh, Softsign, Arctan, Relu, BentIdentity, Gaussian,
        Gelu, GeluTanh, Silu, Mish, Selu, Relu6, HardSwish, LogSigmoid, TanhShrink,
        SparsePlus, SparseSigmoid, Exponential, Lisht, LogCosh, QuickGelu, HardMish,
        SquaredRelu, Repu3, Laplace, Sinc, Gcu, Arsinh, Elliot, Sqnl, Elish, HardElish,
        ShiftedSoftplus, DSilu, TanhExp, Serf, Smish, Logish, Phish, Golu, Cloglog, Pflu, Colu;
    configured:
        Step(StepConfig), Elu(EluConfig), ThresholdedRelu(ThresholdedReluConfig),
        Softplus(SoftplusConfig), LeakyRelu(LeakyReluConfig), Celu(CeluConfig),
        HardSigmoid(HardSigmoidConfig), HardTanh(HardTanhConfig), SoftShrink(SoftShrinkConfig),
        HardShrink(HardShrinkConfig), Shrink(ShrinkConfig), Squareplus(SquareplusConfig),
        Swish(SwishConfig), Snake(SnakeConfig), StarRelu(StarReluConfig),
        ScaledTanh(ScaledTanhConfig), Sine(SineConfig), Isru(IsruConfig), Isrlu(IsrluConfig),
        SoftClip(SoftClipConfig), NlRelu(NlReluConfig), Pelu(PeluConfig), Smu(SmuConfig),
}

fn is_named<T: Declared>(name: &str) -> bool {
    T::NAME == name || T::ALIASES.contains(&name)
}

/// A parameter that counts something.
fn count(
    spec: &mut Spec,
    type_name: &'static str,
    field: &'static str,
    default: f64,
) -> Result<usize, SpecError> {
    let value = spec.take(field, default);
    if value >= 1.0 && value.fract() == 0.0 {
        Ok(value as usize)
    } else {
        Err(SpecError::out_of_range(
            type_name,
            field,
            value,
            "a whole number of at least 1",
        ))
    }
}

impl ActivationConfig {
    /// The names that can be parsed; some have aliases besides.
    pub fn names() -> &'static [&'static str] {
        NAMES
    }

    /// The activation.
    ///
    /// # Panics
    ///
    /// When a parameter is outside its range.
    pub fn init(&self, device: &Device) -> Activation {
        match (self, self.formula()) {
            (_, Some(formula)) => Activation::Pointwise(PointwiseActivation { formula }),
            (
                Self::SwiGlu {
                    d_input,
                    d_output,
                    bias,
                },
                _,
            ) => Activation::SwiGlu(
                SwiGluConfig::new(*d_input, *d_output)
                    .with_bias(*bias)
                    .init(device),
            ),
            (
                Self::PRelu {
                    num_parameters,
                    alpha,
                },
                _,
            ) => Activation::PRelu(
                PReluConfig::new()
                    .with_num_parameters(*num_parameters)
                    .with_alpha(*alpha)
                    .init(device),
            ),
            (other, None) => unreachable!("{other} is a formula"),
        }
    }

    /// `f(x)` in `f64`; `None` for those that have weights.
    pub fn value(&self, x: f64) -> Option<f64> {
        Some(self.formula()?.evaluate(x).0)
    }

    /// `f'(x)` in `f64`; `None` for those that have weights.
    pub fn slope(&self, x: f64) -> Option<f64> {
        Some(self.formula()?.evaluate(x).1)
    }
}

impl FromStr for ActivationConfig {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut spec = Spec::parse(text)?;
        let config = Self::from_spec(&mut spec)?;
        spec.finish()?;
        Ok(config)
    }
}

impl fmt::Display for ActivationConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_spec().fmt(f)
    }
}

impl TryFrom<String> for ActivationConfig {
    type Error = SpecError;

    fn try_from(text: String) -> Result<Self, SpecError> {
        text.parse()
    }
}

impl From<ActivationConfig> for String {
    fn from(config: ActivationConfig) -> Self {
        config.to_string()
    }
}

/// Any activation as a module, made by [`ActivationConfig::init`].
#[derive(Module, Debug)]
#[non_exhaustive]
#[allow(
    clippy::large_enum_variant,
    reason = "a network has few activations, and a box would be one more pointer to follow"
)]
pub enum Activation {
    /// A formula, applied to each element.
    Pointwise(PointwiseActivation),
    /// Burn's learned leaky ReLU.
    PRelu(PRelu),
    /// Burn's gated linear unit.
    SwiGlu(SwiGlu),
}

impl Activation {
    /// Applies the activation.
    ///
    /// # Shapes
    ///
    /// Those of the input; SwiGLU maps the last dimension from `d_input` to `d_output`.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Pointwise(activation) => activation.forward(input),
            Self::PRelu(activation) => activation.forward(input),
            Self::SwiGlu(activation) => activation.forward(input),
        }
    }
}

/// An activation that is a formula, chosen at run time.
#[derive(Module, Debug)]
pub struct PointwiseActivation {
    #[module(skip)]
    formula: Formula,
}

impl PointwiseActivation {
    /// Applies the activation to each element.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        crate::fused::apply_formula(self.formula.clone(), input)
    }

    /// The same by Burn's operations alone, as
    /// [`apply_composed`](crate::fused::apply_composed) does it: for comparison.
    pub fn forward_composed<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        crate::fused::apply_formula_composed(self.formula.clone(), input)
    }
}
