use burn::grad_clipping::GradientClippingConfig;
use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::modifier::{self, ModifierConfig};
use super::rule::{MeasuredRule, RuleOptimizer, StateType, WeightDecay};
use super::{Averages, Convention, RuleSettings, Setting};
use crate::registry::{Range, SpecError};

/// The configuration of an optimizer: the settings of its rule, weight decay, gradient clipping, modifiers.
///
/// Each rule has its own name for it ([`AdamConfig`](super::AdamConfig), ...), with a setter for
/// each of its settings and a constructor for each [`Convention`](super::Convention).
///
/// ```
/// use burn::grad_clipping::GradientClippingConfig;
/// use burn_extras::optim::WeightDecay;
/// use burn_extras::optim::AdamConfig;
///
/// let optimizer = AdamConfig::new()
///     .with_beta_1(0.95)
///     .with_weight_decay(Some(WeightDecay::Decoupled(0.01)))
///     .with_grad_clipping(Some(GradientClippingConfig::Norm(1.0)))
///     .init();
/// # let _ = optimizer;
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleConfig<R> {
    pub(super) rule: R,
    #[serde(default = "none")]
    pub(super) weight_decay: Option<WeightDecay>,
    #[serde(default = "none")]
    pub(super) grad_clipping: Option<GradientClippingConfig>,
    #[serde(default)]
    pub(super) state_type: StateType,
    #[serde(default = "Vec::new")]
    pub(super) modifiers: Vec<ModifierConfig>,
}

fn none<T>() -> Option<T> {
    None
}

impl<R: RuleSettings> RuleConfig<R> {
    /// PyTorch's defaults and formula; where PyTorch lacks the rule, those of the first constructor
    /// listed.
    pub fn new() -> Self {
        Self::by_convention(R::CONVENTIONS[0])
    }

    /// Formula and defaults of a convention, its weight decay among them.
    pub(super) fn by_convention(convention: Convention) -> Self {
        Self {
            rule: R::preset(convention),
            weight_decay: R::weight_decay(convention).filter(|decay| decay.strength() > 0.0),
            grad_clipping: None,
            state_type: StateType::Full,
            modifiers: Vec::new(),
        }
    }

    /// Sets the weight decay.
    #[must_use]
    pub fn with_weight_decay(mut self, weight_decay: Option<WeightDecay>) -> Self {
        self.weight_decay = weight_decay;
        self
    }

    /// Sets the clipping of each gradient tensor. To clip by the norm of all together see
    /// [`clip_global_norm`](super::clip_global_norm).
    #[must_use]
    pub fn with_grad_clipping(mut self, grad_clipping: Option<GradientClippingConfig>) -> Self {
        self.grad_clipping = grad_clipping;
        self
    }

    /// Sets what the states of the rule are stored in.
    ///
    /// ```
    /// use burn_extras::optim::{AdamConfig, StateType};
    ///
    /// // 4 bytes of state a parameter in place of 8.
    /// let optimizer = AdamConfig::new().with_state_type(StateType::Bf16).init();
    /// # let _ = optimizer;
    /// ```
    #[must_use]
    pub fn with_state_type(mut self, state_type: StateType) -> Self {
        self.state_type = state_type;
        self
    }

    /// Adds a modifier, which acts on what the rule and those before make.
    ///
    /// ```
    /// use burn_extras::optim::{AdamConfig, Lookahead};
    ///
    /// let optimizer = AdamConfig::new().with_modifier(Lookahead::new().with_k(6.0)).init();
    /// # let _ = optimizer;
    /// ```
    #[must_use]
    pub fn with_modifier(mut self, modifier: impl Into<ModifierConfig>) -> Self {
        self.modifiers.push(modifier.into());
        self
    }

    /// The modifiers, in the order in which they were added.
    pub fn modifiers(&self) -> &[ModifierConfig] {
        &self.modifiers
    }

    /// The convention that the rule follows.
    pub fn convention(&self) -> Convention {
        self.rule.convention()
    }

    /// The settings that this convention has.
    pub fn settings(&self) -> Vec<Setting> {
        self.rule.convention_settings()
    }

    /// The pull towards zero, if any.
    pub fn weight_decay(&self) -> Option<WeightDecay> {
        self.weight_decay
    }

