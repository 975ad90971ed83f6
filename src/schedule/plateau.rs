use std::sync::{Arc, Mutex, MutexGuard};

use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};
use burn::optim::LearningRate;

use crate::registry::{Range, SpecError, check};

const CONFIG: &str = "ReduceOnPlateauConfig";

/// Lowers the learning rate when a metric no longer improves.
///
/// ```text
/// for each reported metric m:
///     if m is better than best:  best = m, bad = 0           better: m < best (1 - threshold),
///     else:                      bad = bad + 1                       or m < best - threshold if absolute
///     if in cooldown:            cooldown left = cooldown left - 1, bad = 0
///     if bad > patience:         rate = max(factor rate, min_lr), unless that lowers it by epsilon or less
///                                cooldown left = cooldown, bad = 0
/// ```
///
/// With `maximize`, better is `m > best (1 + threshold)`, or `m > best + threshold`. A metric that is NaN
/// is never better. The relative threshold means the wrong thing for a metric below 0: use `absolute`.
///
/// [`report`](ReduceOnPlateau::report) takes the metric, once an epoch or as often as there is one.
/// A clone shares its state, so that one can be given to Burn's `Learner` and another report to it:
///
/// ```
/// use burn::lr_scheduler::LrScheduler;
/// use burn_extras::schedule::ReduceOnPlateauConfig;
///
/// let monitor = ReduceOnPlateauConfig::new().with_patience(1).init(0.1)?;
/// let mut scheduler = monitor.clone(); // Learner::new(model, optimizer, scheduler)
/// for loss in [1.0, 0.5, 0.7, 0.6] {
///     assert_eq!(scheduler.step(), 0.1);
///     monitor.report(loss);
/// }
/// assert!((scheduler.step() - 0.01).abs() < 1e-15);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
///
/// Defaults: `factor` 0.1, `patience` 10, `threshold` 1e-4 (relative), `cooldown` 0, `min_lr` 0,
/// `epsilon` 1e-8, for a metric that is to become small: those of PyTorch's `ReduceLROnPlateau`. By
/// name: `reduce_on_plateau(patience=2)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReduceOnPlateauConfig {
    factor: f64,
    patience: usize,
    threshold: f64,
    absolute: bool,
    cooldown: usize,
    min_lr: f64,
    epsilon: f64,
    maximize: bool,
}

impl Default for ReduceOnPlateauConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl ReduceOnPlateauConfig {
    /// PyTorch's.
    pub fn new() -> Self {
        Self {
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            absolute: false,
            cooldown: 0,
            min_lr: 0.0,
            epsilon: 1e-8,
            maximize: false,
        }
    }

