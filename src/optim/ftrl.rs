use super::Convention;
use super::settings::rule;
use crate::fused::{Clock, Number, UpdateRule};

rule! {
    /// Follow the regularized leader: weights of little use become exactly zero.
    ///
    /// ```text
    /// n' = n + g^2
    /// z <- z + g - (sqrt(n') - sqrt(n)) / lr w        n <- n'
    /// w <- (clip(z, -l1, l1) - z) / (sqrt(n) / lr + 2 l2 + beta / lr)
    /// ```
    ///
    /// By Keras' convention `z` starts at 0, which erases the initial weights in the first step. By
    /// the paper's convention (`new()`) it starts where the formula gives back the initial weights,
    /// so that networks can be trained.
    ///
    /// Keep the learning rate constant: weights are a multiple of it, so lowering it shrinks them.
    ///
    /// Defaults (Keras'): `initial_accumulator` 0.1, `l1`, `l2` and `beta` 0, learning rate 0.001.
    /// Keras' power of the learning rate is fixed at its default, -1/2.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::FtrlConfig::new().with_l1(0.001).init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// McMahan et al., "Ad Click Prediction: a View from the Trenches", 2013.
    Ftrl, FtrlConfig, "ftrl", lr |_| 1e-3, conventions [Paper paper, Keras keras],
    {
        /// Sets where the sum of squared gradients starts.
        initial_accumulator with_initial_accumulator: f64 in Positive,
        /// Sets the strength of the pull to exactly zero.
        l1 with_l1: f64 in NonNegative,
        /// Sets the strength of the pull towards zero.
        l2 with_l2: f64 in NonNegative,
        /// Sets what slows the first steps down.
        beta with_beta: f64 in NonNegative,
    }
}

impl Ftrl {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            initial_accumulator: 0.1,
            l1: 0.0,
            l2: 0.0,
            beta: 0.0,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    /// `1 / lr`.
    inverse_lr: f64,
    /// `2 l2 + beta / lr`.
    pull: f64,
}

impl UpdateRule<2> for Ftrl {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["square_sum", "linear"];

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        Scalars {
            inverse_lr: clock.lr.recip(),
            pull: 2.0 * self.l2 + self.beta / clock.lr,
        }
    }

    #[inline(always)]
    fn start<N: Number>(&self, s: &Scalars, w: N) -> [N; 2] {
        let z = match self.convention {
            Convention::Keras => N::literal(0.0),
            // What solves w = (clip(z, -l1, l1) - z) / quadratic.
            _ => {
                let quadratic = self.initial_accumulator.sqrt() * s.inverse_lr + s.pull;
                -(w * quadratic + w.signum() * self.l1)
            }
        };
        [N::literal(self.initial_accumulator), z]
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [n, z]: [N; 2]) -> (N, [N; 2]) {
        let next = n + g.square();
        // sqrt(n') - sqrt(n), without the cancellation.
        let growth = g.square() / (next.sqrt() + n.sqrt());
        let z = z + g - growth * s.inverse_lr * w;
        let quadratic = next.sqrt() * s.inverse_lr + s.pull;
        ((z.clamp(-self.l1, self.l1) - z) / quadratic, [next, z])
    }
}
