use serde::{Deserialize, Serialize};

use super::spec::{one_cycle, plateau, restarts, span, take_span, take_warmup};
use super::{
    AnyScheduler, CosineRestartsConfig, Curve, FirstCycle, OneCycleConfig, ReduceOnPlateauConfig,
    Warmup, WarmupConstantConfig, WarmupCosineConfig, WarmupLinearConfig, WarmupStableDecayConfig,
};
use crate::registry::{Spec, SpecError, by_name};

/// A learning-rate schedule by name, as on a command line or in a config file.
///
/// ```text
/// constant                             the same rate for ever
/// linear(end=0)                        a straight line down
/// cosine(end=0)                        half a cosine down
/// cosine_restarts(cycles=3, cycle_factor=2, peak_factor=1, end=0)      first_cycle=STEPS for cycles
/// wsd, wsd_cosine, wsd_sqrt(warmup_share=0.1, decay_share=0.2, end=0)  decay_steps=STEPS
/// one_cycle(pct_start=0.3, div_factor=25, final_div_factor=10000, linear=false, three_phase=false)
/// one_cycle_optax(pct_start=0.3, div_factor=25, final_div_factor=10000)
/// reduce_on_plateau(factor=0.1, patience=10, threshold=0.0001, absolute=false, cooldown=0,
///                   min_lr=0, epsilon=0.00000001, maximize=false)
/// ```
///
/// All but the last three take a [`Warmup`]: `warmup_steps` or `warmup_share`, and `warmup_start`.
///
/// Aliases: `warmup_constant`, `warmup_linear`, `warmup_cosine` and `warmup_stable_decay`;
/// `one_cycle_pytorch`. The text form is also what is serialized.
///
/// ```
/// use burn::lr_scheduler::LrScheduler;
/// use burn_extras::schedule::{ScheduleConfig, Warmup, WarmupCosineConfig};
///
/// let config: ScheduleConfig = "cosine(warmup_steps=100)".parse()?;
/// let warmup = Warmup::steps(100);
/// assert_eq!(config, WarmupCosineConfig::new().with_warmup(warmup).into());
/// assert_eq!(config.to_string(), "cosine(warmup_steps=100)");
///
/// let mut scheduler = config.init(0.1, 10_000)?;
/// assert!(scheduler.step() < 0.001);
///
/// let error = "cosin".parse::<ScheduleConfig>().unwrap_err();
/// assert!(error.to_string().contains("did you mean \"cosine\"?"));
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum ScheduleConfig {
    /// The same rate for ever.
    Constant(WarmupConstantConfig),
    /// A straight line down.
    Linear(WarmupLinearConfig),
    /// Half a cosine down.
    Cosine(WarmupCosineConfig),
    /// Cosines that start over.
    CosineRestarts(CosineRestartsConfig),
    /// The same rate for most of the training, and down at its end.
    StableDecay(WarmupStableDecayConfig),
    /// Up, and further down.
    OneCycle(OneCycleConfig),
    /// Down when a metric no longer improves.
    ReduceOnPlateau(ReduceOnPlateauConfig),
}

macro_rules! from {
    ($($variant:ident($config:ident)),*) => {
        $(
            impl From<$config> for ScheduleConfig {
                fn from(config: $config) -> Self {
                    Self::$variant(config)
                }
            }
        )*
    };
}

from!(
    Constant(WarmupConstantConfig),
    Linear(WarmupLinearConfig),
    Cosine(WarmupCosineConfig),
    CosineRestarts(CosineRestartsConfig),
    StableDecay(WarmupStableDecayConfig),
    OneCycle(OneCycleConfig),
    ReduceOnPlateau(ReduceOnPlateauConfig)
);

const NAMES: [&str; 10] = [
    "constant",
    "linear",
    "cosine",
    "cosine_restarts",
    "wsd",
    "wsd_cosine",
    "wsd_sqrt",
    "one_cycle",
    "one_cycle_optax",
    "reduce_on_plateau",
];

