use core::fmt::{self, Display};
use core::str::FromStr;
use std::sync::LazyLock;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::declare::{Declared, Listed};
use super::learned::Kind;
use super::{elsewhere, gated, learned, *};
use crate::fused::{Pointwise, Shared, shared};
use crate::registry::{Spec, SpecError, by_name};

/// The table of activations without weights: formulas without parameters, those with a configuration, and
/// layers of their own.
macro_rules! registry {
    (
        plain: $($plain:ident),* ;
        configured: $($name:ident($config:ident)),* ;
        layers: $($layer:ident($layer_config:ident)),* $(,)?
    ) => {
        /// Any activation, as it stands in a config file or on a command line.
        ///
        /// Its text form is the name with the parameters that differ from their defaults:
        /// `relu`, `elu(alpha=0.5)`. [`FromStr`] and [`Display`](fmt::Display) read and write it,
        /// and it is also what is serialized. The names of PyTorch, Keras and JAX are read as they
        /// are spelled there, `nn.LeakyReLU(negative_slope=0.1)`; [porting](crate::porting) says
        /// whose function a name means.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[non_exhaustive]
        pub enum ActivationConfig {
            $(#[doc = concat!("[`", stringify!($plain), "`](super::", stringify!($plain), ").")] $plain,)*
            $(#[doc = concat!("[`", stringify!($name), "`](super::", stringify!($name), ").")] $name($config),)*
            $(#[doc = concat!("[`", stringify!($layer), "`](super::", stringify!($layer), ").")] $layer($layer_config),)*
            /// One whose parameters are learned: `prelu`.
            Learned(LearnedConfig),
            /// A gated unit with weights of its own: `swiglu`.
            Gated(GatedConfig),
        }

        $(
            impl From<$config> for ActivationConfig {
                fn from(config: $config) -> Self {
                    Self::$name(config)
                }
            }
        )*

        $(
            impl From<$layer_config> for ActivationConfig {
                fn from(config: $layer_config) -> Self {
                    Self::$layer(config)
                }
            }
        )*

        const FORMULAS: &[&str] = &[
            $(<$plain as Declared>::NAME,)*
            $(<$config as Declared>::NAME,)*
        ];

        const LAYERS: &[&str] = &[$(<$layer_config as Listed>::NAME),*];

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
            $(#[doc = concat!("[`", stringify!($layer), "`](super::", stringify!($layer), ").")] $layer($layer),)*
            /// One whose parameters are learned.
            Learned(Learned),
            /// A gated unit with its projections.
            Gated(GatedLinear),
        }

        impl Activation {
            /// Applies the activation.
            ///
            /// # Shapes
            ///
            /// Those of the input; a gated unit maps the last dimension from `d_input` to `d_output`.
            ///
            /// # Panics
            ///
            /// When one of rows is told an axis that the tensor has not.
            pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
                match self {
                    Self::Pointwise(activation) => activation.forward(input),
                    $(Self::$layer(activation) => activation.forward(input),)*
                    Self::Learned(activation) => activation.forward(input),
                    Self::Gated(activation) => activation.forward(input),
                }
            }
        }
        /// Each formula with parameters as one of learned ones, or why it cannot be.
        const LEARNED: &[Result<&Kind, &str>] = &[$(<$config as Declared>::LEARNED,)*];

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
                    $(Self::$layer(_))|* | Self::Learned(_) | Self::Gated(_) => None,
                }
            }

            /// Checks that every parameter is in its range, which those that were parsed are.
            ///
            /// # Errors
            ///
            /// Names the first that is not: type, field, value, range.
            pub fn validate(&self) -> Result<(), SpecError> {
                match self {
                    $(Self::$plain => Declared::validate(&$plain),)*
                    $(Self::$name(config) => config.validate(),)*
                    $(Self::$layer(config) => config.validate(),)*
                    Self::Learned(config) => config.validate(),
                    Self::Gated(config) => config.validate(),
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
                    $(Self::$layer(_) => <$layer_config as Listed>::MODULE,)*
                    Self::Learned(config) => config.family(),
                    Self::Gated(_) => "gated",
                };
                module.rsplit("::").next().unwrap_or(module)
            }

            /// Its parameters with their values, as they stand in its text form.
            pub fn parameters(&self) -> Vec<(&'static str, f64)> {
                match self {
                    $(Self::$plain => $plain.parameters(),)*
                    $(Self::$name(config) => config.parameters(),)*
                    $(Self::$layer(config) => config.parameters(),)*
                    Self::Learned(config) => config.parameters(),
                    Self::Gated(config) => config.parameters(),
                }
            }

            pub(super) fn formula(&self) -> Option<Shared> {
                match self {
                    $(Self::$plain => Some(Declared::formula(&$plain)),)*
                    $(Self::$name(config) => Some(Declared::formula(config)),)*
                    $(Self::$layer(_))|* | Self::Learned(_) | Self::Gated(_) => None,
                }
            }

            /// The module, if it is a layer of its own.
            fn layer(&self) -> Option<Activation> {
                match self {
                    $(Self::$layer(config) => Some(Activation::$layer(config.init())),)*
                    _ => None,
                }
            }

            fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$plain => $plain.to_spec().fmt(f),)*
                    $(Self::$name(config) => config.to_spec().fmt(f),)*
                    $(Self::$layer(config) => {
                        let default = $layer_config::new().parameters();
                        let named = Spec::new(<$layer_config as Listed>::NAME);
                        let set = config.parameters().into_iter().zip(default);
                        set.fold(named, |spec, ((field, value), (_, default))| {
                            spec.with(field, value, default)
                        })
                        .fmt(f)
                    })*
                    Self::Learned(config) => config.fmt(f),
                    Self::Gated(config) => config.fmt(f),
                }
            }

            /// Whether it is a name of this crate, in lower case and with `_` for `-`.
            pub(super) fn knows(name: &str) -> bool {
                Self::names().contains(&name)
                    || [$(<$plain as Declared>::ALIASES,)* $(<$config as Declared>::ALIASES,)*]
                        .iter()
                        .any(|aliases| aliases.contains(&name))
            }

            /// What the formula of this name becomes when its parameters are learned, or why there is no such thing.
            fn learned(name: &str) -> Option<Result<&'static Kind, &'static str>> {
                $(
                    if is_named::<$plain>(name) {
                        return Some(<$plain as Declared>::LEARNED);
                    }
                )*
                $(
                    if is_named::<$config>(name) {
                        return Some(<$config as Declared>::LEARNED);
                    }
                )*
                None
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
                $(
                    if <$layer_config as Listed>::NAME == name {
                        return <$layer_config as Listed>::from_spec(spec).map(Self::$layer);
                    }
                )*
                if let Some(config) = LearnedConfig::from_spec(spec) {
                    return config.map(Self::Learned);
                }
                if let Some(config) = GatedConfig::from_spec(spec) {
                    return config.map(Self::Gated);
                }
                Err(spec.unknown("activation", &[Self::names(), &learned::own_names()].concat()))
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
        SoftClip(SoftClipConfig), NlRelu(NlReluConfig), Pelu(PeluConfig), Smu(SmuConfig);
    layers:
        Softmax(SoftmaxConfig), LogSoftmax(LogSoftmaxConfig), Softmin(SoftminConfig),
        QuietSoftmax(QuietSoftmaxConfig), Sparsemax(SparsemaxConfig), Entmax(EntmaxConfig),
        GumbelSoftmax(GumbelSoftmaxConfig), RRelu(RReluConfig),
}

