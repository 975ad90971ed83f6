use core::fmt;
use core::str::FromStr;

use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::*;
use crate::fused::WeightDecay;
use crate::registry::{Spec, SpecError};

/// Declares the enum of all optimizers and what follows from the list.
macro_rules! registry {
    ($($(#[$doc:meta])* $rule:ident($config:ident)),* $(,)?) => {
        /// An optimizer by name, as on a command line or in a config file.
        ///
        /// A name alone is PyTorch's form where PyTorch has it; `_keras`, `_optax`, `_pytorch`,
        /// `_book` or `_paper` behind it choose the [`Convention`]. `adamw` and `nadamw` have
        /// decoupled weight decay of 0.01. Every rule takes its own settings, and `weight_decay`
        /// (coupled) or `decoupled_weight_decay`.
        ///
        /// ```
        /// use burn_extras::optim::{NadamConfig, OptimizerConfig};
        ///
        /// let config: OptimizerConfig = "nadam_keras(beta_1=0.8)".parse()?;
        /// assert_eq!(config, NadamConfig::keras().with_beta_1(0.8).into());
        /// assert_eq!(config.to_string(), "nadam_keras(beta_1=0.8)");
        /// let mut optimizer = config.init();
        ///
        /// let error = "nadem".parse::<OptimizerConfig>().unwrap_err();
        /// assert!(error.to_string().contains("did you mean \"nadam\"?"));
        /// # Ok::<(), burn_extras::registry::SpecError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum OptimizerConfig {
            $(
                #[doc = concat!("[`", stringify!($rule), "`].")]
                $rule($config),
            )*
        }

        $(
            impl From<$config> for OptimizerConfig {
                fn from(config: $config) -> Self {
                    Self::$rule(config)
                }
            }
        )*

        impl OptimizerConfig {
            /// The learning rate that the convention's library uses when none is given.
            pub fn default_lr(&self) -> f64 {
                match self {
                    $(Self::$rule(config) => config.default_lr(),)*
                }
            }

            /// The optimizer of a whole module.
            ///
            /// # Panics
            ///
            /// When a setting is out of range, which one that was parsed never is.
            pub fn init(&self) -> ModuleOptimizer {
                match self {
                    $(Self::$rule(config) => config.init(),)*
                }
            }

            /// Checks that every setting is in its range.
            ///
            /// # Errors
            ///
            /// Names the first that is not: type, field, value, range.
            pub fn validate(&self) -> Result<(), SpecError> {
                match self {
                    $(Self::$rule(config) => config.validate(),)*
                }
            }

            /// The settings of its rule, without weight decay.
            ///
            /// ```
            /// use burn_extras::optim::OptimizerConfig;
            ///
            /// let config: OptimizerConfig = "momentum(momentum=0.8)".parse()?;
            /// assert_eq!(config.settings()[0].name, "momentum");
            /// assert_eq!(config.settings()[0].value, 0.8);
            /// assert_eq!(config.conventions()[0].name(), "pytorch");
            /// # Ok::<(), burn_extras::registry::SpecError>(())
            /// ```
            pub fn settings(&self) -> Vec<Setting> {
                match self {
                    $(Self::$rule(config) => config.rule.settings(),)*
                }
            }

            /// The pull towards zero, if any.
            pub fn weight_decay(&self) -> Option<WeightDecay> {
                match self {
                    $(Self::$rule(config) => config.weight_decay,)*
                }
            }

            /// The conventions that its rule has, the default first.
            pub fn conventions(&self) -> &'static [Convention] {
                match self {
                    $(Self::$rule(_) => $rule::CONVENTIONS,)*
                }
            }

            fn to_spec(&self) -> Spec {
                match self {
                    $(Self::$rule(config) => to_spec(config),)*
                }
            }

            fn from_spec(spec: &mut Spec) -> Result<Option<Self>, SpecError> {
                $(
                    if let Some(config) = from_spec::<$rule>(spec)? {
                        return Ok(Some(Self::$rule(config)));
                    }
                )*
                Ok(None)
            }
        }

        /// Every form of every rule, the default form first.
        #[cfg(test)]
        pub(super) fn all() -> Vec<OptimizerConfig> {
            let mut all = Vec::new();
            $(
                all.extend($rule::CONVENTIONS.iter().map(|&convention| {
                    OptimizerConfig::from($config::from($rule::preset(convention)))
                }));
            )*
            all
        }
    };
}

