use super::warmup::Ramp;
use super::{Curve, Schedule, Scheduler, Warmup, settings};
use crate::registry::{Range, SpecError};

/// Declares a schedule that comes down along a curve, after a warm-up if there is one: its configuration, and what
/// that makes.
macro_rules! decay {
    ($(#[$doc:meta])* $schedule:ident, $config:ident, $curve:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $config {
            warmup: Warmup,
            end: f64,
        }

        impl Default for $config {
            fn default() -> Self {
                Self::new()
            }
        }

        impl $config {
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
                self.warmup.validate(stringify!($config))?;
                Range::Share.check(stringify!($config), "end", self.end)
            }

            /// The schedule down from `lr` over a training of `steps` steps, those of the warm-up among them.
            ///
            /// # Errors
            ///
            /// When a setting is outside its range, `lr` is not above 0, there are no `steps`, or the
            /// warm-up is longer than the training.
            pub fn init(&self, lr: f64, steps: usize) -> Result<Scheduler<$schedule>, SpecError> {
                settings::start(stringify!($config), lr, steps)?;
                self.validate()?;
                let ramp = self.warmup.over(stringify!($config), steps)?;
                Ok(Scheduler::new($schedule {
                    lr,
                    end: self.end,
                    ramp,
                    length: steps as f64 - ramp.length,
                }))
            }
        }

        #[doc = concat!("What [`", stringify!($config), "`] makes.")]
        #[derive(Clone, Debug)]
        pub struct $schedule {
            lr: f64,
            end: f64,
            ramp: Ramp,
            /// The steps after the warm-up.
            length: f64,
        }

        impl Schedule for $schedule {
            fn at(&self, step: usize) -> f64 {
                let down = |t| $curve.between([1.0, self.end], t, self.length);
                self.lr * self.ramp.then(step, down)
            }
        }
    };
}

decay! {
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
    WarmupCosine, WarmupCosineConfig, Curve::Cosine
}

decay! {
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
    WarmupLinear, WarmupLinearConfig, Curve::Linear
}