    /// Sets what the rate is multiplied with, above 0 and below 1.
    #[must_use]
    pub fn with_factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }

    /// Sets how many metrics in a row may be no better without consequence.
    #[must_use]
    pub fn with_patience(mut self, patience: usize) -> Self {
        self.patience = patience;
        self
    }

    /// Sets by how much a metric must be better to count: 0 or more, below 1 unless
    /// [absolute](Self::with_absolute).
    #[must_use]
    pub fn with_threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }

    /// Sets whether the threshold is a difference, and not a share of the best metric.
    #[must_use]
    pub fn with_absolute(mut self, absolute: bool) -> Self {
        self.absolute = absolute;
        self
    }

    /// Sets for how many metrics nothing is counted after the rate was lowered.
    #[must_use]
    pub fn with_cooldown(mut self, cooldown: usize) -> Self {
        self.cooldown = cooldown;
        self
    }

    /// Sets what the rate is not lowered below, 0 or more.
    #[must_use]
    pub fn with_min_lr(mut self, min_lr: f64) -> Self {
        self.min_lr = min_lr;
        self
    }

    /// Sets the change of the rate that is too small to be made, 0 or more.
    #[must_use]
    pub fn with_epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }

    /// Sets whether the metric is to become large, as an accuracy is.
    #[must_use]
    pub fn with_maximize(mut self, maximize: bool) -> Self {
        self.maximize = maximize;
        self
    }

    /// What the rate is multiplied with.
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// How many metrics in a row may be no better.
    pub fn patience(&self) -> usize {
        self.patience
    }

    /// By how much a metric must be better to count.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Whether the threshold is a difference.
    pub fn absolute(&self) -> bool {
        self.absolute
    }

    /// For how many metrics nothing is counted after the rate was lowered.
    pub fn cooldown(&self) -> usize {
        self.cooldown
    }

    /// What the rate is not lowered below.
    pub fn min_lr(&self) -> f64 {
        self.min_lr
    }

    /// The change of the rate that is too small to be made.
    pub fn epsilon(&self) -> f64 {
        self.epsilon
    }

    /// Whether the metric is to become large.
    pub fn maximize(&self) -> bool {
        self.maximize
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// Names the first that is outside its range.
    pub fn validate(&self) -> Result<(), SpecError> {
        Range::Shrinking.check(CONFIG, "factor", self.factor)?;
        Range::NonNegative.check(CONFIG, "threshold", self.threshold)?;
        check(
            CONFIG,
            "threshold",
            self.threshold,
            "below 1, or absolute",
            self.absolute || self.threshold < 1.0,
        )?;
        Range::NonNegative.check(CONFIG, "min_lr", self.min_lr)?;
        Range::NonNegative.check(CONFIG, "epsilon", self.epsilon)
    }

    /// The scheduler that starts at `lr`.
    ///
    /// # Errors
    ///
    /// When a setting is outside its range, or `lr` is not above 0.
    pub fn init(&self, lr: f64) -> Result<ReduceOnPlateau, SpecError> {
        Range::AboveZero.check(CONFIG, "lr", lr)?;
        self.validate()?;
        let state = State {
            rate: lr,
            best: match self.maximize {
                true => f64::NEG_INFINITY,
                false => f64::INFINITY,
            },
            bad: 0,
            cooldown: 0,
        };
        Ok(ReduceOnPlateau {
            config: *self,
            state: Arc::new(Mutex::new(state)),
        })
    }

    fn is_better(&self, metric: f64, best: f64) -> bool {
        match (self.maximize, self.absolute) {
            (false, false) => metric < best * (1.0 - self.threshold),
            (false, true) => metric < best - self.threshold,
            (true, false) => metric > best * (1.0 + self.threshold),
            (true, true) => metric > best + self.threshold,
        }
    }
}

/// What [`ReduceOnPlateauConfig`] makes: a scheduler whose clones share its state.
///
/// The record holds `rate`, `best`, `bad` and `cooldown`.
#[derive(Clone, Debug)]
pub struct ReduceOnPlateau {
    config: ReduceOnPlateauConfig,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    rate: f64,
    best: f64,
    /// Metrics in a row that were no better.
    bad: usize,
    /// Metrics until they are counted again.
    cooldown: usize,
}

impl ReduceOnPlateau {
    /// Takes the metric, and lowers the rate of the steps that follow where it is time to.
    pub fn report(&self, metric: f64) {
        let config = &self.config;
        let mut state = self.state();
        if config.is_better(metric, state.best) {
            state.best = metric;
            state.bad = 0;
        } else {
            state.bad += 1;
        }
        if state.cooldown > 0 {
            state.cooldown -= 1;
            state.bad = 0;
        }
        if state.bad > config.patience {
            let lower = (config.factor * state.rate).max(config.min_lr);
            if state.rate - lower > config.epsilon {
                state.rate = lower;
            }
            state.cooldown = config.cooldown;
            state.bad = 0;
        }
    }

    /// The learning rate of the next step.
    pub fn rate(&self) -> LearningRate {
        self.state().rate
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A state is whole between any two of its changes.
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl LrScheduler for ReduceOnPlateau {
    fn step(&mut self) -> LearningRate {
        self.rate()
    }

    fn to_record(&self) -> LrSchedulerRecord {
        let state = *self.state();
        LrSchedulerRecord::new()
            .with_scalar("rate", state.rate)
            .with_scalar("best", state.best)
            .with_scalar("bad", state.bad)
            .with_scalar("cooldown", state.cooldown)
    }

    fn load_record(&mut self, record: LrSchedulerRecord) {
        let saved = || {
            Some(State {
                rate: record.scalar("rate")?,
                best: record.scalar("best")?,
                bad: record.scalar("bad")?,
                cooldown: record.scalar("cooldown")?,
            })
        };
        if let Some(saved) = saved() {
            *self.state() = saved;
        }
    }
}
