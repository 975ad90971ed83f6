use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Follow the regularized leader: weights of little use become exactly zero.
    ///
    /// ```text
    /// n' = n + g^2
    /// z <- z + g - (sqrt(n') - sqrt(n)) / lr w        n <- n'
    /// w <- (clip(z, -l1, l1) - z) / (sqrt(n) / lr + 2 l2 + beta / lr)
    /// ```
    ///
    /// By Keras' convention `z` starts at 0, which erases the initial weights in the first step, and
    /// weights are a multiple of the learning rate, so lowering it shrinks them. By the paper's
    /// convention (`new()`) `z` is where the formula gives back the weights, at the start and whenever
    /// the learning rate changes (weights that are 0 keep theirs), so that networks can be trained, with
    /// schedules. There, without `l1` and `l2`, the rule is that of [`AdaGrad`](super::AdaGrad).
    ///
    /// Defaults (Keras'): `initial_accumulator` 0.1, `l1`, `l2` and `beta` 0, learning rate 0.001; by
    /// the paper's convention AdaGrad's learning rate, 0.01. Keras' power of the learning rate is fixed
    /// at its default, -1/2.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::FtrlConfig::new().with_l1(0.001).init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// McMahan et al., "Ad Click Prediction: a View from the Trenches", 2013.
    Ftrl, FtrlConfig, "ftrl",
    lr |convention| match convention {
        Keras => 1e-3,
        _ => 1e-2,
    },
    conventions [Paper paper, Keras keras],
    {
        /// Sets where the sum of squared gradients starts.
        initial_accumulator with_initial_accumulator: f64 in AboveZero,
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
    /// 1 where `z` is to be where the formula gives back the weights, else 0.
    anew: f64,
}

impl UpdateRule<2> for Ftrl {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["square_sum", "linear"];
    /// The weights follow from differences of its root, step by step: what rounding does to one adds up.
    const ROUNDS: [bool; 2] = [false, false];

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        // The memory is the learning rate of the step before; a first one may be 0, as in a warm-up.
        let changed = clock.time == 1 || clock.memory[0] != clock.lr;
        clock.memory[0] = clock.lr;
        // Its inverse has to be finite in f32, also at the end of a schedule that ends at 0.
        let inverse_lr = clock.lr.max(1e-30).recip();
        Scalars {
            inverse_lr,
            pull: 2.0 * self.l2 + self.beta * inverse_lr,
            anew: f64::from(changed && self.convention != Convention::Keras),
        }
    }

    #[inline(always)]
    fn start<N: Number>(&self, _: &Scalars, _: N) -> [N; 2] {
        [self.initial_accumulator, 0.0].map(N::literal)
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [n, z]: [N; 2]) -> (N, [N; 2]) {
        // What solves w = (clip(z, -l1, l1) - z) / quadratic, for weights that are not 0.
        let anew = -(w * (n.sqrt() * s.inverse_lr + s.pull) + w.signum() * self.l1);
        let anew = w.if_positive(anew, w.if_negative(anew, z));
        let z = N::literal(s.anew).if_positive(anew, z);
        let next = n + g.square();
        // sqrt(n') - sqrt(n), without the cancellation.
        let growth = g.square() / (next.sqrt() + n.sqrt());
        let z = z + g - growth * s.inverse_lr * w;
        let quadratic = next.sqrt() * s.inverse_lr + s.pull;
        ((z.clamp(-self.l1, self.l1) - z) / quadratic, [next, z])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::Double;

    #[test]
    fn a_learning_rate_of_zero_keeps_the_weights() {
        let rule = Ftrl::by_convention(Convention::Paper);
        let mut clock = Clock {
            lr: 0.0,
            time: 1,
            rank: 1,
            elements: 1,
            memory: [0.0; 2],
            weight_decay: None,
        };
        let scalars = rule.scalars(&mut clock);
        let state = rule.start(&scalars, Double(0.7));
        let (weight, _) = rule.update(&scalars, Double(0.7), Double(0.3), state);
        assert!((weight.0 - 0.7).abs() < 1e-12, "{weight:?}");
    }
}