impl ScheduleConfig {
    /// The names that can be parsed; some have aliases besides.
    pub fn names() -> &'static [&'static str] {
        &NAMES
    }

    /// The scheduler at `lr`, the largest rate there is, over a training of `steps` steps.
    ///
    /// # Errors
    ///
    /// When a setting is outside its range, `lr` is not above 0, there are no `steps`, or the
    /// schedule does not fit into so many.
    pub fn init(&self, lr: f64, steps: usize) -> Result<AnyScheduler, SpecError> {
        Ok(match self {
            Self::Constant(config) => config.init(lr, steps)?.into(),
            Self::Linear(config) => config.init(lr, steps)?.into(),
            Self::Cosine(config) => config.init(lr, steps)?.into(),
            Self::CosineRestarts(config) => config.init(lr, steps)?.into(),
            Self::StableDecay(config) => config.init(lr, steps)?.into(),
            Self::OneCycle(config) => config.init(lr, steps)?.into(),
            Self::ReduceOnPlateau(config) => config.init(lr)?.into(),
        })
    }

    /// Checks that every setting is in its range, which those that were parsed are.
    ///
    /// # Errors
    ///
    /// Names the first that is not: type, field, value, range.
    pub fn validate(&self) -> Result<(), SpecError> {
        match self {
            Self::Constant(config) => config.validate(),
            Self::Linear(config) => config.validate(),
            Self::Cosine(config) => config.validate(),
            Self::CosineRestarts(config) => config.validate(),
            Self::StableDecay(config) => config.validate(),
            Self::OneCycle(config) => config.validate(),
            Self::ReduceOnPlateau(config) => config.validate(),
        }
    }

    /// The same with another warm-up.
    ///
    /// # Errors
    ///
    /// When the schedule has none: `one_cycle` rises by itself, and `reduce_on_plateau` starts at the
    /// learning rate.
    pub fn with_warmup(self, warmup: Warmup) -> Result<Self, SpecError> {
        Ok(match self {
            Self::Constant(config) => config.with_warmup(warmup).into(),
            Self::Linear(config) => config.with_warmup(warmup).into(),
            Self::Cosine(config) => config.with_warmup(warmup).into(),
            Self::CosineRestarts(config) => config.with_warmup(warmup).into(),
            Self::StableDecay(config) => config.with_warmup(warmup).into(),
            Self::OneCycle(_) => {
                let instead = "it warms up by itself, for pct_start of its steps";
                return Err(SpecError::instead(self.name(), instead));
            }
            Self::ReduceOnPlateau(_) => {
                let instead = "it takes no warm-up; constant(warmup_steps=N) does";
                return Err(SpecError::instead(self.name(), instead));
            }
        })
    }

    /// The warm-up; `None` where the schedule takes none.
    pub fn warmup(&self) -> Option<Warmup> {
        match self {
            Self::Constant(config) => Some(config.warmup()),
            Self::Linear(config) => Some(config.warmup()),
            Self::Cosine(config) => Some(config.warmup()),
            Self::CosineRestarts(config) => Some(config.warmup()),
            Self::StableDecay(config) => Some(config.warmup()),
            Self::OneCycle(_) | Self::ReduceOnPlateau(_) => None,
        }
    }

    /// Its parameters with their values, as they stand in its text form; switches are 0 or 1.
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        let own = match self {
            Self::Constant(_) => vec![],
            Self::Linear(config) => vec![("end", config.end())],
            Self::Cosine(config) => vec![("end", config.end())],
            Self::CosineRestarts(config) => vec![
                match config.first_cycle() {
                    FirstCycle::OneOf(cycles) => ("cycles", cycles as f64),
                    FirstCycle::Steps(steps) => ("first_cycle", steps as f64),
                },
                ("cycle_factor", config.cycle_factor()),
                ("peak_factor", config.peak_factor()),
                ("end", config.end()),
            ],
            Self::StableDecay(config) => vec![
                span(config.decay(), ["decay_steps", "decay_share"]),
                ("end", config.end()),
            ],
            Self::OneCycle(config) => {
                let mut own = vec![
                    ("pct_start", config.pct_start()),
                    ("div_factor", config.div_factor()),
                    ("final_div_factor", config.final_div_factor()),
                ];
                if !config.is_optax() {
                    own.push(("linear", f64::from(config.linear())));
                    own.push(("three_phase", f64::from(config.three_phase())));
                }
                own
            }
            Self::ReduceOnPlateau(config) => vec![
                ("factor", config.factor()),
                ("patience", config.patience() as f64),
                ("threshold", config.threshold()),
                ("absolute", f64::from(config.absolute())),
                ("cooldown", config.cooldown() as f64),
                ("min_lr", config.min_lr()),
                ("epsilon", config.epsilon()),
                ("maximize", f64::from(config.maximize())),
            ],
        };
        let warmup = self.warmup().into_iter().flat_map(|warmup| {
            let length = span(warmup.span(), ["warmup_steps", "warmup_share"]);
            let start = warmup.start().map(|start| ("warmup_start", start));
            [Some(length), start].into_iter().flatten()
        });
        warmup.chain(own).collect()
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Constant(_) => "constant",
            Self::Linear(_) => "linear",
            Self::Cosine(_) => "cosine",
            Self::CosineRestarts(_) => "cosine_restarts",
            Self::StableDecay(config) => match config.curve() {
                Curve::Linear => "wsd",
                Curve::Cosine => "wsd_cosine",
                Curve::OneMinusSqrt => "wsd_sqrt",
            },
            Self::OneCycle(config) if config.is_optax() => "one_cycle_optax",
            Self::OneCycle(_) => "one_cycle",
            Self::ReduceOnPlateau(_) => "reduce_on_plateau",
        }
    }

    /// The one of this name, at its defaults.
    fn named(name: &str) -> Option<Self> {
        let stable_decay = WarmupStableDecayConfig::new();
        Some(match name {
            "constant" | "warmup_constant" => WarmupConstantConfig::new().into(),
            "linear" | "warmup_linear" => WarmupLinearConfig::new().into(),
            "cosine" | "warmup_cosine" => WarmupCosineConfig::new().into(),
            "cosine_restarts" => CosineRestartsConfig::new().into(),
            "wsd" | "warmup_stable_decay" => stable_decay.into(),
            "wsd_cosine" => stable_decay.with_curve(Curve::Cosine).into(),
            "wsd_sqrt" => stable_decay.with_curve(Curve::OneMinusSqrt).into(),
            "one_cycle" | "one_cycle_pytorch" => OneCycleConfig::new().into(),
            "one_cycle_optax" => OneCycleConfig::optax().into(),
            "reduce_on_plateau" => ReduceOnPlateauConfig::new().into(),
            _ => return None,
        })
    }

    /// The same with the parameters that stand in `spec`.
    fn with_spec(self, spec: &mut Spec) -> Result<Self, SpecError> {
        let own = match self {
            Self::Constant(config) => config.into(),
            Self::Linear(config) => config.with_end(spec.take("end", config.end())).into(),
            Self::Cosine(config) => config.with_end(spec.take("end", config.end())).into(),
            Self::CosineRestarts(config) => restarts(config, spec)?.into(),
            Self::StableDecay(config) => {
                let decay = take_span(spec, ["decay_steps", "decay_share"])?;
                config
                    .with_decay(decay.unwrap_or(config.decay()))
                    .with_end(spec.take("end", config.end()))
                    .into()
            }
            Self::OneCycle(config) => one_cycle(config, spec)?.into(),
            Self::ReduceOnPlateau(config) => plateau(config, spec)?.into(),
        };
        match self.warmup() {
            Some(warmup) => Self::with_warmup(own, take_warmup(warmup, spec)?),
            None => Ok(own),
        }
    }

    fn to_spec(self) -> Spec {
        let name = self.name();
        let defaults = Self::named(name).map_or(Vec::new(), |default| default.parameters());
        let parameters = self.parameters().into_iter();
        // A length that is given in the other unit has no default.
        parameters.fold(Spec::new(name), |spec, (parameter, value)| {
            let default = defaults.iter().find(|(name, _)| *name == parameter);
            spec.with(parameter, value, default.map_or(f64::NAN, |it| it.1))
        })
    }
}

by_name!(ScheduleConfig, "schedule", NAMES);
