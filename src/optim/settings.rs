use core::fmt::Debug;

use super::Convention;
use crate::optim::WeightDecay;
use crate::registry::{Range, SpecError};

/// One setting of a rule or a modifier, as the registry of names sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Setting {
    /// The field's name.
    pub name: &'static str,
    /// Its value; switches are 0 or 1.
    pub value: f64,
    /// The values that it may have.
    pub range: Range,
    /// The conventions that have it.
    pub conventions: &'static [Convention],
}

impl Setting {
    /// `Ok` if the setting may have this value; the error names `config` otherwise.
    pub(super) fn check(&self, config: &'static str, value: f64) -> Result<(), SpecError> {
        self.range.check(config, self.name, value)
    }
}

/// The settings of an update rule or a modifier of this crate: what a configuration and the registry of names
/// need to know.
pub trait Settings: Clone + Debug + PartialEq + sealed::Sealed {
    /// The name in the registry.
    const NAME: &'static str;
    /// The name of its configuration, for messages.
    const CONFIG: &'static str;
    /// The conventions that there are; the first is the default.
    const CONVENTIONS: &'static [Convention];

    /// Formula and defaults of a convention.
    fn preset(convention: Convention) -> Self;

    /// The convention that is followed.
    fn convention(&self) -> Convention;

    /// All settings, also those that the convention lacks.
    fn settings(&self) -> Vec<Setting>;

    /// The settings that the convention has.
    fn convention_settings(&self) -> Vec<Setting> {
        let mut settings = self.settings();
        settings.retain(|setting| setting.conventions.contains(&self.convention()));
        settings
    }

    /// Sets the one of this name; one that is unknown changes nothing.
    ///
    /// # Errors
    ///
    /// When the value is outside the setting's range.
    fn set(&mut self, name: &str, value: f64) -> Result<(), SpecError>;

    /// Checks that every setting is in its range, and that those that the convention lacks were
    /// left alone.
    ///
    /// # Errors
    ///
    /// Names the first that is not: type, field, value, range.
    fn check(&self) -> Result<(), SpecError> {
        let defaults = Self::preset(self.convention()).settings();
        for (setting, default) in self.settings().iter().zip(defaults) {
            setting.check(Self::CONFIG, setting.value)?;
            if setting.value != default.value && !setting.conventions.contains(&self.convention()) {
                return Err(lacking(
                    Self::CONFIG,
                    Self::NAME,
                    self.convention(),
                    setting,
                ));
            }
        }
        Ok(())
    }
}

/// The settings of an update rule, and what the library has besides them.
pub trait RuleSettings: Settings {
    /// The name of the form whose weight decay is decoupled (`adamw`), and the libraries that have
    /// it with their defaults, where it is a function or class of its own.
    const DECOUPLED: Option<(&'static str, &'static [(Convention, f64)])>;

    /// What `weight_decay` does in the library, and its default; `None` where the library's form
    /// has no such argument.
    fn weight_decay(convention: Convention) -> Option<WeightDecay>;

    /// The learning rate that the convention's library uses when none is given; where it must be
    /// given, as in optax, the one that is usual.
    fn default_lr(&self) -> f64;
}

/// The error for a setting that the rule's form by `convention` does not have: it says which has.
pub(super) fn lacking(
    what: &str,
    rule: &str,
    convention: Convention,
    setting: &Setting,
) -> SpecError {
    let forms = setting
        .conventions
        .iter()
        .map(|it| format!("{rule}_{}", it.name()));
    SpecError::instead(
        format!(
            "{what}: the form by the convention \"{}\" has no {}",
            convention.name(),
            setting.name
        ),
        format!("{} has it", forms.collect::<Vec<_>>().join(" or ")),
    )
}

pub(super) mod sealed {
    /// Keeps [`Settings`](super::Settings) to this crate, so that it can grow.
    pub trait Sealed {}
}

/// A setting's type: a number, or a switch.
pub(super) trait Value: Copy {
    fn to_f64(self) -> f64;
    fn from_f64(value: f64) -> Self;
}

impl Value for f64 {
    fn to_f64(self) -> f64 {
        self
    }
    fn from_f64(value: f64) -> Self {
        value
    }
}

impl Value for bool {
    fn to_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
    fn from_f64(value: f64) -> Self {
        value != 0.0
    }
}