registry! {
    AdaBelief(AdaBeliefConfig),
    Adadelta(AdadeltaConfig),
    AdaGrad(AdaGradConfig),
    Adam(AdamConfig),
    Adamax(AdamaxConfig),
    AdEmaMix(AdEmaMixConfig),
    Adopt(AdoptConfig),
    AmsGrad(AmsGradConfig),
    Asgd(AsgdConfig),
    Ftrl(FtrlConfig),
    Lion(LionConfig),
    MadGrad(MadGradConfig),
    Momentum(MomentumConfig),
    Nadam(NadamConfig),
    Nesterov(NesterovConfig),
    RAdam(RAdamConfig),
    RmsProp(RmsPropConfig),
    Rprop(RpropConfig),
    Sgd(SgdConfig),
    Signum(SignumConfig),
    Yogi(YogiConfig),
}

const NAMES: &[&str] = &[
    "adabelief",
    "adadelta",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "ademamix",
    "adopt",
    "amsgrad",
    "asgd",
    "ftrl",
    "lion",
    "madgrad",
    "momentum",
    "nadam",
    "nadamw",
    "nesterov",
    "radam",
    "rmsprop",
    "rprop",
    "sgd",
    "signum",
    "yogi",
];

/// The decoupled weight decay that the names ending in `w` stand for: PyTorch's default for AdamW.
const DECOUPLED: f64 = 0.01;

impl OptimizerConfig {
    /// The names that can be parsed, without those that choose a convention.
    pub fn names() -> &'static [&'static str] {
        NAMES
    }
}

impl FromStr for OptimizerConfig {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut spec = Spec::parse(text)?;
        let config = Self::from_spec(&mut spec)?.ok_or_else(|| spec.unknown("optimizer", NAMES))?;
        spec.finish()?;
        config.validate()?;
        Ok(config)
    }
}

impl fmt::Display for OptimizerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_spec().fmt(f)
    }
}

/// The rule's name, with `w` if that stands for decoupled weight decay.
fn base_name<R: Settings>(decoupled: bool) -> Option<String> {
    let name = R::NAME;
    if decoupled {
        let name = format!("{name}w");
        NAMES.contains(&name.as_str()).then_some(name)
    } else {
        Some(name.to_string())
    }
}

/// What `spec` means if it names rule `R`.
fn from_spec<R: Settings>(spec: &mut Spec) -> Result<Option<RuleConfig<R>>, SpecError> {
    let named = |decoupled| {
        let base = base_name::<R>(decoupled)?;
        let rest = spec.name().strip_prefix(&base)?;
        let convention = if rest.is_empty() {
            R::CONVENTIONS[0]
        } else {
            let name = rest.strip_prefix('_')?;
            *R::CONVENTIONS.iter().find(|c| c.name() == name)?
        };
        Some((R::preset(convention), decoupled))
    };
    let Some((mut rule, decoupled)) = named(false).or_else(|| named(true)) else {
        return Ok(None);
    };
    for setting in rule.settings() {
        let value = spec.take(setting.name, setting.value);
        if !setting.range.contains(value) {
            let words = setting.range.words();
            return Err(SpecError::out_of_range(
                R::CONFIG,
                setting.name,
                value,
                words,
            ));
        }
        rule.set(setting.name, value);
    }
    let coupled = spec.take("weight_decay", 0.0);
    let default = if decoupled { DECOUPLED } else { 0.0 };
    let strength = spec.take("decoupled_weight_decay", default);
    let weight_decay = if coupled != 0.0 {
        Some(WeightDecay::Coupled(coupled))
    } else if strength != 0.0 || decoupled {
        Some(WeightDecay::Decoupled(strength))
    } else {
        None
    };
    Ok(Some(RuleConfig::from(rule).with_weight_decay(weight_decay)))
}

