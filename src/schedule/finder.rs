use crate::registry::{Range, SpecError, check};

const CONFIG: &str = "LrFinderConfig";

/// The learning-rate range test: train a few steps at rates that grow from far too small to too large,
/// and see where the loss falls fastest.
///
/// ```text
/// rate(n)     = start (end / start)^(n / (steps - 1))
/// a(n)        = smoothing a(n - 1) + (1 - smoothing) loss(n),    a(-1) = 0
/// smoothed(n) = a(n) / (1 - smoothing^(n + 1))
/// stop          where smoothed > divergence times the lowest one so far, or is not finite
/// suggestion    the rate where d smoothed / d log rate is lowest
/// ```
///
/// The slope is a central difference, one-sided at the ends. The first `skip_begin` and the last
/// `skip_end` steps are left out: the smoothing has not settled yet, or the loss already diverges.
///
/// Any trainer will do. The network is of no use afterwards: test a copy.
///
/// ```
/// use burn_extras::schedule::LrFinderConfig;
///
/// let mut finder = LrFinderConfig::new().with_start(1e-5).init()?;
/// let mut weight = 1.0;
/// while let Some(rate) = finder.rate() {
///     // A step of gradient descent on the loss w^2.
///     let loss = weight * weight;
///     weight -= rate * 2.0 * weight;
///     finder.report(loss);
/// }
/// let suggestion = finder.suggestion().expect("enough steps");
/// assert!(suggestion > 1e-3 && suggestion < 1.0);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
///
/// Defaults: `start` 1e-8, `end` 1, `steps` 100, `divergence` 4, `smoothing` 0.98, `skip_begin` 10,
/// `skip_end` 1: those of PyTorch Lightning's `lr_find`. Its rates are half a step off, its
/// smoothing is one step late, and since 2.6 its suggestion is the steepest slope over the rate
/// itself and not over its logarithm, which favours small rates. fastai's `steep` is over the
/// logarithm too.
///
/// Smith, [Cyclical learning rates for training neural networks](https://arxiv.org/abs/1506.01186), 2015,
/// section 3.3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LrFinderConfig {
    start: f64,
    end: f64,
    steps: usize,
    divergence: f64,
    smoothing: f64,
    skip_begin: usize,
    skip_end: usize,
}

impl Default for LrFinderConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl LrFinderConfig {
    /// 100 steps from 1e-8 to 1.
    pub fn new() -> Self {
        Self {
            start: 1e-8,
            end: 1.0,
            steps: 100,
            divergence: 4.0,
            smoothing: 0.98,
            skip_begin: 10,
            skip_end: 1,
        }
    }

    /// Sets the rate of the first step, above 0.
    #[must_use]
    pub fn with_start(mut self, start: f64) -> Self {
        self.start = start;
        self
    }

    /// Sets the rate of the last step, above that of the first.
    #[must_use]
    pub fn with_end(mut self, end: f64) -> Self {
        self.end = end;
        self
    }

    /// Sets how many steps there are at most, 2 or more.
    #[must_use]
    pub fn with_steps(mut self, steps: usize) -> Self {
        self.steps = steps;
        self
    }

    /// Sets how many times as high as the lowest loss ends the test, above 1.
    #[must_use]
    pub fn with_divergence(mut self, divergence: f64) -> Self {
        self.divergence = divergence;
        self
    }

    /// Sets how much of the mean loss is kept at each step: from 0, no smoothing, to below 1.
    #[must_use]
    pub fn with_smoothing(mut self, smoothing: f64) -> Self {
        self.smoothing = smoothing;
        self
    }