impl From<LearnedConfig> for ActivationConfig {
    fn from(config: LearnedConfig) -> Self {
        Self::Learned(config)
    }
}

impl From<GatedConfig> for ActivationConfig {
    fn from(config: GatedConfig) -> Self {
        Self::Gated(config)
    }
}

/// All learned activations.
fn learned_kinds() -> impl Iterator<Item = &'static Kind> {
    let formulas = LEARNED.iter().flatten().copied();
    learned::KINDS.iter().chain(formulas)
}

fn is_named<T: Declared>(name: &str) -> bool {
    T::NAME == name || T::ALIASES.contains(&name)
}

impl ActivationConfig {
    /// The names that can be parsed; some have aliases besides.
    pub fn names() -> &'static [&'static str] {
        static ALL: LazyLock<Vec<&str>> = LazyLock::new(|| {
            let learned: Vec<_> = learned_kinds().map(|kind| kind.written).collect();
            [FORMULAS, LAYERS, &learned, &gated::NAMES].concat()
        });
        &ALL
    }

    /// The activation on its own.
    ///
    /// # Panics
    ///
    /// When a parameter is outside its range, or a gated unit has no sizes: in a network it takes them from
    /// there, by [`init_for`](Self::init_for).
    pub fn init(&self, device: &Device) -> Activation {
        match self {
            Self::Learned(config) => Activation::Learned(config.init(device)),
            Self::Gated(config) => Activation::Gated(config.init(device)),
            other => match (other.formula(), other.layer()) {
                (Some(formula), _) => Activation::Pointwise(PointwiseActivation { formula }),
                (None, Some(layer)) => layer,
                (None, None) => unreachable!("{other} is a formula or a layer"),
            },
        }
    }

    /// The activation between two layers of a network, where there are `width` features: a gated unit, unless
    /// told otherwise, is as wide.
    ///
    /// # Panics
    ///
    /// When [`validate_for`](Self::validate_for) would refuse it.
    pub fn init_for(&self, width: usize, device: &Device) -> Activation {
        self.validate_for(width)
            .unwrap_or_else(|error| panic!("{error}"));
        match self {
            Self::Learned(config) => Activation::Learned(config.of_width(width).init(device)),
            Self::Gated(config) => Activation::Gated(config.of_width(width).init(device)),
            other => other.init(device),
        }
    }

    /// Checks that it can stand between two layers of a network, where there are `width` features.
    ///
    /// # Errors
    ///
    /// When a parameter is outside its range, a learned one has another number of channels than 1 and `width`, or
    /// a gated unit another size than `width`.
    pub fn validate_for(&self, width: usize) -> Result<(), SpecError> {
        match self {
            Self::Learned(config) => config.validate_for(width),
            Self::Gated(config) => config.validate_for(width),
            other => other.validate(),
        }
    }

    /// How many weights it has between two layers of a network, where there are `width` features: 0 for a
    /// formula, `None` where the number itself is too large.
    pub fn num_params_for(&self, width: usize) -> Option<usize> {
        match self {
            Self::Learned(config) => config.num_params_for(width),
            Self::Gated(config) => config.num_params_for(width),
            _ => Some(0),
        }
    }

    /// The formula, of [`RRelu`] that of evaluation.
    fn in_evaluation(&self) -> Option<Shared> {
        match self {
            Self::RRelu(config) => config.mean().formula(),
            other => other.formula(),
        }
    }

    /// `f(x)` and `f'(x)` before training; `None` for layers with weights and those of rows.
    pub(crate) fn before_training(&self, x: f64) -> Option<(f64, f64)> {
        let (value, slopes) = match self {
            Self::Learned(config) => config.evaluate(x),
            other => other.in_evaluation()?.evaluate(&[x]),
        };
        Some((value, slopes[0]))
    }

    /// `f(x)` in `f64`, of [`RRelu`] in evaluation; `None` for those that have weights or work on rows.
    ///
    /// # Panics
    ///
    /// When a parameter is outside its range.
    pub fn value(&self, x: f64) -> Option<f64> {
        Some(self.in_evaluation()?.evaluate(&[x]).0)
    }

    /// `f'(x)` in `f64`, of [`RRelu`] in evaluation; `None` for those that have weights or work on rows.
    ///
    /// # Panics
    ///
    /// When a parameter is outside its range.
    pub fn slope(&self, x: f64) -> Option<f64> {
        Some(self.in_evaluation()?.evaluate(&[x]).1[0])
    }
}

