//! What a name on a command line or in a config file means.
//!
//! A [`Spec`] is a name with optional parameters, `elu(alpha=0.5)`. The registries
//! ([`ActivationConfig`](crate::activation::ActivationConfig),
//! [`OptimizerConfig`](crate::optim::OptimizerConfig),
//! [`InitConfig`](crate::init::InitConfig),
//! [`ScheduleConfig`](crate::schedule::ScheduleConfig)) read one and turn it into a configuration; whatever
//! is wrong with it becomes a [`SpecError`], one line that says what would be right.
//!
//! ```
//! use burn_extras::registry::Spec;
//!
//! let mut spec: Spec = "ELU(alpha = 0.5)".parse()?;
//! assert_eq!(spec.name(), "elu");
//! assert_eq!(spec.take("alpha", 1.0), 0.5);
//! spec.finish()?;
//! # Ok::<(), burn_extras::registry::SpecError>(())
//! ```

mod range;

use core::fmt;
use core::str::FromStr;

pub use range::Range;

/// A name with parameters: `relu`, `elu(alpha=0.5)`, `adam(beta_1=0.8, beta_2=0.99)`.
///
/// Case does not matter, `-` is the same as `_`, and `true` and `false` are 1 and 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    name: String,
    params: Vec<(String, f64)>,
    known: Vec<&'static str>,
}

impl Spec {
    /// A spec without parameters, to be written with [`Display`](fmt::Display).
    pub fn new(name: &str) -> Self {
        Self {
            name: normalize(name),
            params: Vec::new(),
            known: Vec::new(),
        }
    }

    /// Adds a parameter, unless it has its default value.
    #[must_use]
    pub fn with(mut self, param: &str, value: f64, default: f64) -> Self {
        if value != default {
            self.params.push((normalize(param), value));
        }
        self
    }

    /// Reads `NAME` or `NAME(PARAMETER=NUMBER, ...)`.
    ///
    /// # Errors
    ///
    /// When the text is not of this form, a number is not a finite number, or a parameter is
    /// given twice.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let text = text.trim();
        let syntax = || SpecError::Syntax(text.to_string());
        let (name, list) = match text.split_once('(') {
            Some((name, rest)) => (name, Some(rest.strip_suffix(')').ok_or_else(syntax)?)),
            None => (text, None),
        };
        let mut spec = Self::new(name);
        if !is_word(&spec.name) {
            return Err(syntax());
        }
        for assignment in list.iter().flat_map(|list| list.split(',')) {
            let (param, number) = assignment.split_once('=').ok_or_else(syntax)?;
            let param = normalize(param);
            if !is_word(&param) {
                return Err(syntax());
            }
            if spec.params.iter().any(|(name, _)| *name == param) {
                return Err(SpecError::RepeatedParameter {
                    name: spec.name,
                    parameter: param,
                });
            }
            let number = number.trim();
            match read_number(number) {
                Some(value) => spec.params.push((param, value)),
                None => {
                    return Err(SpecError::BadNumber {
                        name: spec.name,
                        parameter: param,
                        text: number.to_string(),
                    });
                }
            }
        }
        Ok(spec)
    }

    /// The name, in lower case and with `_` for `-`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The parameters that have not been taken.
    pub fn params(&self) -> &[(String, f64)] {
        &self.params
    }

    /// Takes the value of a parameter out of the spec, or its default.
    pub fn take(&mut self, param: &'static str, default: f64) -> f64 {
        self.take_given(param).unwrap_or(default)
    }

    /// Takes the value of a parameter out of the spec, if it is given.
    pub fn take_given(&mut self, param: &'static str) -> Option<f64> {
        self.known.push(param);
        self.take_alias(param)
    }

    /// [`take_given`](Self::take_given) by a spelling that [`finish`](Self::finish) does not list.
    pub fn take_alias(&mut self, param: &str) -> Option<f64> {
        let index = self.params.iter().position(|(name, _)| name == param)?;
        Some(self.params.remove(index).1)
    }

    /// Checks that every parameter has been taken.
    ///
    /// # Errors
    ///
    /// When one is left: the error lists those that were asked for.
    pub fn finish(self) -> Result<(), SpecError> {
        match self.params.into_iter().next() {
            None => Ok(()),
            Some((parameter, _)) => Err(SpecError::UnknownParameter {
                name: self.name,
                parameter,
                known: self.known,
            }),
        }
    }

    /// The error for a name that is in no list: `kind` is what was looked for ("activation").
    pub fn unknown(&self, kind: &'static str, names: &[&'static str]) -> SpecError {
        SpecError::unknown(kind, &self.name, names)
    }
}

impl FromStr for Spec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        Self::parse(text)
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (index, (param, value)) in self.params.iter().enumerate() {
            let separator = if index == 0 { "(" } else { ", " };
            write!(f, "{separator}{param}={value}")?;
        }
        if !self.params.is_empty() {
            f.write_str(")")?;
        }
        Ok(())
    }
}