/// The shortest spec that is read back as `config`.
fn to_spec<R: Settings>(config: &RuleConfig<R>) -> Spec {
    let convention = config.rule.convention();
    let decoupled = matches!(config.weight_decay, Some(WeightDecay::Decoupled(_)));
    let with_w = decoupled && base_name::<R>(true).is_some();
    let base = base_name::<R>(with_w).expect("checked on the line above");
    let name = if convention == R::CONVENTIONS[0] {
        base
    } else {
        format!("{base}_{}", convention.name())
    };
    let preset = R::preset(convention);
    let defaults = preset.settings();
    let settings = config.rule.settings().into_iter().zip(defaults);
    let spec = settings.fold(Spec::new(&name), |spec, (setting, default)| {
        spec.with(setting.name, setting.value, default.value)
    });
    match config.weight_decay {
        None => spec,
        Some(WeightDecay::Coupled(strength)) => spec.with("weight_decay", strength, 0.0),
        Some(WeightDecay::Decoupled(strength)) => {
            let default = if with_w { DECOUPLED } else { 0.0 };
            spec.with("decoupled_weight_decay", strength, default)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_survives_the_round_trips() {
        for config in all() {
            let spec = config.to_string();
            assert_eq!(spec.parse::<OptimizerConfig>().unwrap(), config, "{spec}");
            let json = serde_json::to_string(&config).unwrap();
            let back: OptimizerConfig = serde_json::from_str(&json).unwrap();
            assert_eq!(back, config, "{json}");
        }
    }

    #[test]
    fn every_name_is_its_own_spec() {
        for name in OptimizerConfig::names() {
            let config: OptimizerConfig = name.parse().unwrap();
            assert_eq!(config.to_string(), *name);
            assert!(config.default_lr() > 0.0);
        }
        assert!(OptimizerConfig::names().is_sorted());
    }

    #[test]
    fn settings_survive_the_round_trip() {
        for spec in [
            "adam(beta_1=0.8, weight_decay=0.1)",
            "adamw(decoupled_weight_decay=0.1)",
            "adamw_keras(epsilon=0.01)",
            "sgd(decoupled_weight_decay=0.01)",
            "rmsprop_optax(momentum=0.5, centered=1)",
        ] {
            let config: OptimizerConfig = spec.parse().unwrap();
            assert_eq!(config.to_string(), spec);
        }
    }

    #[test]
    fn refuses_what_is_out_of_range() {
        let message = |text: &str| text.parse::<OptimizerConfig>().unwrap_err().to_string();
        assert_eq!(
            message("adam(beta_1=1)"),
            "AdamConfig: beta_1 must be at least 0 and below 1, got 1"
        );
        assert_eq!(
            message("rmsprop(centered=2)"),
            "RmsPropConfig: centered must be 0 or 1, got 2"
        );
        assert_eq!(
            message("sgd(weight_decay=-1)"),
            "SgdConfig: weight_decay must be 0 or more, got -1"
        );
        assert!(message("sgd_keras").starts_with("unknown optimizer \"sgd_keras\""));
        assert!(message("adam(alpha=1)").starts_with("adam has no parameter \"alpha\""));
    }

    #[test]
    #[should_panic(expected = "AdamConfig: beta_2 must be at least 0 and below 1, got 1.5")]
    fn build_refuses_what_is_out_of_range() {
        AdamConfig::new().with_beta_2(1.5).build();
    }
}
