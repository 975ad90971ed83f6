use core::fmt;
use core::str::FromStr;
use std::sync::Arc;

use burn::optim::{DynOptimizer, ModuleOptimizer};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::elsewhere::translated;
use super::modifier::split;
use super::names::{from_spec, presets, to_spec};
use super::*;
use crate::registry::{Spec, SpecError};

/// Declares the enum of all optimizers and what follows from the list.
macro_rules! registry {
    ($($(#[$doc:meta])* $rule:ident($config:ident)),* $(,)?) => {
        /// An optimizer by name, as on a command line or in a config file.
        ///
        /// A name alone is PyTorch's form where PyTorch has it; `_keras`, `_optax`, `_pytorch`, `_timm`,
        /// `_pytorch_optimizer`, `_book` or `_paper` behind it choose the [`Convention`], as a library in front of it
        /// does: `optax.adamw`, `torch.optim.AdamW`. Every rule takes its own settings, which the spelling
        /// of the library may name as well, and besides them
        ///
        /// | parameter | what |
        /// | --- | --- |
        /// | `weight_decay` | the library's: coupled in PyTorch; decoupled in Keras, in names that end in `w`, and in optax' `lion` and `ademamix` |
        /// | `coupled_weight_decay`, `decoupled_weight_decay` | this kind, whatever the library's is; see [`WeightDecay`](crate::optim::WeightDecay) |
        /// | `clip_norm`, `clip_value` | clips each gradient tensor by itself, by its norm or each number |
        /// | `state_bits` | stores the states of the rule as [`StateType`](crate::optim::StateType) says: 16 as `Bf16`, half the memory; 8 as `Float8`, 27 % |
        ///
        /// Behind it may stand [modifiers](ModifierConfig), each behind a `+`: `adamw(weight_decay=0.1) + lookahead`.
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
        ///
        /// It is serialized as its name. The form of versions before 0.2, a map of all settings, is
        /// still read.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum OptimizerConfig {
            $(
                #[doc = concat!("[`", stringify!($rule), "`].")]
                $rule($config),
            )*
        }

        /// The serialized form of versions before 0.2.
        #[derive(Deserialize)]
        enum Structured {
            $($rule($config),)*
        }

        impl From<Structured> for OptimizerConfig {
            fn from(config: Structured) -> Self {
                match config {
                    $(Structured::$rule(config) => Self::$rule(config),)*
                }
            }
        }

        $(
            impl From<$config> for OptimizerConfig {
                fn from(config: $config) -> Self {
                    Self::$rule(config)
                }
            }
        )*

        impl OptimizerConfig {
            /// The learning rate that the convention's library uses when none is given; where it
            /// must be given, as in optax, the one that is usual.
            pub fn default_lr(&self) -> f64 {
                match self {
                    $(Self::$rule(config) => config.default_lr(),)*
                }
            }

            /// The convention that the rule follows.
            pub fn convention(&self) -> Convention {
                match self {
                    $(Self::$rule(config) => config.convention(),)*
                }
            }

            /// The settings of the rule that this convention has.
            pub fn settings(&self) -> Vec<Setting> {
                match self {
                    $(Self::$rule(config) => config.settings(),)*
                }
            }

            /// The pull towards zero, if any.
            pub fn weight_decay(&self) -> Option<crate::optim::WeightDecay> {
                match self {
                    $(Self::$rule(config) => config.weight_decay(),)*
                }
            }

            /// The same without any pull towards zero.
            #[must_use]
            pub fn without_weight_decay(&self) -> Self {
                match self {
                    $(Self::$rule(config) => Self::$rule(config.clone().with_weight_decay(None)),)*
                }
            }

            /// What the states of the rule are stored in.
            pub fn state_type(&self) -> StateType {
                match self {
                    $(Self::$rule(config) => config.state_type(),)*
                }
            }

            /// Sets what the states of the rule are stored in.
            #[must_use]
            pub fn with_state_type(self, state_type: StateType) -> Self {
                match self {
                    $(Self::$rule(config) => Self::$rule(config.with_state_type(state_type)),)*
                }
            }

            /// The modifiers, in the order in which they act.
            pub fn modifiers(&self) -> &[ModifierConfig] {
                match self {
                    $(Self::$rule(config) => config.modifiers(),)*
                }
            }

            /// The network to evaluate, where a modifier makes another than the one that is trained.
            pub fn averages(&self) -> Option<Averages> {
                match self {
                    $(Self::$rule(config) => config.averages(),)*
                }
            }

            /// Adds a modifier, which acts on what the rule and those before make.
            #[must_use]
            pub fn with_modifier(self, modifier: impl Into<ModifierConfig>) -> Self {
                match self {
                    $(Self::$rule(config) => Self::$rule(config.with_modifier(modifier)),)*
                }
            }

            /// The bare optimizer, for Burn's parameter groups
            /// ([`ModuleOptimizer::with_group`]). It clips its gradients itself.
            ///
            /// ```
            /// use burn::module::ParamGroup;
            /// use burn_extras::optim::{AdamConfig, OptimizerConfig};
            ///
            /// let biases: OptimizerConfig = "sgd(clip_norm=1)".parse()?;
            /// let group = ParamGroup::from_predicate("bias");
            /// let optimizer = AdamConfig::new().init().with_group(group, biases.build(), None);
            /// # let _ = optimizer;
            /// # Ok::<(), burn_extras::registry::SpecError>(())
            /// ```
            ///
            /// # Panics
            ///
            /// When a setting is out of range, which one that was parsed never is.
            pub fn build(&self) -> AnyOptimizer {
                let optimizer: Arc<dyn DynOptimizer> = match self {
                    $(Self::$rule(config) => Arc::new(config.build()),)*
                };
                AnyOptimizer::new(optimizer)
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

            /// The names of every form of every rule, those that choose a convention:
            /// `adam_pytorch`, `adam_keras`, ...
            pub fn presets() -> Vec<String> {
                [$(presets::<$rule>()),*].concat()
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
    };
}

registry! {
    AdaBelief(AdaBeliefConfig),
    Adadelta(AdadeltaConfig),
    Adafactor(AdafactorConfig),
    AdaGrad(AdaGradConfig),
    Adam(AdamConfig),
    Adamax(AdamaxConfig),
    AdEmaMix(AdEmaMixConfig),
    Adopt(AdoptConfig),
    AmsGrad(AmsGradConfig),
    Asgd(AsgdConfig),
    DAdaptAdam(DAdaptAdamConfig),
    Dog(DogConfig),
    Ftrl(FtrlConfig),
    Kron(KronConfig),
    LDog(LDogConfig),
    Lamb(LambConfig),
    Lars(LarsConfig),
    Lion(LionConfig),
    MadGrad(MadGradConfig),
    Momentum(MomentumConfig),
    Muon(MuonConfig),
    Nadam(NadamConfig),
    Nesterov(NesterovConfig),
    NovoGrad(NovoGradConfig),
    Prodigy(ProdigyConfig),
    RAdam(RAdamConfig),
    RmsProp(RmsPropConfig),
    Rprop(RpropConfig),
    Sgd(SgdConfig),
    Shampoo(ShampooConfig),
    Signum(SignumConfig),
    Soap(SoapConfig),
    Yogi(YogiConfig),
}

const NAMES: &[&str] = &[
    "adabelief",
    "adadelta",
    "adafactor",
    "adagrad",
    "adam",
    "adamax",
    "adamaxw",
    "adamw",
    "ademamix",
    "adopt",
    "amsgrad",
    "asgd",
    "dadapt_adam",
    "dog",
    "ftrl",
    "kron",
    "l_dog",
    "lamb",
    "lars",
    "lion",
    "madgrad",
    "momentum",
    "muon",
    "nadam",
    "nadamw",
    "nesterov",
    "novograd",
    "prodigy",
    "radam",
    "rmsprop",
    "rprop",
    "sgd",
    "shampoo",
    "signum",
    "soap",
    "yogi",
];

impl OptimizerConfig {
    /// The names that can be parsed, without those that choose a convention.
    pub fn names() -> &'static [&'static str] {
        NAMES
    }

    /// Sets the strength of the weight decay, of the kind that `weight_decay` is in the name.
    ///
    /// ```
    /// use burn_extras::optim::OptimizerConfig;
    ///
    /// let config: OptimizerConfig = "adamw_keras".parse()?;
    /// let config = config.with_weight_decay(0.1)?;
    /// assert_eq!(config.to_string(), "adamw_keras(weight_decay=0.1)");
    /// # Ok::<(), burn_extras::registry::SpecError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the strength is below 0 or not finite, the library's form has no weight decay, or the name
    /// has one of another kind already.
    pub fn with_weight_decay(&self, strength: f64) -> Result<Self, SpecError> {
        let mut spec = self.to_spec();
        spec.take_given("weight_decay");
        // Written whatever it is: no number is NaN.
        let spec = spec.with("weight_decay", strength, f64::NAN);
        let config: Self = spec.to_string().parse()?;
        let modifiers = self.modifiers().iter().cloned();
        Ok(modifiers.fold(config, Self::with_modifier))
    }
}

/// The error for a name that is no rule's.
fn unknown(spec: &Spec, text: &str) -> SpecError {
    match text.parse::<ModifierConfig>() {
        Ok(modifier) => SpecError::instead(
            format!("{} is a modifier", modifier.name()),
            format!("name a rule first: adam + {modifier}"),
        ),
        Err(_) => spec.unknown("optimizer", NAMES),
    }
}

impl FromStr for OptimizerConfig {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let parts = split(text);
        let mut spec = Spec::parse(&translated(parts[0])?)?;
        let config = Self::from_spec(&mut spec)?.ok_or_else(|| unknown(&spec, parts[0]))?;
        spec.finish()?;
        let mut modifiers = parts[1..].iter().map(|part| part.parse::<ModifierConfig>());
        let config = modifiers.try_fold(config, |config, modifier| {
            Ok::<_, SpecError>(config.with_modifier(modifier?))
        })?;
        config.validate()?;
        Ok(config)
    }
}

impl fmt::Display for OptimizerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_spec().fmt(f)?;
        let mut modifiers = self.modifiers().iter();
        modifiers.try_for_each(|modifier| write!(f, " + {modifier}"))
    }
}