/// Why a [`Spec`] was refused. The message is one line and says what would be right.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SpecError {
    /// The text is not `NAME` or `NAME(PARAMETER=NUMBER, ...)`.
    Syntax(String),
    /// No such name.
    UnknownName {
        /// What was looked for: "activation".
        kind: &'static str,
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// The name has no such parameter.
    UnknownParameter {
        /// The name.
        name: String,
        /// The parameter.
        parameter: String,
        /// The parameters that it has.
        known: Vec<&'static str>,
    },
    /// A parameter is given twice.
    RepeatedParameter {
        /// The name.
        name: String,
        /// The parameter.
        parameter: String,
    },
    /// The value is not a finite number.
    BadNumber {
        /// The name.
        name: String,
        /// The parameter.
        parameter: String,
        /// What stands in place of the number.
        text: String,
    },
    /// What is asked for exists, but not here or not in this form.
    Instead {
        /// What there is not.
        what: String,
        /// What to use in its place.
        instead: String,
    },
    /// The value is outside its range.
    OutOfRange {
        /// The type that refuses it: "EluConfig".
        type_name: &'static str,
        /// The field.
        field: &'static str,
        /// The value.
        value: f64,
        /// The allowed range in words: "greater than 0".
        range: &'static str,
    },
}

impl SpecError {
    /// The error for a name that is in no list.
    pub fn unknown(kind: &'static str, name: &str, names: &[&'static str]) -> Self {
        Self::UnknownName {
            kind,
            name: name.to_string(),
            known: names.to_vec(),
        }
    }

    /// The error for what exists elsewhere, or in another form: `instead` says what to use.
    pub fn instead(what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self::Instead {
            what: what.into(),
            instead: instead.into(),
        }
    }

    /// The error for a value outside its range.
    pub fn out_of_range(
        type_name: &'static str,
        field: &'static str,
        value: f64,
        range: &'static str,
    ) -> Self {
        Self::OutOfRange {
            type_name,
            field,
            value,
            range,
        }
    }
}

impl core::error::Error for SpecError {}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(&mut OneLine(f))
    }
}

/// Keeps what was typed in one line: control characters are written as Rust writes them in a string.
struct OneLine<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|char| match char.is_control() {
            true => write!(self.0, "{}", char.escape_default()),
            false => self.0.write_char(char),
        })
    }
}

impl SpecError {
    fn write(&self, f: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Self::Syntax(text) => write!(
                f,
                "cannot read \"{text}\": expected NAME or NAME(PARAMETER=NUMBER, ...)"
            ),
            Self::UnknownName { kind, name, known } => {
                write!(f, "unknown {kind} \"{name}\"")?;
                if let Some(closest) = closest(name, known) {
                    write!(f, ", did you mean \"{closest}\"?")?;
                }
                write!(f, " (known: {})", known.join(", "))
            }
            Self::UnknownParameter {
                name,
                parameter,
                known,
            } if known.is_empty() => {
                write!(f, "{name} takes no parameters, so no \"{parameter}\"")
            }
            Self::UnknownParameter {
                name,
                parameter,
                known,
            } => {
                write!(f, "{name} has no parameter \"{parameter}\"")?;
                if let Some(closest) = closest(parameter, known) {
                    write!(f, ", did you mean \"{closest}\"?")?;
                }
                write!(f, " (known: {})", known.join(", "))
            }
            Self::RepeatedParameter { name, parameter } => {
                write!(f, "{name}: \"{parameter}\" is given twice")
            }
            Self::BadNumber {
                name,
                parameter,
                text,
            } => write!(
                f,
                "{name}: {parameter} must be a finite number, got \"{text}\""
            ),
            Self::Instead { what, instead } => write!(f, "{what}: {instead}"),
            Self::OutOfRange {
                type_name,
                field,
                value,
                range,
            } => write!(f, "{type_name}: {field} must be {range}, got {value}"),
        }
    }
}

/// `Ok` if `value` is a finite number for which `inside` holds.
pub(crate) fn check(
    type_name: &'static str,
    field: &'static str,
    value: f64,
    range: &'static str,
    inside: bool,
) -> Result<(), SpecError> {
    if inside && value.is_finite() {
        Ok(())
    } else {
        Err(SpecError::out_of_range(type_name, field, value, range))
    }
}

/// The one of `names` that `name` may have meant.
pub fn closest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    // Two slips, or three in a long name: beyond that a guess misleads.
    let limit = (name.len() / 3).clamp(2, 3);
    names
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), *known))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

fn normalize(word: &str) -> String {
    word.trim().to_lowercase().replace('-', "_")
}

