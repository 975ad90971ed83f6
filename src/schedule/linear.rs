use super::warmup::Ramp;
use super::{Curve, Schedule, Scheduler, Warmup, settings};
use crate::registry::SpecError;

const CONFIG: &str = "WarmupLinearConfig";

/// A warm-up, if any, and then a straight line down.
///
/// ```text
/// rate(n) = lr (1 + (end - 1) (n - W) / (T - W))    from the end of the warm-up, W, to T steps
/// rate(n) = lr end                                  from then on
/// ```
///
/// Defaults: no [`Warmup`], `end` 0. The last step, `T - 1`, is not done at a rate of 0. It is PyTorch's
/// `LinearLR(start_factor=1, end_factor=end, total_iters=T)`, optax' `linear_schedule(lr, lr * end, T)` and
/// Hugging Face's `get_linear_schedule_with_warmup`. By name: `linear(end=0.1, warmup_share=0.05)`.
///
/// ```
/// use burn_extras::schedule::WarmupLinearConfig;
///
/// let schedule = WarmupLinearConfig::new().init(1.0, 4)?;
/// let rates: Vec<f64> = (0..5).map(|step| schedule.at(step)).collect();
/// assert_eq!(rates, [1.0, 0.75, 0.5, 0.25, 0.0]);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmupLinearConfig {
    warmup: Warmup,
    end: f64,
}

impl Default for WarmupLinearConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl WarmupLinearConfig {
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

    /// Sets the share of the learning rate at the end, from 0 to 1.
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
    pub fn init(&self, lr: f64, steps: usize) -> Result<Scheduler<WarmupLinear>, SpecError> {
        settings::start(CONFIG, lr, steps)?;
        self.validate()?;
        let ramp = self.warmup.over(CONFIG, steps)?;
        Ok(Scheduler::new(WarmupLinear {
            lr,
            end: self.end,
            ramp,
            length: steps as f64 - ramp.length,
        }))
    }
}

/// What [`WarmupLinearConfig`] makes.
#[derive(Clone, Debug)]
pub struct WarmupLinear {
    lr: f64,
    end: f64,
    ramp: Ramp,
    /// The steps after the warm-up.
    length: f64,
}

impl Schedule for WarmupLinear {
    fn at(&self, step: usize) -> f64 {
        let down = |t| Curve::Linear.between([1.0, self.end], t, self.length);
        self.lr * self.ramp.then(step, down)
    }
}
