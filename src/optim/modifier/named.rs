use core::fmt;
use core::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::*;
use crate::optim::names::{modifier_from_spec, modifier_presets, modifier_to_spec};
use crate::optim::rule::{Part, part};
use crate::optim::{Setting, Settings};
use crate::registry::{Spec, SpecError};

/// Where a modifier has its place among those of the parameter.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Place {
    /// It holds back the gradient.
    Accumulation,
    /// It changes the gradient, in whichever order they are named.
    Gradient,
    /// It changes the rule's step.
    Step,
    /// It takes off something of its own.
    Decay,
    /// It wraps all before.
    Wrapper,
    /// It watches.
    Average,
}

/// Declares the enum of all modifiers and what follows from the list.
macro_rules! modifiers {
    ($($modifier:ident in $place:ident),* $(,)?) => {
        /// A modifier by name, as behind a `+` in the name of an optimizer: `adamw + lookahead(k=6) + ema`.
        ///
        /// `accumulate` comes first. Those of the gradient act in the order in which they are named. Those of the parameter follow the order
        /// that has a meaning: what changes the step (`cautious`, `trust_ratio`), decay (`independent_decay`,
        /// `cautious_decay`), what wraps all that (`lookahead`, `schedule_free`), averages (`ema`,
        /// `polynomial_average`, `swa`).
        ///
        /// ```
        /// use burn_extras::optim::{Lookahead, ModifierConfig};
        ///
        /// let modifier: ModifierConfig = "lookahead(k=6)".parse()?;
        /// assert_eq!(modifier, Lookahead::new().with_k(6.0).into());
        /// # Ok::<(), burn_extras::registry::SpecError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum ModifierConfig {
            $(
                #[doc = concat!("[`", stringify!($modifier), "`].")]
                $modifier($modifier),
            )*
        }

        $(
            impl From<$modifier> for ModifierConfig {
                fn from(modifier: $modifier) -> Self {
                    Self::$modifier(modifier)
                }
            }
        )*

        impl ModifierConfig {
            /// The names that can be parsed, without those that choose a convention.
            pub fn names() -> &'static [&'static str] {
                &[$($modifier::NAME),*]
            }

            /// The names of every form of every modifier, those that choose a convention.
            pub fn presets() -> Vec<String> {
                [$(modifier_presets::<$modifier>()),*].concat()
            }

            /// The name without settings or convention.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$modifier(_) => $modifier::NAME,)*
                }
            }

            /// The settings that this convention has.
            pub fn settings(&self) -> Vec<Setting> {
                match self {
                    $(Self::$modifier(modifier) => modifier.convention_settings(),)*
                }
            }

            /// Checks that every setting is in its range.
            ///
            /// # Errors
            ///
            /// Names the first that is not: type, field, value, range.
            pub fn validate(&self) -> Result<(), SpecError> {
                match self {
                    $(Self::$modifier(modifier) => modifier.check(),)*
                }
            }

            pub(in crate::optim) fn part(&self) -> Arc<dyn Part> {
                match self {
                    $(Self::$modifier(modifier) => part(modifier.clone()),)*
                }
            }

            fn place(&self) -> Place {
                match self {
                    $(Self::$modifier(_) => Place::$place,)*
                }
            }

            fn to_spec(&self) -> Spec {
                match self {
                    $(Self::$modifier(modifier) => modifier_to_spec(modifier),)*
                }
            }

            fn from_spec(spec: &mut Spec) -> Result<Option<Self>, SpecError> {
                $(
                    if let Some(modifier) = modifier_from_spec::<$modifier>(spec)? {
                        return Ok(Some(Self::$modifier(modifier)));
                    }
                )*
                Ok(None)
            }
        }
    };
}

modifiers! {
    Accumulate in Accumulation,
    AdaptiveClip in Gradient,
    Cautious in Step,
    CautiousDecay in Decay,
    Centralized in Gradient,
    Ema in Average,
    Grokfast in Gradient,
    IndependentDecay in Decay,
    Lookahead in Wrapper,
    Mars in Gradient,
    PolynomialAverage in Average,
    ScheduleFree in Wrapper,
    Swa in Average,
    TrustRatio in Step,
}

impl FromStr for ModifierConfig {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut spec = Spec::parse(text)?;
        let modifier =
            Self::from_spec(&mut spec)?.ok_or_else(|| spec.unknown("modifier", Self::names()))?;
        spec.finish()?;
        modifier.validate()?;
        Ok(modifier)
    }
}

impl fmt::Display for ModifierConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_spec().fmt(f)
    }
}

