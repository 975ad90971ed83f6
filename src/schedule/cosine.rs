use super::warmup::Ramp;
use super::{Curve, Schedule, Scheduler, Warmup, settings};
use crate::registry::SpecError;

const CONFIG: &str = "WarmupCosineConfig";

/// A warm-up, if any, and then half a cosine down.
///
/// ```text
/// f = (n - W) / (T - W)                                   from the end of the warm-up, W, to T steps
/// rate(n) = lr (end + (1 - end) (1 + cos(pi f)) / 2)
/// rate(n) = lr end                                        from then on
/// ```
///
/// Defaults: no [`Warmup`], `end` 0. After `T` steps the rate stays, as in optax
/// (`warmup_cosine_decay_schedule`, whose `decay_steps` is `T`) and Keras (`CosineDecay`, whose
/// `decay_steps` is `T - W` where it warms up); in PyTorch's `CosineAnnealingLR` and in Burn's it
/// rises again. By name: `cosine(warmup_share=0.05, end=0.1)`.
///
/// ```
/// use burn_extras::schedule::{Warmup, WarmupCosineConfig};
///
/// let config = WarmupCosineConfig::new().with_warmup(Warmup::steps(10).with_start(0.0));
/// let schedule = config.init(0.3, 110)?;
/// assert_eq!([0, 10, 110, 200].map(|step| schedule.at(step)), [0.0, 0.3, 0.0, 0.0]);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
///
/// Loshchilov and Hutter, [SGDR](https://arxiv.org/abs/1608.03983), 2016, without its restarts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmupCosineConfig {
    warmup: Warmup,
    end: f64,
}

impl Default for WarmupCosineConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl WarmupCosineConfig {
    /// Without a warm-up, to 0.
    pub fn new() -> Self {
        Self {
            warmup: Warmup::none(),
            end: 0.0,
        }
    }

    /// Sets the warm-up.
    #[must_use]
    pub fn with_warmup(mut self, warmup: Warmup) -> Self {
        self.warmup = warmup;
        self
    }

    /// Sets the share of the learning rate at the end, from 0 to 1; `alpha` elsewhere.
    #[must_use]
    pub fn with_end(mut self, end: f64) -> Self {
        self.end = end;
        self
    }

    /// The warm-up.
    pub fn warmup(&self) -> Warmup {
        self.warmup
    }

    /// The share of the learning rate at the end.
    pub fn end(&self) -> f64 {
        self.end
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// Names the first that is outside its range.
    pub fn validate(&self) -> Result<(), SpecError> {
        self.warmup.validate(CONFIG)?;
        settings::share(CONFIG, "end", self.end)
    }

    /// The schedule down from `lr` over a training of `steps` steps, those of the warm-up among them.
    ///
    /// # Errors
    ///
    /// When a setting is outside its range, `lr` is not above 0, there are no `steps`, or the
    /// warm-up is longer than the training.
    pub fn init(&self, lr: f64, steps: usize) -> Result<Scheduler<WarmupCosine>, SpecError> {
        settings::start(CONFIG, lr, steps)?;
        self.validate()?;
        let ramp = self.warmup.over(CONFIG, steps)?;
        Ok(Scheduler::new(WarmupCosine {
            lr,
            end: self.end,
            ramp,
            length: steps as f64 - ramp.length,
        }))
    }
}

/// What [`WarmupCosineConfig`] makes.
#[derive(Clone, Debug)]
pub struct WarmupCosine {
    lr: f64,
    end: f64,
    ramp: Ramp,
    /// The steps after the warm-up.
    length: f64,
}

impl Schedule for WarmupCosine {
    fn at(&self, step: usize) -> f64 {
        let down = |t| Curve::Cosine.between([1.0, self.end], t, self.length);
        self.lr * self.ramp.then(step, down)
    }
}