impl FromStr for ActivationConfig {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        if let Some(config) = read_within(text) {
            return config;
        }
        let mut spec = match elsewhere::read(text)? {
            Some(spec) => spec,
            None => Spec::parse(text)?,
        };
        let config = Self::from_spec(&mut spec)?;
        spec.finish()?;
        Ok(config)
    }
}

/// Reads what stands within `learned(...)`.
fn read_learned(spec: &mut Spec) -> Result<LearnedConfig, SpecError> {
    if let Some(config) = LearnedConfig::within(spec) {
        return config;
    }
    match ActivationConfig::learned(spec.name()) {
        Some(Ok(kind)) => LearnedConfig::read(kind, spec),
        Some(Err(why)) => {
            let what = format!("learned({})", spec.name());
            Err(SpecError::instead(what, why.to_string()))
        }
        None => {
            let within = learned_kinds().filter(|kind| kind.is_within());
            let names: Vec<_> = within.map(|kind| kind.name).collect();
            Err(spec.unknown("activation that can be learned", &names))
        }
    }
}

/// Reads `gated(NAME)` and `learned(NAME)`, and the same with settings after the name, which in the former may
/// have parameters itself.
fn read_within(text: &str) -> Option<Result<ActivationConfig, SpecError>> {
    let (word, rest) = text.trim().split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    let mut depth = 0;
    let end = inner.find(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    });
    let (name, settings) = match end {
        Some(end) => (&inner[..end], format!("({})", &inner[end + 1..])),
        None => (inner, String::new()),
    };
    match word.trim().to_lowercase().as_str() {
        "gated" => Some(name.parse().and_then(|activation| {
            let mut spec = Spec::parse(&format!("gated{settings}"))?;
            let gate = Gate::Activation(Box::new(activation));
            let config = GatedConfig::with_gate(gate, &mut spec)?;
            spec.finish().map(|()| config.into())
        })),
        "learned" => Some(
            Spec::parse(&format!("{name}{settings}")).and_then(|mut spec| {
                let config = read_learned(&mut spec)?;
                spec.finish().map(|()| config.into())
            }),
        ),
        _ => None,
    }
}

