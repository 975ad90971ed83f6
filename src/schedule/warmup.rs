use super::{Curve, Span};
use crate::registry::{Range, SpecError, check};

/// The steps at the beginning of a training in which the learning rate rises in a straight line.
///
/// ```text
/// rate(n) = lr (start + (1 - start) n / W)    for n < W, the steps of the warm-up
/// ```
///
/// The rate is `lr` at step `W`, the first step of what follows. Unless given, `start` is
/// `1 / (W + 1)`, as in nanoGPT: the rate is `lr (n + 1) / (W + 1)`, and no step is done at a rate
/// of 0. optax' and Keras' `start` is 0 by default, and their first step does nothing; PyTorch's
/// `LinearLR` has `start_factor` 1/3.
///
/// ```
/// use burn_extras::schedule::{Warmup, WarmupConstantConfig};
///
/// let config = WarmupConstantConfig::new().with_warmup(Warmup::steps(3));
/// let schedule = config.init(1.0, 100)?;
/// let rates: Vec<f64> = (0..5).map(|step| schedule.at(step)).collect();
/// assert_eq!(rates, [0.25, 0.5, 0.75, 1.0, 1.0]);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
///
/// The text form is `warmup_steps=N` or `warmup_share=X`, and `warmup_start=X`.
///
/// Goyal et al., [Accurate, large minibatch SGD](https://arxiv.org/abs/1706.02677), 2017.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmup {
    span: Span,
    start: Option<f64>,
}

impl Warmup {
    /// None at all.
    pub fn none() -> Self {
        Self::steps(0)
    }

    /// A number of steps.
    pub fn steps(steps: usize) -> Self {
        Self::new(Span::Steps(steps))
    }

    /// A share of all steps, from 0 to 1.
    pub fn share(share: f64) -> Self {
        Self::new(Span::Share(share))
    }

    fn new(span: Span) -> Self {
        Self { span, start: None }
    }

    /// Sets the share of the learning rate that the first step is done with, from 0 to 1.
    #[must_use]
    pub fn with_start(mut self, start: f64) -> Self {
        self.start = Some(start);
        self
    }

    /// How long it is.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The share of the learning rate that the first step is done with, if it was given.
    pub fn start(&self) -> Option<f64> {
        self.start
    }

    /// Checks both settings.
    pub(super) fn validate(&self, config: &'static str) -> Result<(), SpecError> {
        self.span.validate(config, "warmup_share")?;
        match self.start {
            Some(start) => Range::Share.check(config, "warmup_start", start),
            None => Ok(()),
        }
    }

    /// The warm-up of a training of so many steps.
    pub(super) fn over(&self, config: &'static str, steps: usize) -> Result<Ramp, SpecError> {
        let length = self.span.of(steps);
        check(
            config,
            "warmup_steps",
            length,
            "no more than the training has",
            length <= steps as f64,
        )?;
        Ok(Ramp {
            length,
            start: self.start.unwrap_or(1.0 / (length + 1.0)),
        })
    }
}

/// A warm-up of known length, in shares of the learning rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ramp {
    pub length: f64,
    start: f64,
}

impl Ramp {
    /// The share of `step`: the warm-up's, and then that of `rest`, which is asked for the steps
    /// since then.
    pub fn then(&self, step: usize, rest: impl FnOnce(f64) -> f64) -> f64 {
        let n = step as f64;
        if n < self.length {
            Curve::Linear.between([self.start, 1.0], n, self.length)
        } else {
            rest(n - self.length)
        }
    }
}