    /// Sets how many of the first and the last steps the suggestion leaves out.
    #[must_use]
    pub fn with_skip(mut self, begin: usize, end: usize) -> Self {
        self.skip_begin = begin;
        self.skip_end = end;
        self
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// Names the first that is outside its range.
    pub fn validate(&self) -> Result<(), SpecError> {
        Range::AboveZero.check(CONFIG, "start", self.start)?;
        check(
            CONFIG,
            "end",
            self.end,
            "above start",
            self.end > self.start,
        )?;
        check(
            CONFIG,
            "steps",
            self.steps as f64,
            "2 or more",
            self.steps > 1,
        )?;
        let divergence = self.divergence;
        check(
            CONFIG,
            "divergence",
            divergence,
            "above 1",
            divergence > 1.0,
        )?;
        let inside = (0.0..1.0).contains(&self.smoothing);
        check(
            CONFIG,
            "smoothing",
            self.smoothing,
            "at least 0 and below 1",
            inside,
        )
    }

    /// A test that has not begun.
    ///
    /// # Errors
    ///
    /// When a setting is outside its range.
    pub fn init(&self) -> Result<LrFinder, SpecError> {
        self.validate()?;
        Ok(LrFinder {
            config: *self,
            trials: Vec::new(),
            mean: 0.0,
            best: f64::INFINITY,
            has_diverged: false,
        })
    }
}

/// A step of the test.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trial {
    /// The learning rate that it was done with.
    pub rate: f64,
    /// The loss before it.
    pub loss: f64,
    /// The mean of the losses up to here, the latest of which weigh most.
    pub smoothed: f64,
}

/// A range test under way: see [`LrFinderConfig`].
#[derive(Clone, Debug)]
pub struct LrFinder {
    config: LrFinderConfig,
    trials: Vec<Trial>,
    /// The mean of the losses before its correction for having started at 0.
    mean: f64,
    /// The lowest smoothed loss.
    best: f64,
    has_diverged: bool,
}

impl LrFinder {
    /// The learning rate of the next step; `None` when the test is over.
    pub fn rate(&self) -> Option<f64> {
        let config = &self.config;
        let step = self.trials.len();
        if self.has_diverged || step >= config.steps {
            return None;
        }
        let share = step as f64 / (config.steps - 1) as f64;
        Some(config.start * (config.end / config.start).powf(share))
    }

    /// Takes the loss of the step that [`rate`](Self::rate) was for. When the test is over, nothing is
    /// taken.
    pub fn report(&mut self, loss: f64) {
        let Some(rate) = self.rate() else {
            return;
        };
        let smoothing = self.config.smoothing;
        self.mean = smoothing * self.mean + (1.0 - smoothing) * loss;
        let steps = (self.trials.len() + 1) as f64;
        let smoothed = self.mean / (1.0 - smoothing.powf(steps));
        self.trials.push(Trial {
            rate,
            loss,
            smoothed,
        });
        self.has_diverged = !smoothed.is_finite() || smoothed > self.config.divergence * self.best;
        self.best = self.best.min(smoothed);
    }

    /// Every step so far.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// Whether the test ended because the loss diverged.
    pub fn has_diverged(&self) -> bool {
        self.has_diverged
    }

    /// The learning rate at which the loss fell fastest; `None` where fewer than two steps are left to
    /// look at, or the loss fell nowhere.
    pub fn suggestion(&self) -> Option<f64> {
        let config = &self.config;
        let end = self.trials.len().saturating_sub(config.skip_end);
        let seen = self.trials.get(config.skip_begin..end)?;
        let seen: Vec<&Trial> = seen.iter().filter(|it| it.smoothed.is_finite()).collect();
        if seen.len() < 2 {
            return None;
        }
        // Rates are evenly spaced on a logarithmic axis, so a slope over it is a difference.
        let slope = |index: usize| {
            let (before, after) = (index.saturating_sub(1), (index + 1).min(seen.len() - 1));
            (seen[after].smoothed - seen[before].smoothed) / (after - before) as f64
        };
        let steepest =
            (0..seen.len()).min_by(|one, other| slope(*one).total_cmp(&slope(*other)))?;
        (slope(steepest) < 0.0).then_some(seen[steepest].rate)
    }
}
