use super::warmup::Ramp;
use super::{Curve, Schedule, Scheduler, Warmup, settings};
use crate::registry::{Range, SpecError, check};

const CONFIG: &str = "CosineRestartsConfig";

/// Cosines that start over, each longer than the one before: SGDR.
///
/// ```text
/// T_0, T_1 = T_0 cycle_factor, T_2 = T_1 cycle_factor...        the lengths of the cycles, after the warm-up
/// rate(n) = lr (end + (1 - end) peak_factor^i (1 + cos(pi t / T_i)) / 2)    t: steps since restart i
/// ```
///
/// A restart is at the peak; `end` itself is never reached, as in PyTorch. It goes on restarting after
/// the training's length, for as long as it is asked.
///
/// Defaults: three cycles that fill the training, `cycle_factor` 2 (each is twice as long as the one
/// before, as in the paper and in Keras; PyTorch's `T_mult` is 1), `peak_factor` 1, `end` 0, no
/// [`Warmup`]. PyTorch's `CosineAnnealingWarmRestarts(T_0, T_mult)` is
/// `cosine_restarts(first_cycle=T_0, cycle_factor=T_mult)`, Keras' `CosineDecayRestarts` has
/// `peak_factor` as `m_mul`.
///
/// ```
/// use burn_extras::schedule::{CosineRestartsConfig, FirstCycle};
///
/// let config = CosineRestartsConfig::new().with_first_cycle(FirstCycle::Steps(10));
/// let schedule = config.init(1.0, 70)?;
/// assert_eq!([0, 10, 30].map(|step| schedule.at(step)), [1.0; 3]);
/// assert!([9, 29, 69].iter().all(|step| schedule.at(*step) < 0.03));
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
///
/// Loshchilov and Hutter, [SGDR: stochastic gradient descent with warm
/// restarts](https://arxiv.org/abs/1608.03983), 2016.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineRestartsConfig {
    warmup: Warmup,
    first_cycle: FirstCycle,
    cycle_factor: f64,
    peak_factor: f64,
    end: f64,
}

/// How long the first cycle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstCycle {
    /// So long that this many cycles fill the training after its warm-up.
    OneOf(usize),
    /// A number of steps.
    Steps(usize),
}

impl Default for CosineRestartsConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl CosineRestartsConfig {
    /// Three cycles, each twice as long as the one before.
    pub fn new() -> Self {
        Self {
            warmup: Warmup::none(),
            first_cycle: FirstCycle::OneOf(3),
            cycle_factor: 2.0,
            peak_factor: 1.0,
            end: 0.0,
        }
    }

    /// Sets the warm-up, which is done once.
    #[must_use]
    pub fn with_warmup(mut self, warmup: Warmup) -> Self {
        self.warmup = warmup;
        self
    }

    /// Sets how long the first cycle is.
    #[must_use]
    pub fn with_first_cycle(mut self, first_cycle: FirstCycle) -> Self {
        self.first_cycle = first_cycle;
        self
    }

    /// Sets how many times as long each cycle is as the one before: 1 or more.
    #[must_use]
    pub fn with_cycle_factor(mut self, cycle_factor: f64) -> Self {
        self.cycle_factor = cycle_factor;
        self
    }

    /// Sets what the peak is multiplied with at each restart: above 0, to 1.
    #[must_use]
    pub fn with_peak_factor(mut self, peak_factor: f64) -> Self {
        self.peak_factor = peak_factor;
        self
    }

    /// Sets the share of the learning rate that each cycle goes down to, from 0 to 1.
    #[must_use]
    pub fn with_end(mut self, end: f64) -> Self {
        self.end = end;
        self
    }

    /// The warm-up.
    pub fn warmup(&self) -> Warmup {
        self.warmup
    }

    /// How long the first cycle is.
    pub fn first_cycle(&self) -> FirstCycle {
        self.first_cycle
    }

    /// How many times as long each cycle is as the one before.
    pub fn cycle_factor(&self) -> f64 {
        self.cycle_factor
    }

    /// What the peak is multiplied with at each restart.
    pub fn peak_factor(&self) -> f64 {
        self.peak_factor
    }

    /// The share of the learning rate that each cycle goes down to.
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
        let (field, count) = match self.first_cycle {
            FirstCycle::OneOf(cycles) => ("cycles", cycles),
            FirstCycle::Steps(steps) => ("first_cycle", steps),
        };
        check(CONFIG, field, count as f64, "at least 1", count > 0)?;
        Range::AtLeastOne.check(CONFIG, "cycle_factor", self.cycle_factor)?;
        let peak = self.peak_factor;
        let inside = peak > 0.0 && peak <= 1.0;
        check(
            CONFIG,
            "peak_factor",
            peak,
            "above 0, and 1 at most",
            inside,
        )?;
        Range::Share.check(CONFIG, "end", self.end)
    }

    /// The schedule with its first peak at `lr`, over a training of `steps` steps.
    ///
    /// # Errors
    ///
    /// When a setting is outside its range, `lr` is not above 0, there are no `steps`, the warm-up is
    /// longer than the training, or so many cycles leave less than a step for the first.
    pub fn init(&self, lr: f64, steps: usize) -> Result<Scheduler<CosineRestarts>, SpecError> {
        settings::start(CONFIG, lr, steps)?;
        self.validate()?;
        let ramp = self.warmup.over(CONFIG, steps)?;
        let first = match self.first_cycle {
            FirstCycle::Steps(steps) => steps as f64,
            FirstCycle::OneOf(cycles) => {
                let together = together(cycles as f64, self.cycle_factor);
                let first = (steps as f64 - ramp.length) / together;
                let range = "so few that the first has a step";
                check(CONFIG, "cycles", cycles as f64, range, first >= 1.0)?;
                first
            }
        };
        Ok(Scheduler::new(CosineRestarts {
            lr,
            ramp,
            first,
            cycle_factor: self.cycle_factor,
            peak_factor: self.peak_factor,
            end: self.end,
        }))
    }
}

/// How many times as long as the first cycle so many are together: `1 + factor + factor^2 + ...`.
fn together(cycles: f64, factor: f64) -> f64 {
    match factor - 1.0 {
        0.0 => cycles,
        growth => (cycles * growth.ln_1p()).exp_m1() / growth,
    }
}

/// How many cycles are `length` times as long as the first: what [`together`] is undone by.
fn cycles_of(length: f64, factor: f64) -> f64 {
    match factor - 1.0 {
        0.0 => length,
        growth => (length * growth).ln_1p() / growth.ln_1p(),
    }
}

/// What [`CosineRestartsConfig`] makes.
#[derive(Clone, Debug)]
pub struct CosineRestarts {
    lr: f64,
    ramp: Ramp,
    /// How long the first cycle is; not a whole number where a count of cycles fills the training.
    first: f64,
    cycle_factor: f64,
    peak_factor: f64,
    end: f64,
}

/// A restart that rounding puts this share of a cycle behind a step is at that step.
const ROUNDING: f64 = 1e-9;

impl Schedule for CosineRestarts {
    fn at(&self, step: usize) -> f64 {
        let factor = self.cycle_factor;
        self.lr
            * self.ramp.then(step, |t| {
                let number = (cycles_of(t / self.first, factor) + ROUNDING).floor();
                let done = t - self.first * together(number, factor);
                let length = self.first * factor.powf(number);
                let cosine = Curve::Cosine.between([1.0, 0.0], done, length);
                self.end + (1.0 - self.end) * self.peak_factor.powf(number) * cosine
            })
    }
}
