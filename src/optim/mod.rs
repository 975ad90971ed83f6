//! Optimizers: one update rule a file, each with the conventions of the libraries that have it.
//!
//! Every rule runs as one in-place pass on the CPU (see [`RuleOptimizer`]), but for the matrix products of `kron`, `muon`,
//! `shampoo` and `soap`, and takes [`WeightDecay`], coupled or decoupled.
//!
//! ```
//! use burn_extras::optim::{NadamConfig, OptimizerConfig};
//!
//! // The trajectory of a recipe that was written for Keras:
//! let optimizer = NadamConfig::keras().with_beta_1(0.95).init();
//!
//! // The same by name, as on a command line:
//! let config: OptimizerConfig = "nadam_keras(beta_1=0.95)".parse()?;
//! let optimizer = config.init();
//! # Ok::<(), burn_extras::registry::SpecError>(())
//! ```

mod any;
mod averages;
mod config;
mod convention;
mod elsewhere;
mod estimate;
mod global;
mod groups;
mod loss_scale;
mod matrices;
mod modifier;
mod module_step;
mod names;
mod registry;
mod rule;
mod sam;
mod settings;

mod adabelief;
mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod ademamix;
mod adopt;
mod amsgrad;
mod asgd;
mod dadapt_adam;
mod dog;
mod ftrl;
mod kron;
mod lamb;
mod lars;
mod lion;
mod madgrad;
mod momentum;
mod muon;
mod nadam;
mod nesterov;
mod novograd;
mod prodigy;
mod radam;
mod rmsprop;
mod rprop;
mod sgd;
mod shampoo;
mod signum;
mod soap;
mod yogi;

pub use any::AnyOptimizer;
pub use averages::Averages;
pub use config::RuleConfig;
pub use convention::Convention;
pub use global::{clip_global_norm, global_norm, skip_non_finite};
pub use groups::Groups;
pub use loss_scale::LossScale;
pub use modifier::{
    Accumulate, AdaptiveClip, Cautious, CautiousDecay, Centralized, Ema, Grokfast,
    IndependentDecay, Lookahead, Mars, ModifierConfig, PolynomialAverage, ScheduleFree, Swa,
    TrustRatio,
};
pub use module_step::ModuleStep;
pub use registry::OptimizerConfig;
pub use rule::{
    Changes, Clock, MeasuredRule, Memory, Modifier, Modifiers, RuleOptimizer, RuleState, Seen,
    SeenWhole, StateType, UpdateRule, WeightDecay, WholeModifier,
};
pub use sam::Sam;
pub use settings::{RuleSettings, Setting, Settings};

pub use adabelief::{AdaBelief, AdaBeliefConfig};
pub use adadelta::{Adadelta, AdadeltaConfig};
pub use adafactor::{Adafactor, AdafactorConfig};
pub use adagrad::{AdaGrad, AdaGradConfig};
pub use adam::{Adam, AdamConfig};
pub use adamax::{Adamax, AdamaxConfig};
pub use ademamix::{AdEmaMix, AdEmaMixConfig};
pub use adopt::{Adopt, AdoptConfig};
pub use amsgrad::{AmsGrad, AmsGradConfig};
pub use asgd::{Asgd, AsgdConfig};
pub use dadapt_adam::{DAdaptAdam, DAdaptAdamConfig};
pub use dog::{Dog, DogConfig, LDog, LDogConfig};
pub use ftrl::{Ftrl, FtrlConfig};
pub use kron::{Kron, KronConfig};
pub use lamb::{Lamb, LambConfig};
pub use lars::{Lars, LarsConfig};
pub use lion::{Lion, LionConfig};
pub use madgrad::{MadGrad, MadGradConfig};
pub use momentum::{Momentum, MomentumConfig};
pub use muon::{Muon, MuonConfig};
pub use nadam::{Nadam, NadamConfig};
pub use nesterov::{Nesterov, NesterovConfig};
pub use novograd::{NovoGrad, NovoGradConfig};
pub use prodigy::{Prodigy, ProdigyConfig};
pub use radam::{RAdam, RAdamConfig};
pub use rmsprop::{RmsProp, RmsPropConfig};
pub use rprop::{Rprop, RpropConfig};
pub use sgd::{Sgd, SgdConfig};
pub use shampoo::{Shampoo, ShampooConfig};
pub use signum::{Signum, SignumConfig};
pub use soap::{Soap, SoapConfig};
pub use yogi::{Yogi, YogiConfig};