impl fmt::Display for ActivationConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

by_name!(ActivationConfig);

/// An activation that is a formula, chosen at run time.
#[derive(Module, Debug)]
pub struct PointwiseActivation {
    #[module(skip)]
    formula: Shared,
}

impl PointwiseActivation {
    /// A formula of your own as a module.
    ///
    /// ```
    /// use burn::tensor::{Device, Tensor};
    /// use burn_extras::activation::PointwiseActivation;
    /// use burn_extras::fused::{Number, Pointwise};
    ///
    /// /// A bell on a slope.
    /// #[derive(Clone, Debug)]
    /// struct Hill;
    ///
    /// impl Pointwise for Hill {
    ///     #[inline(always)]
    ///     fn value<N: Number>(&self, x: N) -> N {
    ///         x * 0.25 + (-x.square()).exp()
    ///     }
    /// }
    ///
    /// let hill = PointwiseActivation::new(Hill);
    /// let y = hill.forward(Tensor::<1>::zeros([2], &Device::flex()));
    /// assert_eq!(y.to_data(), [1.0f32, 1.0].into());
    /// ```
    pub fn new<F: Pointwise>(formula: F) -> Self {
        let formula = shared(formula);
        Self { formula }
    }

    /// Applies the activation to each element.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        crate::fused::apply_shared(self.formula.clone(), [input])
    }

    /// The same by Burn's operations alone, as
    /// [`apply_composed`](crate::fused::apply_composed) does it: for comparison.
    pub fn forward_composed<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        crate::fused::apply_shared_composed(self.formula.clone(), [input])
    }
}
