//! How an activation is declared: its formula is written by hand, the rest follows from a table row.

use crate::fused::Formula;
use crate::registry::{Spec, SpecError};

/// The numbers that a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Range {
    /// Any finite number.
    Finite,
    /// Greater than 0.
    Positive,
    /// 0 or more.
    NonNegative,
}

impl Range {
    /// `value`, if it is in the range.
    pub(crate) fn check(
        self,
        type_name: &'static str,
        field: &'static str,
        value: f64,
    ) -> Result<f64, SpecError> {
        let (inside, words) = match self {
            Self::Finite => (true, "a finite number"),
            Self::Positive => (value > 0.0, "greater than 0"),
            Self::NonNegative => (value >= 0.0, "at least 0"),
        };
        if inside && value.is_finite() {
            Ok(value)
        } else {
            Err(SpecError::out_of_range(type_name, field, value, words))
        }
    }
}

/// What the registry knows of an activation that is a formula.
pub(crate) trait Declared: Sized {
    const NAME: &'static str;
    const ALIASES: &'static [&'static str];
    /// The path of the module that it is declared in.
    const MODULE: &'static str;
    /// The gain that libraries use by convention.
    const GAIN: Option<f64>;

    fn from_spec(spec: &mut Spec) -> Result<Self, SpecError>;
    fn to_spec(&self) -> Spec;
    /// Its parameters with their values.
    fn parameters(&self) -> Vec<(&'static str, f64)>;
    fn formula(&self) -> Formula;
}

/// Declares an activation: its type, free function, configuration and registry entry.
///
/// The formula, `impl Pointwise`, stands below the declaration.
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

            fn from_spec(_spec: &mut crate::registry::Spec) -> Result<Self, crate::registry::SpecError> {
                Ok(Self)
            }

            fn to_spec(&self) -> crate::registry::Spec {
                crate::registry::Spec::new(Self::NAME)
            }

            fn parameters(&self) -> Vec<(&'static str, f64)> {
                Vec::new()
            }

            fn formula(&self) -> crate::fused::Formula {
                $name::formula(self)
            }
        }
    };
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$field_doc:meta])* $field:ident: $range:ident = $default:literal),+ $(,)?
        }, $config:ident, $function:ident, [$($alias:literal),*] $(, gain $gain:expr)?
    ) => {
        $(#[$doc])*
        #[derive(burn::module::Module, Copy, Debug, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: f64),+
        }

        #[doc = concat!("Configuration of [`", stringify!($name), "`].")]
        #[derive(burn::config::Config, Copy, Debug, PartialEq)]
        pub struct $config {
            $($(#[$field_doc])* #[config(default = $default)] pub $field: f64),+
        }

        impl $config {
            #[doc = concat!("The activation.\n\n# Panics\n\nWhen a parameter is outside its range: ", $("`", stringify!($field), "` must be ", stringify!($range), ". "),+)]
            pub fn init(&self) -> $name {
                self.validate().unwrap_or_else(|error| panic!("{error}"))
            }

            fn validate(&self) -> Result<$name, crate::registry::SpecError> {
                use crate::activation::declare::Range;
                Ok($name {
                    $($field: Range::$range.check(stringify!($config), stringify!($field), self.$field)?),+
                })
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }

        #[doc = concat!("[`", stringify!($name), "`] as a function.\n\n# Panics\n\nWhen a parameter is outside its range.")]
        pub fn $function<const D: usize>(
            tensor: burn::tensor::Tensor<D>,
            $($field: f64),+
        ) -> burn::tensor::Tensor<D> {
            $config { $($field),+ }.init().forward(tensor)
        }

        activation!(@forward $name);

        impl crate::activation::declare::Declared for $config {
            const NAME: &'static str = stringify!($function);
            const ALIASES: &'static [&'static str] = &[$($alias),*];
            const MODULE: &'static str = module_path!();
            const GAIN: Option<f64> = activation!(@gain $($gain)?);

            fn from_spec(spec: &mut crate::registry::Spec) -> Result<Self, crate::registry::SpecError> {
                let config = Self { $($field: spec.take(stringify!($field), $default)),+ };
                config.validate().map(|_| config)
            }

            fn to_spec(&self) -> crate::registry::Spec {
                crate::registry::Spec::new(Self::NAME)
                    $(.with(stringify!($field), self.$field, $default))+
            }

            fn parameters(&self) -> Vec<(&'static str, f64)> {
                vec![$((stringify!($field), self.$field)),+]
            }

            fn formula(&self) -> crate::fused::Formula {
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
                crate::fused::apply_formula(self.formula(), input)
            }

            // Not generic and not inlined, so that the kernels are compiled with this crate.
            #[inline(never)]
            fn formula(&self) -> crate::fused::Formula {
                std::sync::Arc::new(*self)
            }
        }
    };
    (@gain) => { None };
    (@gain $gain:expr) => { Some($gain) };
}

pub(crate) use activation;