    /// What the states of the rule are stored in.
    pub fn state_type(&self) -> StateType {
        self.state_type
    }

    /// What is done to each gradient before the step, if anything.
    pub fn grad_clipping(&self) -> Option<&GradientClippingConfig> {
        self.grad_clipping.as_ref()
    }

    /// The learning rate that the convention's library uses when none is given; where it must be
    /// given, as in optax, the one that is usual.
    pub fn default_lr(&self) -> f64 {
        self.rule.default_lr()
    }

    /// Checks that every setting is in its range, and that the convention has those that were set.
    ///
    /// # Errors
    ///
    /// Names the first that is not: type, field, value, range.
    pub fn validate(&self) -> Result<(), SpecError> {
        self.rule.check()?;
        modifier::check(&self.modifiers)?;
        if let Some(decay) = self.weight_decay {
            Range::NonNegative.check(R::CONFIG, "weight_decay", decay.strength())?;
        }
        let own = matches!(
            R::weight_decay(self.convention()),
            Some(WeightDecay::Own(_))
        );
        if matches!(self.weight_decay, Some(WeightDecay::Own(_))) && !own {
            return Err(SpecError::instead(
                format!("{}: it has no weight decay of its own", R::CONFIG),
                "use WeightDecay::Decoupled or Coupled instead",
            ));
        }
        match self.grad_clipping {
            Some(GradientClippingConfig::Norm(bound) | GradientClippingConfig::Value(bound)) => {
                Range::AboveZero.check(R::CONFIG, "grad_clipping", bound.into())
            }
            None => Ok(()),
        }
    }

    /// The bare optimizer, for [`ModuleOptimizer::with_group`]. It clips its gradients itself.
    ///
    /// # Panics
    ///
    /// When a setting is out of range; see [`validate`](Self::validate).
    pub fn build<const K: usize, const S: usize>(&self) -> RuleOptimizer<R, K, S>
    where
        R: MeasuredRule<K, S>,
    {
        let clipping = self.grad_clipping.as_ref().map(|clipping| clipping.init());
        self.without_clipping().with_grad_clipping(clipping)
    }

    /// The optimizer of a whole module, with gradient clipping.
    ///
    /// # Panics
    ///
    /// When a setting is out of range; see [`validate`](Self::validate).
    pub fn init<const K: usize, const S: usize>(&self) -> ModuleOptimizer
    where
        R: MeasuredRule<K, S>,
    {
        let optimizer = ModuleOptimizer::from(self.without_clipping());
        match &self.grad_clipping {
            // Burn's own place for it, where `ModuleOptimizer::grad_clipping` finds it.
            Some(clipping) => optimizer.with_grad_clipping(clipping.init()),
            None => optimizer,
        }
    }

    /// The network to evaluate, where a modifier makes another than the one that is trained.
    pub fn averages(&self) -> Option<Averages> {
        let parts: Vec<_> = self.modifiers.iter().map(ModifierConfig::part).collect();
        Averages::of(&parts)
    }

    fn without_clipping<const K: usize, const S: usize>(&self) -> RuleOptimizer<R, K, S>
    where
        R: MeasuredRule<K, S>,
    {
        if let Err(error) = self.validate() {
            panic!("{error}");
        }
        RuleOptimizer::new(self.rule.clone())
            .with_weight_decay(self.weight_decay)
            .with_state_type(self.state_type)
            .with_parts(self.modifiers.iter().map(ModifierConfig::part).collect())
    }
}

impl<R: RuleSettings> Default for RuleConfig<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: PartialEq> PartialEq for RuleConfig<R> {
    fn eq(&self, other: &Self) -> bool {
        use GradientClippingConfig::{Norm, Value};

        let same_clipping = match (&self.grad_clipping, &other.grad_clipping) {
            (None, None) => true,
            (Some(Value(a)), Some(Value(b))) | (Some(Norm(a)), Some(Norm(b))) => a == b,
            _ => false,
        };
        same_clipping
            && self.rule == other.rule
            && self.weight_decay == other.weight_decay
            && self.state_type == other.state_type
            && self.modifiers == other.modifiers
    }
}
