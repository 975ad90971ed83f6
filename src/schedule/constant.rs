use super::warmup::Ramp;
use super::{Schedule, Scheduler, Warmup, settings};
use crate::registry::SpecError;

const CONFIG: &str = "WarmupConstantConfig";

/// A warm-up, if any, and then the same learning rate for ever.
///
/// ```text
/// rate(n) = lr    after the warm-up
/// ```
///
/// Default: no [`Warmup`]. With `Warmup::steps(5).with_start(1.0 / 3.0)` it is PyTorch's `LinearLR` at
/// its defaults, and with `with_start` in general optax' `warmup_constant_schedule`. By name:
/// `constant(warmup_steps=5)`.
///
/// ```
/// use burn_extras::schedule::WarmupConstantConfig;
///
/// assert_eq!(WarmupConstantConfig::new().init(0.1, 100)?.at(99), 0.1);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmupConstantConfig {
    warmup: Warmup,
}

impl Default for WarmupConstantConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl WarmupConstantConfig {
    /// Without a warm-up.
    pub fn new() -> Self {
        Self {
            warmup: Warmup::none(),
        }
    }

    /// Sets the warm-up.
    #[must_use]
    pub fn with_warmup(mut self, warmup: Warmup) -> Self {
        self.warmup = warmup;
        self
    }

    /// The warm-up.
    pub fn warmup(&self) -> Warmup {
        self.warmup
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// Names the first that is outside its range.
    pub fn validate(&self) -> Result<(), SpecError> {
        self.warmup.validate(CONFIG)
    }

    /// The schedule that ends its warm-up at `lr`, over a training of `steps` steps.
    ///
    /// # Errors
    ///
    /// When a setting is outside its range, `lr` is not above 0, there are no `steps`, or the
    /// warm-up is longer than the training.
    pub fn init(&self, lr: f64, steps: usize) -> Result<Scheduler<WarmupConstant>, SpecError> {
        settings::start(CONFIG, lr, steps)?;
        self.validate()?;
        let ramp = self.warmup.over(CONFIG, steps)?;
        Ok(Scheduler::new(WarmupConstant { lr, ramp }))
    }
}

/// What [`WarmupConstantConfig`] makes.
#[derive(Clone, Debug)]
pub struct WarmupConstant {
    lr: f64,
    ramp: Ramp,
}

impl Schedule for WarmupConstant {
    fn at(&self, step: usize) -> f64 {
        self.lr * self.ramp.then(step, |_| 1.0)
    }
}
