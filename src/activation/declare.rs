//! How an activation is declared: its formula is written by hand, the rest follows from a table row.

use super::learned::Kind;
use crate::fused::Shared;
pub(crate) use crate::registry::Range;
use crate::registry::{Spec, SpecError};

/// The range of a parameter in words.
macro_rules! range {
    (Finite) => {
        "from -1e15 to 1e15"
    };
    (Positive) => {
        "from 1e-15 to 1e15"
    };
    (NonNegative) => {
        "from 0 to 1e15"
    };
}

pub(crate) use range;

/// What the registry knows of an activation that is a formula.
pub(crate) trait Declared: Sized {
    const NAME: &'static str;
    const ALIASES: &'static [&'static str];
    /// The path of the module that it is declared in.
    const MODULE: &'static str;
    /// The gain that libraries use by convention.
    const GAIN: Option<f64>;
    /// The same with learned parameters, or why there is no such thing.
    const LEARNED: Result<&'static Kind, &'static str>;

    fn from_spec(spec: &mut Spec) -> Result<Self, SpecError>;
    fn to_spec(&self) -> Spec;
    fn validate(&self) -> Result<(), SpecError>;
    /// Its parameters with their values.
    fn parameters(&self) -> Vec<(&'static str, f64)>;
    fn formula(&self) -> Shared;
}

/// What the registry knows of an activation that is no formula of single numbers, and has no weights.
pub(crate) trait Listed: Sized {
    const NAME: &'static str;
    /// The path of the module that it is declared in.
    const MODULE: &'static str;

    fn from_spec(spec: &mut Spec) -> Result<Self, SpecError>;
    /// Its parameters with their values.
    fn parameters(&self) -> Vec<(&'static str, f64)>;
}

/// What makes a type of settings a configuration of Burn's: it is read if it is valid, and printed as what it is
/// saved as.
macro_rules! checked {
    ($config:ident { $($field:ident: $type:ty),* $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $config {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                struct Unchecked {
                    $($field: $type),*
                }
                let Unchecked { $($field),* } = Unchecked::deserialize(deserializer)?;
                let config = Self { $($field),* };
                config.validate().map_err(serde::de::Error::custom)?;
                Ok(config)
            }
        }

        impl core::fmt::Display for $config {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&burn::config::config_to_json(self))
            }
        }

        impl burn::config::Config for $config {}
    };
}

pub(crate) use checked;