/// A finite number; a switch may be written as a word.
fn read_number(text: &str) -> Option<f64> {
    match text.to_lowercase().as_str() {
        "true" => Some(1.0),
        "false" => Some(0.0),
        text => text.parse().ok().filter(|value: &f64| value.is_finite()),
    }
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A whole number that stands in a spec.
pub(crate) fn whole(
    config: &'static str,
    field: &'static str,
    value: f64,
) -> Result<usize, SpecError> {
    Range::Whole.check(config, field, value)?;
    Ok(value as usize)
}

/// A switch that stands in a spec.
pub(crate) fn flag(
    config: &'static str,
    field: &'static str,
    value: f64,
) -> Result<bool, SpecError> {
    Range::Flag.check(config, field, value)?;
    Ok(value == 1.0)
}

/// What a configuration that is read from a name and written as one is besides: its text form, and what is
/// serialized.
macro_rules! by_name {
    ($config:ident, $kind:literal, $names:expr) => {
        impl core::str::FromStr for $config {
            type Err = $crate::registry::SpecError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut spec = $crate::registry::Spec::parse(text)?;
                let config = Self::named(spec.name())
                    .ok_or_else(|| spec.unknown($kind, &$names))?
                    .with_spec(&mut spec)?;
                spec.finish()?;
                config.validate()?;
                Ok(config)
            }
        }

        impl core::fmt::Display for $config {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.to_spec().fmt(f)
            }
        }

        $crate::registry::by_name!($config);
    };
    ($config:ident) => {
        impl TryFrom<String> for $config {
            type Error = $crate::registry::SpecError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$config> for String {
            fn from(config: $config) -> Self {
                config.to_string()
            }
        }
    };
}

pub(crate) use by_name;

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        Spec::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn reads_and_writes() {
        for text in [
            "relu",
            "elu(alpha=0.5)",
            "adam(beta_1=0.8, epsilon=0.00000001)",
        ] {
            assert_eq!(Spec::parse(text).unwrap().to_string(), text);
        }
        let spec = Spec::parse(" Leaky-ReLU( negative-slope = 1e-2 ) ").unwrap();
        assert_eq!(spec.to_string(), "leaky_relu(negative_slope=0.01)");
        let spec = Spec::new("elu").with("alpha", 1.0, 1.0);
        assert_eq!(spec.to_string(), "elu", "a default is not written");
    }

    #[test]
    fn takes_parameters() {
        let mut spec = Spec::parse("adam(beta_2=0.99)").unwrap();
        assert_eq!(spec.take("beta_1", 0.9), 0.9);
        assert_eq!(spec.take("beta_2", 0.999), 0.99);
        assert_eq!(spec.finish(), Ok(()));
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for text in [
            "",
            "()",
            "elu(",
            "elu(alpha)",
            "elu(alpha=1",
            "elu()",
            "a b",
            "elu(=1)",
        ] {
            assert!(message(text).starts_with("cannot read"), "{text}");
        }
        let spec = Spec::parse("rmsprop(centered=True)").unwrap();
        assert_eq!(spec.to_string(), "rmsprop(centered=1)");
        for number in ["x", "nan", "inf", "-inf", ""] {
            assert_eq!(
                message(&format!("elu(alpha={number})")),
                format!("elu: alpha must be a finite number, got \"{number}\"")
            );
        }
        assert_eq!(
            message("elu(alpha=1, ALPHA=2)"),
            "elu: \"alpha\" is given twice"
        );
    }

    #[test]
    fn says_what_would_be_right() {
        let spec = Spec::parse("rleu").unwrap();
        assert_eq!(
            spec.unknown("activation", &["elu", "relu"]).to_string(),
            "unknown activation \"rleu\", did you mean \"relu\"? (known: elu, relu)"
        );
        let spec = Spec::parse("parabola").unwrap();
        assert_eq!(
            spec.unknown("activation", &["elu", "relu"]).to_string(),
            "unknown activation \"parabola\" (known: elu, relu)"
        );
        let mut spec = Spec::parse("elu(alpa=2)").unwrap();
        spec.take("alpha", 1.0);
        assert_eq!(
            spec.finish().unwrap_err().to_string(),
            "elu has no parameter \"alpa\", did you mean \"alpha\"? (known: alpha)"
        );
        let spec = Spec::parse("relu(alpha=1)").unwrap();
        assert_eq!(
            spec.finish().unwrap_err().to_string(),
            "relu takes no parameters, so no \"alpha\""
        );
        assert_eq!(
            SpecError::out_of_range("EluConfig", "alpha", -1.0, "greater than 0").to_string(),
            "EluConfig: alpha must be greater than 0, got -1"
        );
    }

    #[test]
    fn a_message_is_one_line_whatever_was_typed() {
        for text in [
            "re\nlu",
            "relu(a\r\n=1)",
            "relu(alpha=\u{85}1)",
            "relu(\n",
            "el\u{1b}[1mu",
        ] {
            let spec = text.parse::<Spec>();
            let message = match spec {
                Ok(spec) if spec.params().is_empty() => spec.unknown("activation", &["relu"]),
                Ok(spec) => spec.finish().unwrap_err(),
                Err(error) => error,
            };
            let message = message.to_string();
            assert!(!message.contains(char::is_control), "{message:?}");
        }
    }
}
