use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Rprop: only the gradient's sign counts, and each weight has a step size of its own.
    ///
    /// ```text
    /// same sign as before    s <- min(eta_plus s, step_max)       w <- w - s sign(g)
    /// another sign           s <- max(eta_minus s, step_min)      w stays, and g counts as 0
    /// one of them 0          s stays                              w <- w - s sign(g)
    /// ```
    ///
    /// The learning rate is the first step size, and has no further effect. For full batches only:
    /// the noise of small ones flips signs.
    ///
    /// optax takes each step one step late: what `g` decides now moves the weights next time, unless
    /// the sign turns by then.
    ///
    /// Defaults: `eta_minus` 0.5, `eta_plus` 1.2, `step_min` 1e-6, `step_max` 50, learning rate 0.01.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::RpropConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning: the
    /// RPROP algorithm", 1993.
    Rprop, RpropConfig, "rprop", lr |_| 1e-2, conventions [PyTorch pytorch, Optax optax],
    decay |_| None,
    {
        /// Sets the factor of the step size after a change of sign.
        eta_minus with_eta_minus: f64 in Shrinking,
        /// Sets the factor of the step size after the same sign.
        eta_plus with_eta_plus: f64 in Growing,
        /// Sets the smallest step size.
        step_min with_step_min: f64 in NonNegative,
        /// Sets the largest step size.
        step_max with_step_max: f64 in AboveZero,
    }
}

impl Rprop {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            eta_minus: 0.5,
            eta_plus: 1.2,
            step_min: 1e-6,
            step_max: 50.0,
        }
    }
}

impl UpdateRule<2> for Rprop {
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 2] = ["sign", "step"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    #[inline(always)]
    fn start<N: Number>(&self, lr: &f64, _: N) -> [N; 2] {
        [N::literal(0.0), N::literal(*lr)]
    }

    #[inline(always)]
    fn update<N: Number>(&self, _: &f64, w: N, g: N, [before, step]: [N; 2]) -> (N, [N; 2]) {
        // Signs, because the product of two tiny gradients would be 0.
        let sign = g.signum();
        let turn = sign * before;
        let factor = turn.if_positive(
            N::literal(self.eta_plus),
            turn.if_negative(N::literal(self.eta_minus), N::literal(1.0)),
        );
        let late = before * step;
        let step = (step * factor).clamp(self.step_min, self.step_max);
        let sign = turn.if_negative(N::literal(0.0), sign);
        let change = if self.convention == Convention::Optax {
            turn.if_negative(N::literal(0.0), late)
        } else {
            sign * step
        };
        (w - change, [sign, step])
    }
}