/// Declares an activation: its type, free function, configuration and registry entry.
///
/// The formula stands below the declaration: `impl Pointwise`, or, if there are parameters, `impl Parametric`,
/// from which follows that the parameters can be learned too. Those that cannot have `constant` and the reason.
macro_rules! activation {
    (
        $(#[$doc:meta])*
        $name:ident, $function:ident, [$($alias:literal),*] $(, gain $gain:expr)?
    ) => {
        $(#[$doc])*
        #[derive(burn::module::Module, Copy, Debug, Default, PartialEq)]
        pub struct $name;

        #[doc = concat!("[`", stringify!($name), "`] as a function.")]
        pub fn $function<const D: usize>(tensor: burn::tensor::Tensor<D>) -> burn::tensor::Tensor<D> {
            $name.forward(tensor)
        }

        activation!(@forward $name);

        impl crate::activation::declare::Declared for $name {
            const NAME: &'static str = stringify!($function);
            const ALIASES: &'static [&'static str] = &[$($alias),*];
            const MODULE: &'static str = module_path!();
            const GAIN: Option<f64> = activation!(@gain $($gain)?);
            const LEARNED: Result<&'static crate::activation::learned::Kind, &'static str> =
                Err("it has no parameters to learn");

            fn from_spec(_spec: &mut crate::registry::Spec) -> Result<Self, crate::registry::SpecError> {
                Ok(Self)
            }

            fn to_spec(&self) -> crate::registry::Spec {
                crate::registry::Spec::new(Self::NAME)
            }

            fn validate(&self) -> Result<(), crate::registry::SpecError> {
                Ok(())
            }

            fn parameters(&self) -> Vec<(&'static str, f64)> {
                Vec::new()
            }

            fn formula(&self) -> crate::fused::Shared {
                $name::formula(self)
            }
        }
    };
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$field_doc:meta])* $field:ident / $with:ident: $range:ident = $default:literal),+ $(,)?
        }, $config:ident, $function:ident, [$($alias:literal),*]
        $(, gain $gain:expr)? $(, check $check:path)? $(, constant $why:literal)?
    ) => {
        $(#[$doc])*
        #[derive(burn::module::Module, Copy, Debug, PartialEq)]
        pub struct $name {
            $($field: f64),+
        }

        impl $name {
            $($(#[$field_doc])* pub fn $field(&self) -> f64 {
                self.$field
            })+
        }

        #[doc = concat!("Configuration of [`", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
        pub struct $config {
            $($field: f64),+
        }

        #[allow(clippy::new_without_default, reason = "Burn's configurations have no `Default` either")]
        impl $config {
            /// The defaults.
            pub fn new() -> Self {
                Self { $($field: $default),+ }
            }

            $($(#[$field_doc])*
            #[doc = concat!("\n\nRange: ", crate::activation::declare::range!($range), ".")]
            pub fn $with(mut self, $field: f64) -> Self {
                self.$field = $field;
                self
            }

            $(#[$field_doc])* pub fn $field(&self) -> f64 {
                self.$field
            })+

            /// The activation.
            ///
            /// # Panics
            ///
            /// When a parameter is outside its range: ask [`validate`](Self::validate) first.
            pub fn init(&self) -> $name {
                self.validate().unwrap_or_else(|error| panic!("{error}"));
                $name { $($field: self.$field),+ }
            }

            /// Checks that every parameter is in its range, which those that were parsed are.
            ///
            /// # Errors
            ///
            /// Names the first that is not: type, field, value, range.
            pub fn validate(&self) -> Result<(), crate::registry::SpecError> {
                use crate::activation::declare::Range;
                $(Range::$range.check(stringify!($config), stringify!($field), self.$field)?;)+
                $($check(self)?;)?
                Ok(())
            }
        }

        crate::activation::declare::checked! { $config { $($field: f64),+ } }

        impl Default for $name {
            fn default() -> Self {
                $config::new().init()
            }
        }

        #[doc = concat!("[`", stringify!($name), "`] as a function.\n\n# Panics\n\nWhen a parameter is outside its range.")]
        pub fn $function<const D: usize>(
            tensor: burn::tensor::Tensor<D>,
            $($field: f64),+
        ) -> burn::tensor::Tensor<D> {
            $config { $($field),+ }.init().forward(tensor)
        }

        impl crate::fused::Pointwise for $name {
            #[inline(always)]
            fn value<N: crate::fused::Number>(&self, x: N) -> N {
                self.constant(x, [$(N::literal(self.$field)),+])
            }

            #[inline(always)]
            fn slope<N: crate::fused::Number>(&self, x: N) -> N {
                match self.constant_slope(x, [$(N::literal(self.$field)),+]) {
                    Some(slope) => slope,
                    None => crate::fused::derivative(self, x),
                }
            }

            #[inline(always)]
            fn slope_from_output<N: crate::fused::Number>(&self, y: N) -> Option<N> {
                self.constant_slope_from_output(y)
            }
        }

        activation!(@forward $name);

        activation! {
            @learned $name { $($field: $range = $default),+ }, $config, $function,
            [$($check)?] $($why)?
        }

        impl crate::activation::declare::Declared for $config {
            const NAME: &'static str = stringify!($function);
            const ALIASES: &'static [&'static str] = &[$($alias),*];
            const MODULE: &'static str = module_path!();
            const GAIN: Option<f64> = activation!(@gain $($gain)?);
            const LEARNED: Result<&'static crate::activation::learned::Kind, &'static str> =
                activation!(@kind $name $($why)?);

            fn from_spec(spec: &mut crate::registry::Spec) -> Result<Self, crate::registry::SpecError> {
                let config = Self { $($field: spec.take(stringify!($field), $default)),+ };
                config.validate().map(|_| config)
            }

            fn to_spec(&self) -> crate::registry::Spec {
                crate::registry::Spec::new(Self::NAME)
                    $(.with(stringify!($field), self.$field, $default))+
            }

            fn validate(&self) -> Result<(), crate::registry::SpecError> {
                $config::validate(self)
            }

            fn parameters(&self) -> Vec<(&'static str, f64)> {
                vec![$((stringify!($field), self.$field)),+]
            }

            fn formula(&self) -> crate::fused::Shared {
                self.init().formula()
            }
        }
    };
    (@forward $name:ident) => {
        impl $name {
            /// Applies the activation to each element.
            pub fn forward<const D: usize>(
                &self,
                input: burn::tensor::Tensor<D>,
            ) -> burn::tensor::Tensor<D> {
                crate::fused::apply_shared(self.formula(), [input])
            }

            // Not generic and not inlined, so that the kernels are compiled with this crate.
            #[inline(never)]
            fn formula(&self) -> crate::fused::Shared {
                crate::fused::shared(*self)
            }
        }
    };
    (
        @learned $name:ident { $($field:ident: $range:ident = $default:literal),+ }, $config:ident,
        $function:ident, [$($check:path)?]
    ) => {
        impl $name {
            const LEARNED: &'static crate::activation::learned::Kind = &crate::activation::learned::Kind {
                name: stringify!($function),
                written: concat!("learned(", stringify!($function), ")"),
                function: crate::activation::learned::Maker::Listed(Self::learnable),
                parameters: &[$(crate::activation::learned::Parameter {
                    name: stringify!($field),
                    range: crate::activation::declare::Range::$range,
                    start: $default,
                    count: crate::activation::learned::Count::Either,
                }),+],
                check: activation!(@check $config { $($field),+ } $($check)?),
            };

            #[inline(never)]
            fn learnable() -> crate::fused::Shared {
                crate::fused::shared::<_, { 1 + [$(stringify!($field)),+].len() }>(
                    crate::activation::parametric::Learnable::<Self>::new(),
                )
            }

            /// The activation with other parameters for each place along an axis, or with learned ones: gradients
            /// reach the tensors.
            ///
            /// # Shapes
            ///
            /// The output has the tensor's. A parameter is one number, or one for each place along the axis.
            ///
            /// # Panics
            ///
            /// When a parameter has another number of places.
            pub fn learned<const D: usize>(
                tensor: burn::tensor::Tensor<D>,
                axis: usize,
                $($field: burn::tensor::Tensor<1>),+
            ) -> burn::tensor::Tensor<D> {
                crate::activation::learned::apply(Self::learnable(), tensor, axis, [$($field),+])
            }
        }

        impl crate::activation::LearnedConfig {
            #[doc = concat!(
                "[`", stringify!($name), "`](super::", stringify!($name), ") with learned parameters, `learned(",
                stringify!($function), ")`.\n\nThey start at the defaults of the constant ones:",
                $(" `", stringify!($field), "` at ", stringify!($default), ",",)+
                " and are free from there on."
            )]
            pub fn $function() -> Self {
                Self::of($name::LEARNED)
            }
        }
    };
    (
        @learned $name:ident { $($field:ident: $range:ident = $default:literal),+ }, $config:ident,
        $function:ident, [] $why:literal
    ) => {};
    (@kind $name:ident) => { Ok($name::LEARNED) };
    (@kind $name:ident $why:literal) => { Err($why) };
    (@check $config:ident { $($field:ident),+ }) => { None };
    (@check $config:ident { $($field:ident),+ } $check:path) => {
        Some(|starts| match starts {
            &[$($field),+] => $check(&$config { $($field),+ }),
            _ => Ok(()),
        })
    };
    (@gain) => { None };
    (@gain $gain:expr) => { Some($gain) };
}

pub(crate) use activation;

/// More features than any layer has: beyond it the weights would not fit in memory.
const MOST: f64 = 1e6;

/// `value` as a number of things.
pub(crate) fn count(
    type_name: &'static str,
    field: &'static str,
    value: f64,
) -> Result<usize, SpecError> {
    let range = if value >= 1.0 && value.fract() == 0.0 {
        "at most 1000000"
    } else {
        "a whole number of at least 1"
    };
    if (1.0..=MOST).contains(&value) && value.fract() == 0.0 {
        Ok(value as usize)
    } else {
        Err(SpecError::out_of_range(type_name, field, value, range))
    }
}