/// Declares a type with settings by conventions, and its [`Settings`]. A setting that only some conventions have
/// lists them: `only`.
macro_rules! settings {
    (
        $(#[$doc:meta])*
        $type:ident, $config:ident, $name:literal, [$($convention:ident),*],
        { $($field:ident: $number:ident in $range:ident [$($only:ident),*]),* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        pub struct $type {
            convention: $crate::optim::Convention,
            $($field: $number,)*
        }

        impl $crate::optim::settings::sealed::Sealed for $type {}

        impl $crate::optim::Settings for $type {
            const NAME: &'static str = $name;
            const CONFIG: &'static str = stringify!($config);
            const CONVENTIONS: &'static [$crate::optim::Convention] =
                &[$($crate::optim::Convention::$convention),*];

            fn preset(convention: $crate::optim::Convention) -> Self {
                Self::by_convention(convention)
            }

            fn convention(&self) -> $crate::optim::Convention {
                self.convention
            }

            fn settings(&self) -> Vec<$crate::optim::Setting> {
                #[allow(unused_imports, reason = "some have no settings")]
                use $crate::optim::settings::Value;
                vec![$($crate::optim::Setting {
                    name: stringify!($field),
                    value: self.$field.to_f64(),
                    range: $crate::registry::Range::$range,
                    conventions: $crate::optim::settings::settings!(@conventions [$($only),*]),
                }),*]
            }

            #[allow(unused_variables, reason = "some have no settings")]
            fn set(&mut self, name: &str, value: f64) -> Result<(), $crate::registry::SpecError> {
                #[allow(unused_imports, reason = "some have no settings")]
                use $crate::optim::settings::Value;
                for setting in self.settings().iter().filter(|it| it.name == name) {
                    setting.check(Self::CONFIG, value)?;
                }
                match name {
                    $(stringify!($field) => self.$field = <$number>::from_f64(value),)*
                    _ => {}
                }
                Ok(())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Unchecked {
                    convention: $crate::optim::Convention,
                    $($field: $number,)*
                }
                let Unchecked { convention, $($field),* } = serde::Deserialize::deserialize(deserializer)?;
                let read = Self { convention, $($field),* };
                $crate::optim::Settings::check(&read).map_err(serde::de::Error::custom)?;
                Ok(read)
            }
        }
    };
    (@conventions []) => { Self::CONVENTIONS };
    (@conventions [$($only:ident),*]) => { &[$($crate::optim::Convention::$only),*] };
}
pub(super) use settings;

/// Declares an update rule: its type, its configuration with a setter for each setting and a
/// constructor for each convention, and its [`RuleSettings`]. What the numbers are for each convention
/// is written by hand, in the rule's `by_convention`.
///
/// `decoupled` names the form whose weight decay is decoupled and says which libraries have it.
/// `decay` says what the libraries' `weight_decay` is where it is not what
/// [`Convention::weight_decay`] says.
macro_rules! rule {
    (
        $(#[$doc:meta])*
        $rule:ident, $config:ident, $name:literal, lr $lr:expr,
        conventions [$($convention:ident $constructor:ident),*],
        $(decoupled $decoupled:literal [$($has:ident $strength:literal),*],)?
        $(decay $decay:expr,)?
        {
            $(
                $(#[$field_doc:meta])*
                $field:ident $setter:ident: $type:ident in $range:ident $(only [$($only:ident),*])?
            ),* $(,)?
        }
    ) => {
        $crate::optim::settings::settings! {
            $(#[$doc])*
            $rule, $config, $name, [$($convention),*],
            { $($field: $type in $range [$($($only),*)?]),* }
        }

        #[doc = concat!("Configuration of [`", stringify!($rule), "`].")]
        pub type $config = $crate::optim::RuleConfig<$rule>;

        impl $config {
            $(
                #[doc = concat!(
                    stringify!($rule), " by the convention [`",
                    stringify!($convention), "`](crate::optim::Convention::",
                    stringify!($convention), "): formula and defaults."
                )]
                pub fn $constructor() -> Self {
                    Self::by_convention($crate::optim::Convention::$convention)
                }
            )*
            $(
                $(#[$field_doc])*
                #[must_use]
                pub fn $setter(mut self, value: $type) -> Self {
                    self.rule.$field = value;
                    self
                }
            )*
        }

        impl $crate::optim::RuleSettings for $rule {
            const DECOUPLED: Option<(&'static str, &'static [($crate::optim::Convention, f64)])> =
                $crate::optim::settings::rule!(@decoupled $($decoupled [$(($crate::optim::Convention::$has, $strength)),*])?);

            fn weight_decay(
                convention: $crate::optim::Convention,
            ) -> Option<$crate::optim::WeightDecay> {
                #[allow(unused_imports, reason = "most rules follow their library")]
                use $crate::optim::{Convention::*, WeightDecay::*};
                let decay: fn($crate::optim::Convention) -> Option<$crate::optim::WeightDecay> =
                    $crate::optim::settings::rule!(@decay $($decay)?);
                decay(convention)
            }

            fn default_lr(&self) -> f64 {
                #[allow(unused_imports, reason = "rules of one learning rate match nothing")]
                use $crate::optim::Convention::*;
                let lr: fn($crate::optim::Convention) -> f64 = $lr;
                lr(self.convention)
            }
        }
    };
    (@decoupled) => { None };
    (@decoupled $name:literal $has:tt) => { Some(($name, &$has)) };
    (@decay) => { |convention| convention.weight_decay() };
    (@decay $decay:expr) => { $decay };
}
pub(super) use rule;

/// Declares a modifier: its type with a setter for each setting and a constructor for each convention, and its
/// [`Settings`]. What the numbers are for each convention is written by hand, in its `by_convention`.
macro_rules! modifier {
    (
        $(#[$doc:meta])*
        $modifier:ident, $name:literal,
        conventions [$($convention:ident $constructor:ident),*],
        {
            $(
                $(#[$field_doc:meta])*
                $field:ident $setter:ident: $type:ident in $range:ident $(only [$($only:ident),*])?
            ),* $(,)?
        }
    ) => {
        $crate::optim::settings::settings! {
            $(#[$doc])*
            $modifier, $modifier, $name, [$($convention),*],
            { $($field: $type in $range [$($($only),*)?]),* }
        }

        impl $modifier {
            /// Formula and defaults of the first convention listed.
            pub fn new() -> Self {
                Self::by_convention(<Self as $crate::optim::Settings>::CONVENTIONS[0])
            }

            $(
                #[doc = concat!(
                    "By the convention [`", stringify!($convention), "`](crate::optim::Convention::",
                    stringify!($convention), "): formula and defaults."
                )]
                pub fn $constructor() -> Self {
                    Self::by_convention($crate::optim::Convention::$convention)
                }
            )*
            $(
                $(#[$field_doc])*
                #[must_use]
                pub fn $setter(mut self, value: $type) -> Self {
                    self.$field = value;
                    self
                }
            )*
        }

        impl Default for $modifier {
            fn default() -> Self {
                Self::new()
            }
        }
    };
}
pub(super) use modifier;
