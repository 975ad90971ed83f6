use super::warmup::Ramp;
use super::{Curve, Schedule, Scheduler, Span, Warmup, settings};
use crate::registry::{Range, SpecError, check};

const CONFIG: &str = "WarmupStableDecayConfig";

/// Warm-up, stable, decay: the same rate for most of the training, and down at its end.
///
/// ```text
/// rate(n) = lr                                      from the end of the warm-up to T - D steps
/// rate(n) = lr (end + (1 - end) left(f))            f = (n - (T - D)) / D
/// rate(n) = lr end                                  from T steps on
/// left(f) = 1 - f, (1 + cos(pi f)) / 2, 1 - sqrt(f)    see Curve
/// ```
///
/// A training can be lengthened from any point of its stable part without a step done at the wrong
/// rate, so one run serves for many lengths.
///
/// Defaults: `warmup` a tenth and `decay` a fifth of all steps, a straight line to `end` 0; the
/// second paper finds a fifth enough, and `1 - sqrt` better than a line. It is timm's
/// `WSDLRScheduler(t_initial=T - W, decay_t=D)`, whose default is `1-sqrt`, and `get_wsd_schedule` of
/// pytorch_optimizer, whose curves but the cosine go to 0 and then jump to `min_lr_ratio`. By name:
/// `wsd`, `wsd_cosine`, `wsd_sqrt`, as in `wsd_sqrt(decay_share=0.1, warmup_steps=100)`.
///
/// ```
/// use burn_extras::schedule::{Curve, Span, Warmup, WarmupStableDecayConfig};
///
/// let schedule = WarmupStableDecayConfig::new()
///     .with_warmup(Warmup::none())
///     .with_decay(Span::Steps(4))
///     .with_curve(Curve::OneMinusSqrt)
///     .init(1.0, 100)?;
/// assert_eq!([0, 96, 97, 100].map(|step| schedule.at(step)), [1.0, 1.0, 0.5, 0.0]);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
///
/// Hu et al., [MiniCPM](https://arxiv.org/abs/2404.06395), 2024. Hägele et al.,
/// [Scaling laws and compute-optimal training beyond fixed training
/// durations](https://arxiv.org/abs/2405.18392), 2024.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmupStableDecayConfig {
    warmup: Warmup,
    decay: Span,
    curve: Curve,
    end: f64,
}

impl Default for WarmupStableDecayConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl WarmupStableDecayConfig {
    /// A tenth of warm-up, a fifth of decay, in a straight line to 0.
    pub fn new() -> Self {
        Self {
            warmup: Warmup::share(0.1),
            decay: Span::Share(0.2),
            curve: Curve::Linear,
            end: 0.0,
        }
    }

    /// Sets the warm-up.
    #[must_use]
    pub fn with_warmup(mut self, warmup: Warmup) -> Self {
        self.warmup = warmup;
        self
    }

    /// Sets how long the decay is.
    #[must_use]
    pub fn with_decay(mut self, decay: Span) -> Self {
        self.decay = decay;
        self
    }

    /// Sets the way down.
    #[must_use]
    pub fn with_curve(mut self, curve: Curve) -> Self {
        self.curve = curve;
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

    /// How long the decay is.
    pub fn decay(&self) -> Span {
        self.decay
    }

    /// The way down.
    pub fn curve(&self) -> Curve {
        self.curve
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
        self.decay.validate(CONFIG, "decay_share")?;
        Range::Share.check(CONFIG, "end", self.end)
    }

    /// The schedule at `lr` over a training of `steps` steps.
    ///
    /// # Errors
    ///
    /// When a setting is outside its range, `lr` is not above 0, there are no `steps`, or warm-up
    /// and decay together are longer than the training.
    pub fn init(&self, lr: f64, steps: usize) -> Result<Scheduler<WarmupStableDecay>, SpecError> {
        settings::start(CONFIG, lr, steps)?;
        self.validate()?;
        let ramp = self.warmup.over(CONFIG, steps)?;
        let decay = self.decay.of(steps);
        let stable = steps as f64 - ramp.length - decay;
        // Two shares of 0.5 are no longer than the whole, whichever way they are rounded.
        let rounding = -1e-9 * steps as f64;
        check(
            CONFIG,
            "decay_steps",
            decay,
            "no more than the training has after its warm-up",
            stable >= rounding,
        )?;
        Ok(Scheduler::new(WarmupStableDecay {
            lr,
            ramp,
            stable,
            decay,
            curve: self.curve,
            end: self.end,
        }))
    }
}

/// What [`WarmupStableDecayConfig`] makes.
#[derive(Clone, Debug)]
pub struct WarmupStableDecay {
    lr: f64,
    ramp: Ramp,
    /// The steps between warm-up and decay.
    stable: f64,
    decay: f64,
    curve: Curve,
    end: f64,
}

impl Schedule for WarmupStableDecay {
    fn at(&self, step: usize) -> f64 {
        self.lr
            * self.ramp.then(step, |t| {
                let done = (t - self.stable).max(0.0);
                self.curve.between([1.0, self.end], done, self.decay)
            })
    }
}
