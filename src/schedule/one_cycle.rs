use super::{Curve, Schedule, Scheduler, settings};
use crate::registry::{Range, SpecError, check};

const CONFIG: &str = "OneCycleConfig";

/// One cycle: up to the learning rate, and further down than it came from.
///
/// ```text
/// low = lr / div_factor,  end = low / final_div_factor
/// from low to lr            until the peak, step P
/// from lr to end            until the last step, E
/// ```
///
/// With `three_phase` it goes from `lr` back to `low` until step `2 P`, and only then to `end`, as in
/// the paper. Each way is half a cosine, or a straight line with `linear`. From `E` on the rate
/// stays at `end`, where PyTorch's ends with an error.
///
/// | | P | E |
/// | --- | --- | --- |
/// | [`new`](Self::new), PyTorch's `OneCycleLR` | `pct_start T - 1` | `T - 1` |
/// | [`optax`](Self::optax), optax' `cosine_onecycle_schedule` | `pct_start T`, rounded down | `T` |
///
/// PyTorch's `P` need not be a whole number, and is below 0 where `T` is small: the first step is
/// then already on its way down. The momentum, which PyTorch moves against the learning rate unless
/// told otherwise, stays as it is.
///
/// Defaults: `pct_start` 0.3, `div_factor` 25, `final_div_factor` 10000, two phases of cosines, in
/// both libraries. By name: `one_cycle(pct_start=0.2, linear=true)`, `one_cycle_optax`.
///
/// ```
/// use burn_extras::schedule::OneCycleConfig;
///
/// let schedule = OneCycleConfig::new().init(1.0, 100)?;
/// assert_eq!([0, 29].map(|step| schedule.at(step)), [0.04, 1.0]);
/// assert!((schedule.at(99) - 4e-6).abs() < 1e-18);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
///
/// Smith and Topin, [Super-convergence](https://arxiv.org/abs/1708.07120), 2017.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycleConfig {
    pct_start: f64,
    div_factor: f64,
    final_div_factor: f64,
    linear: bool,
    three_phase: bool,
    optax: bool,
}

impl Default for OneCycleConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl OneCycleConfig {
    /// PyTorch's.
    pub fn new() -> Self {
        Self {
            pct_start: 0.3,
            div_factor: 25.0,
            final_div_factor: 1e4,
            linear: false,
            three_phase: false,
            optax: false,
        }
    }

    /// optax', which peaks and ends a step later. It has two phases of cosines.
    pub fn optax() -> Self {
        Self {
            optax: true,
            ..Self::new()
        }
    }

    /// Sets the share of the steps in which the rate rises: from 0 to 1, or to 0.5 with three phases.
    #[must_use]
    pub fn with_pct_start(mut self, pct_start: f64) -> Self {
        self.pct_start = pct_start;
        self
    }

    /// Sets what the learning rate is divided by at the start, 1 or more.
    #[must_use]
    pub fn with_div_factor(mut self, div_factor: f64) -> Self {
        self.div_factor = div_factor;
        self
    }

    /// Sets what the rate of the start is divided by at the end, 1 or more.
    #[must_use]
    pub fn with_final_div_factor(mut self, final_div_factor: f64) -> Self {
        self.final_div_factor = final_div_factor;
        self
    }

    /// Sets whether the ways are straight lines, and not cosines.
    #[must_use]
    pub fn with_linear(mut self, linear: bool) -> Self {
        self.linear = linear;
        self
    }

    /// Sets whether the rate comes back to its start before it goes below.
    #[must_use]
    pub fn with_three_phase(mut self, three_phase: bool) -> Self {
        self.three_phase = three_phase;
        self
    }

    /// The share of the steps in which the rate rises.
    pub fn pct_start(&self) -> f64 {
        self.pct_start
    }

    /// What the learning rate is divided by at the start.
    pub fn div_factor(&self) -> f64 {
        self.div_factor
    }

    /// What the rate of the start is divided by at the end.
    pub fn final_div_factor(&self) -> f64 {
        self.final_div_factor
    }

    /// Whether the ways are straight lines.
    pub fn linear(&self) -> bool {
        self.linear
    }

    /// Whether the rate comes back to its start before it goes below.
    pub fn three_phase(&self) -> bool {
        self.three_phase
    }

    /// Whether it is optax'.
    pub fn is_optax(&self) -> bool {
        self.optax
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// Names the first that is outside its range; a straight line or three phases where it is optax'.
    pub fn validate(&self) -> Result<(), SpecError> {
        if self.optax {
            for (field, is_on) in [("linear", self.linear), ("three_phase", self.three_phase)] {
                check(CONFIG, field, 1.0, "0 in optax' form", !is_on)?;
            }
        }
        if self.three_phase {
            let inside = (0.0..=0.5).contains(&self.pct_start);
            let range = "from 0 to 0.5 with three phases";
            check(CONFIG, "pct_start", self.pct_start, range, inside)?;
        }
        Range::Share.check(CONFIG, "pct_start", self.pct_start)?;
        Range::AtLeastOne.check(CONFIG, "div_factor", self.div_factor)?;
        Range::AtLeastOne.check(CONFIG, "final_div_factor", self.final_div_factor)
    }

    /// The schedule that peaks at `lr`, over a training of `steps` steps.
    ///
    /// # Errors
    ///
    /// When a setting is outside its range, `lr` is not above 0, or there are no `steps`.
    pub fn init(&self, lr: f64, steps: usize) -> Result<Scheduler<OneCycle>, SpecError> {
        settings::start(CONFIG, lr, steps)?;
        self.validate()?;
        let rise = self.pct_start * steps as f64;
        let (peak, last) = match self.optax {
            true => (rise.floor(), steps as f64),
            false => (rise - 1.0, steps as f64 - 1.0),
        };
        let low = lr / self.div_factor;
        let mut corners = vec![(0.0, low), (peak, lr)];
        if self.three_phase {
            corners.push((2.0 * peak, low));
        }
        corners.push((last, low / self.final_div_factor));
        let curve = match self.linear {
            true => Curve::Linear,
            false => Curve::Cosine,
        };
        Ok(Scheduler::new(OneCycle { corners, curve }))
    }
}

/// What [`OneCycleConfig`] makes.
#[derive(Clone, Debug)]
pub struct OneCycle {
    /// Step and rate where each way begins, and where the last one ends.
    corners: Vec<(f64, f64)>,
    curve: Curve,
}

impl Schedule for OneCycle {
    fn at(&self, step: usize) -> f64 {
        let n = step as f64;
        let ways = self.corners.len() - 1;
        let way = (1..ways).find(|way| n <= self.corners[*way].0);
        let way = way.unwrap_or(ways);
        let ((start, from), (end, to)) = (self.corners[way - 1], self.corners[way]);
        self.curve.between([from, to], n - start, end - start)
    }
}