impl Serialize for OptimizerConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OptimizerConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrMap;

        impl<'de> Visitor<'de> for NameOrMap {
            type Value = OptimizerConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of an optimizer, like \"adam(beta_1=0.95)\"")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<OptimizerConfig, E> {
                name.parse().map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OptimizerConfig, A::Error> {
                let config = Structured::deserialize(MapAccessDeserializer::new(map))?;
                let config = OptimizerConfig::from(config);
                config.validate().map_err(A::Error::custom)?;
                Ok(config)
            }
        }

        deserializer.deserialize_any(NameOrMap)
    }
}

#[cfg(test)]
mod tests {
    use burn::grad_clipping::GradientClippingConfig;

    use super::*;
    use crate::optim::WeightDecay;

    fn parse(text: &str) -> OptimizerConfig {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn message(text: &str) -> String {
        text.parse::<OptimizerConfig>().unwrap_err().to_string()
    }

    #[test]
    fn every_form_survives_the_round_trips() {
        for name in OptimizerConfig::presets() {
            let config = parse(&name);
            let spec = config.to_string();
            assert_eq!(parse(&spec), config, "{spec}");
            let json = serde_json::to_string(&config).unwrap();
            assert_eq!(json, format!("\"{spec}\""));
            let back: OptimizerConfig = serde_json::from_str(&json).unwrap();
            assert_eq!(back, config, "{json}");
            assert_eq!(config.validate(), Ok(()));
        }
    }

    #[test]
    fn every_name_is_its_own_spec() {
        for name in OptimizerConfig::names() {
            let config = parse(name);
            assert_eq!(config.to_string(), *name);
            assert!(config.default_lr() > 0.0);
        }
        assert!(OptimizerConfig::names().is_sorted());
    }

    #[test]
    fn settings_survive_the_round_trip() {
        for spec in [
            "adam(beta_1=0.8, weight_decay=0.1)",
            "adam_keras(coupled_weight_decay=0.1, clip_norm=0.1)",
            "adamw(weight_decay=0.1)",
            "adamw(weight_decay=0)",
            "adamw_keras(epsilon=0.01)",
            "adamax_keras(coupled_weight_decay=0.1)",
            "lion(weight_decay=0)",
            "lion(coupled_weight_decay=0.1)",
            "nadam(decoupled_weight_decay=0.1)",
            "nadamw(weight_decay=0.1)",
            "sgd(decoupled_weight_decay=0.01)",
            "nadam(state_bits=16, clip_norm=1)",
            "adam(state_bits=8)",
            "rmsprop_optax(momentum=0.5, centered=1, clip_value=0.3)",
        ] {
            assert_eq!(parse(spec).to_string(), spec);
        }
    }

    #[test]
    fn weight_decay_is_the_librarys_kind() {
        for (spec, decay) in [
            ("adam(weight_decay=0.1)", WeightDecay::Coupled(0.1)),
            ("adamw(weight_decay=0.1)", WeightDecay::Decoupled(0.1)),
            ("adam_keras(weight_decay=0.1)", WeightDecay::Decoupled(0.1)),
            ("sgd_keras(weight_decay=0.1)", WeightDecay::Decoupled(0.1)),
            ("lion(weight_decay=0.1)", WeightDecay::Decoupled(0.1)),
            ("ademamix(weight_decay=0.1)", WeightDecay::Decoupled(0.1)),
            ("madgrad(weight_decay=0.1)", WeightDecay::Coupled(0.1)),
            (
                "adadelta_optax(weight_decay=0.1)",
                WeightDecay::Coupled(0.1),
            ),
            (
                "adam_optax(coupled_weight_decay=0.1)",
                WeightDecay::Coupled(0.1),
            ),
        ] {
            assert_eq!(parse(spec).weight_decay(), Some(decay), "{spec}");
        }
        assert_eq!(parse("adam(decoupled_weight_decay=0)").weight_decay(), None);
    }

    #[test]
    fn refuses_what_contradicts_itself() {
        assert_eq!(
            message("adam(weight_decay=0.1, decoupled_weight_decay=0.2)"),
            "adam: weight_decay and decoupled_weight_decay are both given: \
             a rule takes one kind of weight decay"
        );
        assert_eq!(
            message("adamw(coupled_weight_decay=0.1)"),
            "the weight decay of adamw is decoupled: adam(coupled_weight_decay=...) has the other kind"
        );
        assert_eq!(
            message("adam_optax(weight_decay=0.1)"),
            "adam_optax has no weight_decay of its own: \
             adamw_optax has one, or say decoupled_weight_decay or coupled_weight_decay"
        );
        assert!(message("adam(clip_norm=1, clip_value=1)").contains("clipped in one way"));
        assert_eq!(
            message("adam(eps=1e-3, epsilon=1e-3)"),
            "adam: \"epsilon\" is given twice"
        );
    }

    #[test]
    fn refuses_what_the_convention_lacks() {
        assert_eq!(
            message("momentum_keras(dampening=0.3)"),
            "momentum_keras: the form by the convention \"keras\" has no dampening: \
             momentum_pytorch has it"
        );
        assert!(
            message("nadam_optax(momentum_decay=0.1)")
                .ends_with("nadam_pytorch or nadam_keras has it")
        );
        let error = MomentumConfig::keras().with_dampening(0.3).validate();
        assert!(
            error
                .unwrap_err()
                .to_string()
                .starts_with("MomentumConfig: the form")
        );
        assert_eq!(
            message("sgd_paper"),
            "sgd has no form by the convention \"paper\": \
             there is sgd_pytorch, sgd_keras, sgd_optax, sgd_book"
        );
    }

    #[test]
    fn answers_habits() {
        assert!(message("adam(lr=0.01)").contains("--lr"));
        assert!(message("torch.optim.Adam(lr=0.01)").contains("argument of `step`"));
        assert!(message("adam(amsgrad=True)").ends_with("use the name amsgrad"));
        assert!(message("sgd(momentum=0.9)").contains("use the name momentum"));
        assert!(message("adam(betas=(0.9, 0.99))").contains("beta_1=0.9, beta_2=0.999"));
        assert!(message("LBFGS").contains("LbfgsConfig"));
    }

    #[test]
    fn reads_the_spelling_of_the_libraries() {
        for (theirs, ours) in [
            ("torch.optim.AdamW", "adamw"),
            ("optim.SGD", "sgd"),
            ("keras.optimizers.SGD", "sgd_keras"),
            (
                "optax.adamw(b1=0.8, eps=1e-6)",
                "adamw_optax(beta_1=0.8, epsilon=0.000001)",
            ),
            ("optax.contrib.madgrad", "madgrad"),
            ("timm.optim.Kron", "kron"),
            ("pytorch_optimizer.SOAP(eps=1e-6)", "soap(epsilon=0.000001)"),
            (
                "pytorch_optimizer.Shampoo(matrix_eps=0.5)",
                "shampoo(matrix_epsilon=0.5)",
            ),
            (
                "RMSprop(alpha=0.9, centered=True)",
                "rmsprop(rho=0.9, centered=1)",
            ),
            (
                "keras.optimizers.Adam(clipnorm=0.1)",
                "adam_keras(clip_norm=0.1)",
            ),
        ] {
            assert_eq!(parse(theirs).to_string(), ours);
        }
    }

    #[test]
    fn reads_the_structured_form_of_before() {
        let json = r#"{"Adam":{"rule":{"convention":"PyTorch","beta_1":0.8,"beta_2":0.999,"epsilon":1e-8},
            "weight_decay":{"Decoupled":0.02},"grad_clipping":{"Norm":1.5}}}"#;
        let config: OptimizerConfig = serde_json::from_str(json).unwrap();
        let expected = AdamConfig::new()
            .with_beta_1(0.8)
            .with_weight_decay(Some(WeightDecay::Decoupled(0.02)))
            .with_grad_clipping(Some(GradientClippingConfig::Norm(1.5)));
        assert_eq!(config, expected.into());

        let error = serde_json::from_str::<OptimizerConfig>(&json.replace("0.8", "1.8"));
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("AdamConfig: beta_1 must be at least 0"),
            "{error}"
        );
    }

    #[test]
    fn refuses_what_is_out_of_range() {
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
            "SgdConfig: weight_decay must be at least 0, got -1"
        );
        assert_eq!(
            message("sgd(clip_norm=0)"),
            "SgdConfig: grad_clipping must be greater than 0, got 0"
        );
        assert!(message("adam(alpha=1)").starts_with("adam has no parameter \"alpha\""));
    }

    #[test]
    #[should_panic(expected = "AdamConfig: beta_2 must be at least 0 and below 1, got 1.5")]
    fn build_refuses_what_is_out_of_range() {
        AdamConfig::new().with_beta_2(1.5).build();
    }
}
