use burn::grad_clipping::GradientClippingConfig;
use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::Settings;
use crate::fused::{Fused, UpdateRule, WeightDecay};
use crate::registry::SpecError;

/// The configuration of an optimizer: the settings of its rule, weight decay, gradient clipping.
///
/// Each rule has its own name for it ([`AdamConfig`](super::AdamConfig), ...), with a setter for
/// each of its settings and a constructor for each [`Convention`](super::Convention).
///
/// ```
/// use burn::grad_clipping::GradientClippingConfig;
/// use burn_extras::fused::WeightDecay;
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
    /// The settings of the rule.
    pub rule: R,
    /// The pull towards zero, if any.
    #[serde(default = "none")]
    pub weight_decay: Option<WeightDecay>,
    /// What [`init`](Self::init) does to each gradient before the step, if anything.
    #[serde(default = "none")]
    pub grad_clipping: Option<GradientClippingConfig>,
}

fn none<T>() -> Option<T> {
    None
}

impl<R: Settings> RuleConfig<R> {
    /// PyTorch's defaults and formula; where PyTorch lacks the rule, those of the first constructor
    /// listed.
    pub fn new() -> Self {
        Self::from(R::preset(R::CONVENTIONS[0]))
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

    /// The learning rate that the convention's library uses when none is given.
    pub fn default_lr(&self) -> f64 {
        self.rule.default_lr()
    }

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    ///
    /// Names the first that is not: type, field, value, range.
    pub fn validate(&self) -> Result<(), SpecError> {
        for setting in self.rule.settings() {
            if !setting.range.contains(setting.value) {
                return Err(SpecError::out_of_range(
                    R::CONFIG,
                    setting.name,
                    setting.value,
                    setting.range.words(),
                ));
            }
        }
        match self.weight_decay.map(|decay| decay.strength()) {
            Some(strength) if !(strength >= 0.0 && strength.is_finite()) => Err(
                SpecError::out_of_range(R::CONFIG, "weight_decay", strength, "0 or more"),
            ),
            _ => Ok(()),
        }
    }

    /// The bare optimizer, for [`ModuleOptimizer::with_group`].
    ///
    /// # Panics
    ///
    /// When a setting is out of range; see [`validate`](Self::validate).
    pub fn build<const K: usize>(&self) -> Fused<R, K>
    where
        R: UpdateRule<K>,
    {
        if let Err(error) = self.validate() {
            panic!("{error}");
        }
        Fused::new(self.rule.clone()).with_weight_decay(self.weight_decay)
    }

    /// The optimizer of a whole module, with gradient clipping.
    ///
    /// # Panics
    ///
    /// When a setting is out of range; see [`validate`](Self::validate).
    pub fn init<const K: usize>(&self) -> ModuleOptimizer
    where
        R: UpdateRule<K>,
    {
        let optimizer = ModuleOptimizer::from(self.build());
        match &self.grad_clipping {
            Some(clipping) => optimizer.with_grad_clipping(clipping.init()),
            None => optimizer,
        }
    }
}

impl<R: Settings> Default for RuleConfig<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> From<R> for RuleConfig<R> {
    fn from(rule: R) -> Self {
        Self {
            rule,
            weight_decay: None,
            grad_clipping: None,
        }
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
        same_clipping && self.rule == other.rule && self.weight_decay == other.weight_decay
    }
}
