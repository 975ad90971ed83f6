use super::prelude::*;

modifier! {
    /// An exponential moving average of the weights, beside them.
    ///
    /// ```text
    /// a <- decay a + (1 - decay) w'        after the first step a = w'
    /// ```
    ///
    /// | | what differs | default of `decay` |
    /// | --- | --- | --- |
    /// | PyTorch | `torch.optim.swa_utils.get_ema_multi_avg_fn` | 0.999 |
    /// | timm | `ModelEmaV3`: a copy until `update_after_step`, then, with `use_warmup`, a decay of `1 - (1 + s / warmup_gamma)^-warmup_power`, at most `decay` and at least `min_decay` | 0.9999 |
    /// | optax | `ema` from 0, with `debias` divided by `1 - decay^t`; with `initial`, `incremental_update`, whose `step_size` is `1 - decay` | 0.999 |
    /// | Keras | `use_ema`; the weights are set to the average every `overwrite_frequency` steps, 0 for never | 0.99 |
    ///
    /// With `initial` the average starts at the weights before the first step, and nothing is corrected.
    ///
    /// The weights that are trained are not changed, but by `overwrite_frequency`. The network to evaluate is that of the
    /// average: [`Averages`](crate::optim::Averages).
    Ema, "ema",
    conventions [PyTorch pytorch, Timm timm, Optax optax, Keras keras],
    {
        /// Sets what the average keeps of itself in a step.
        decay with_decay: f64 in Fraction,
        /// Sets whether the average starts at the weights before the first step.
        initial with_initial: bool in Flag only [Timm, Optax],
        /// Sets whether the average is corrected for its start at zero.
        debias with_debias: bool in Flag only [Optax],
        /// Sets for how many steps the average is a copy.
        update_after_step with_update_after_step: f64 in Whole only [Timm],
        /// Sets whether the decay grows with the steps.
        use_warmup with_use_warmup: bool in Flag only [Timm],
        /// Sets how slowly it grows.
        warmup_gamma with_warmup_gamma: f64 in AboveZero only [Timm],
        /// Sets the power by which it grows.
        warmup_power with_warmup_power: f64 in AboveZero only [Timm],
        /// Sets the least decay.
        min_decay with_min_decay: f64 in Fraction only [Timm],
        /// Sets every how many steps the weights take the average.
        overwrite_frequency with_overwrite_frequency: f64 in Whole only [Keras],
    }
}

impl Ema {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            decay: match convention {
                Convention::Timm => 0.9999,
                Convention::Keras => 0.99,
                _ => 0.999,
            },
            initial: false,
            debias: convention == Convention::Optax,
            update_after_step: 0.0,
            use_warmup: false,
            warmup_gamma: 1.0,
            warmup_power: 2.0 / 3.0,
            min_decay: 0.0,
            overwrite_frequency: 0.0,
        }
    }

    /// Whether the average starts at 0.
    fn is_from_zero(&self) -> bool {
        self.convention == Convention::Optax && !self.initial
    }

    /// What the average keeps of itself in the step of this number, from 1.
    fn decay_at(&self, time: u64) -> f64 {
        if self.initial || self.is_from_zero() {
            return self.decay;
        }
        let step = match self.convention {
            // timm counts from 1 as well, and its first step after the copies is 1.
            Convention::Timm => time as f64 - self.update_after_step - 1.0,
            _ => time as f64 - 1.0,
        };
        if step <= 0.0 {
            0.0
        } else if self.use_warmup {
            let grown = 1.0 - (1.0 + step / self.warmup_gamma).powf(-self.warmup_power);
            grown.min(self.decay).max(self.min_decay)
        } else {
            self.decay
        }
    }
}

impl Modifier<1, 0> for Ema {
    /// What the average keeps of itself, and whether the weights take it.
    type Scalars = (f64, bool);
    const CHANGES: Changes = Changes::Parameter;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<(f64, bool)> {
        let every = self.overwrite_frequency as u64;
        let overwrites = every > 0 && clock.time.is_multiple_of(every);
        Some((self.decay_at(clock.time), overwrites))
    }

    #[inline(always)]
    fn start<N: Number>(&self, param: N) -> [N; 1] {
        [match self.is_from_zero() {
            true => N::literal(0.0),
            false => param,
        }]
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        (decay, overwrites): &(f64, bool),
        seen: Seen<N>,
        [average]: [N; 1],
        _: [N; 0],
    ) -> (N, [N; 1]) {
        let average = average * *decay + seen.now * (1.0 - decay);
        (if *overwrites { average } else { seen.now }, [average])
    }

    fn average<N: Number>(&self, clock: &Clock, param: N, [average]: [N; 1]) -> Option<N> {
        if !(self.debias && self.is_from_zero()) {
            return Some(average);
        }
        Some(match clock.time {
            0 => param,
            _ => average / clock.correction(self.decay),
        })
    }
}
