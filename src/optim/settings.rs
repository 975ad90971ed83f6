use core::fmt::Debug;

use serde::{Deserialize, Serialize};

/// Whose formula and defaults a rule follows.
///
/// Libraries mean different things by one name: where epsilon is added, whether the learning rate
/// is inside the velocity, what is corrected for bias. Each rule's page says what differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Convention {
    /// PyTorch's `torch.optim`.
    PyTorch,
    /// Keras 3's `keras.optimizers`.
    Keras,
    /// DeepMind's `optax`.
    Optax,
    /// The form of the textbook "Deep Learning from Scratch".
    Book,
    /// The form of the paper that introduced the rule.
    Paper,
}

impl Convention {
    /// The name in a spec: `adam_keras` is Adam by Keras' convention.
    pub fn name(self) -> &'static str {
        match self {
            Self::PyTorch => "pytorch",
            Self::Keras => "keras",
            Self::Optax => "optax",
            Self::Book => "book",
            Self::Paper => "paper",
        }
    }
}

/// The values that a setting may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// From 0 to below 1: what decays.
    Fraction,
    /// 0 or more, and finite.
    NonNegative,
    /// Above 0, and finite.
    Positive,
    /// Above 0 and below 1.
    Shrinking,
    /// Above 1, and finite.
    Growing,
    /// A switch, 0 or 1.
    Flag,
}

impl Range {
    /// Whether `value` is one of them; NaN never is.
    pub fn contains(self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Self::Fraction => (0.0..1.0).contains(&value),
                Self::NonNegative => value >= 0.0,
                Self::Positive => value > 0.0,
                Self::Shrinking => value > 0.0 && value < 1.0,
                Self::Growing => value > 1.0,
                Self::Flag => value == 0.0 || value == 1.0,
            }
    }

    /// The range in words, to follow "must be".
    pub fn words(self) -> &'static str {
        match self {
            Self::Fraction => "at least 0 and below 1",
            Self::NonNegative => "0 or more",
            Self::Positive => "above 0",
            Self::Shrinking => "above 0 and below 1",
            Self::Growing => "above 1",
            Self::Flag => "0 or 1",
        }
    }
}

/// One setting of a rule, as the registry of names sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The field's name.
    pub name: &'static str,
    /// Its value; switches are 0 or 1.
    pub value: f64,
    /// The values that it may have.
    pub range: Range,
}

/// The settings of an update rule: what a configuration and the registry of names need to know.
pub trait Settings: Clone + Debug + PartialEq {
    /// The name in the registry.
    const NAME: &'static str;
    /// The name of its configuration, for messages.
    const CONFIG: &'static str;
    /// The conventions that there are; the first is the default.
    const CONVENTIONS: &'static [Convention];

    /// The rule by a convention: formula and defaults.
    fn preset(convention: Convention) -> Self;

    /// The convention that the rule follows.
    fn convention(&self) -> Convention;

    /// The learning rate that the convention's library uses when none is given.
    fn default_lr(&self) -> f64;

    /// All settings.
    fn settings(&self) -> Vec<Setting>;

    /// Sets the one of this name; one that is unknown changes nothing.
    fn set(&mut self, name: &str, value: f64);
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

/// Declares an update rule: its type, its configuration with a setter for each setting and a
/// constructor for each convention, and its [`Settings`]. What the numbers are for each convention
/// is written by hand, in the rule's `preset`.
macro_rules! rule {
    (
        $(#[$doc:meta])*
        $rule:ident, $config:ident, $name:literal, lr $lr:expr,
        conventions [$($convention:ident $constructor:ident),*],
        { $($(#[$field_doc:meta])* $field:ident $setter:ident: $type:ident in $range:ident),* $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $rule {
            convention: $crate::optim::Convention,
            $($field: $type,)*
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
                    use $crate::optim::{Convention, Settings};
                    Self::from($rule::preset(Convention::$convention))
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

        impl $crate::optim::Settings for $rule {
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

            fn default_lr(&self) -> f64 {
                #[allow(unused_imports, reason = "rules of one learning rate match nothing")]
                use $crate::optim::Convention::*;
                let lr: fn($crate::optim::Convention) -> f64 = $lr;
                lr(self.convention)
            }

            fn settings(&self) -> Vec<$crate::optim::Setting> {
                #[allow(unused_imports, reason = "some rules have no settings")]
                use $crate::optim::settings::Value;
                vec![$($crate::optim::Setting {
                    name: stringify!($field),
                    value: self.$field.to_f64(),
                    range: $crate::optim::Range::$range,
                }),*]
            }

            #[allow(unused_variables, reason = "some rules have no settings")]
            fn set(&mut self, name: &str, value: f64) {
                #[allow(unused_imports, reason = "some rules have no settings")]
                use $crate::optim::settings::Value;
                match name {
                    $(stringify!($field) => self.$field = <$type>::from_f64(value),)*
                    _ => {}
                }
            }
        }
    };
}
pub(super) use rule;