impl Serialize for ModifierConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ModifierConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(D::Error::custom)
    }
}

/// The parts of `adamw(beta_1=0.95) + lookahead + ema`.
pub(in crate::optim) fn split(text: &str) -> Vec<&str> {
    let mut depth = 0;
    // A `+` between brackets is a number's.
    text.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        character == '+' && depth == 0
    })
    .map(str::trim)
    .collect()
}

/// Checks that the modifiers of one optimizer go together.
pub(in crate::optim) fn check(modifiers: &[ModifierConfig]) -> Result<(), SpecError> {
    for (index, modifier) in modifiers.iter().enumerate() {
        modifier.validate()?;
        let (name, place) = (modifier.name(), modifier.place());
        for earlier in &modifiers[..index] {
            let what = format!("{} + {name}", earlier.name());
            if earlier.name() == name {
                return Err(SpecError::instead(what, "name a modifier once"));
            }
            let is_free = [place, earlier.place()].contains(&Place::Gradient);
            if is_free && place != Place::Accumulation {
                continue;
            }
            if place < earlier.place() {
                let instead = format!("name {name} before {}", earlier.name());
                return Err(SpecError::instead(what, instead));
            }
            if place == earlier.place() && place >= Place::Wrapper {
                return Err(SpecError::instead(what, "name one of the two"));
            }
            if matches!(earlier, ModifierConfig::ScheduleFree(_)) {
                let instead = "leave the second out: schedule_free has an average of its own";
                return Err(SpecError::instead(what, instead));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::OptimizerConfig;

    fn message(text: &str) -> String {
        text.parse::<OptimizerConfig>().unwrap_err().to_string()
    }

    #[test]
    fn every_form_survives_the_round_trips() {
        for name in ModifierConfig::presets() {
            let modifier: ModifierConfig = name.parse().unwrap();
            let spec = modifier.to_string();
            assert_eq!(
                spec.parse::<ModifierConfig>().as_ref(),
                Ok(&modifier),
                "{spec}"
            );
            let config: OptimizerConfig =
                format!("adamw(weight_decay=0.1) + {name}").parse().unwrap();
            assert_eq!(config.modifiers(), [modifier]);
            assert_eq!(
                config.to_string(),
                format!("adamw(weight_decay=0.1) + {spec}")
            );
            let json = serde_json::to_string(&config).unwrap();
            assert_eq!(
                serde_json::from_str::<OptimizerConfig>(&json).unwrap(),
                config
            );
            let heavier = config.with_weight_decay(0.2).unwrap();
            assert_eq!(heavier.modifiers(), config.modifiers());
        }
        assert!(ModifierConfig::names().is_sorted());
    }

    #[test]
    fn reads_them_in_any_order_that_has_a_meaning() {
        for spec in [
            "adam(epsilon=1e-8)+cautious+lookahead(k=4)+ema",
            "sgd + lookahead + centralized + adaptive_clip",
            "sgd + accumulate(steps=2) + centralized + cautious",
            "sgd + adaptive_clip + centralized + swa",
            "lamb + trust_ratio + cautious + independent_decay(strength=1e+0)",
        ] {
            assert!(spec.parse::<OptimizerConfig>().is_ok(), "{spec}");
        }
    }

    #[test]
    fn refuses_what_does_not_go_together() {
        for (spec, expected) in [
            ("sgd + ema + ema", "ema + ema: name a modifier once"),
            (
                "sgd + ema + lookahead",
                "ema + lookahead: name lookahead before ema",
            ),
            ("sgd + ema + swa", "ema + swa: name one of the two"),
            (
                "sgd + centralized + accumulate",
                "centralized + accumulate: name accumulate before centralized",
            ),
            ("sgd + lookahead + schedule_free", "name one of the two"),
            (
                "sgd + schedule_free + ema",
                "schedule_free has an average of its own",
            ),
            ("sgd + cautios", "did you mean \"cautious\"?"),
            ("sgd + ", "cannot read"),
            (
                "cautious + sgd",
                "cautious is a modifier: name a rule first: adam + cautious",
            ),
            (
                "sgd + lookahead(k=0)",
                "Lookahead: k must be a whole number of at least 1, got 0",
            ),
            (
                "sgd + lookahead(k=2.5)",
                "Lookahead: k must be a whole number of at least 1, got 2.5",
            ),
            ("sgd + lookahead(reset_state=1)", "lookahead_optax has it"),
            ("lookahead", "name the rule first"),
        ] {
            let message = message(spec);
            assert!(message.contains(expected), "{spec}: {message}");
        }
    }
}
