use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Yogi: Adam whose second moment changes by a step of the gradient's size, never by its own.
    ///
    /// ```text
    /// m <- beta_1 m + (1 - beta_1) g                     m^ = m / (1 - beta_1^t)
    /// v <- v - (1 - beta_2) sign(v - g^2) g^2            v^ = v / (1 - beta_2^t)
    /// w <- w - lr m^ / (sqrt(v^) + epsilon)
    /// ```
    ///
    /// Both moments start at `initial_accumulator`, as in optax.
    ///
    /// Defaults: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 0.001, `initial_accumulator` 1e-6 (optax'),
    /// learning rate 0.01 (the paper's).
    ///
    /// ```
    /// let optimizer = burn_extras::optim::YogiConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Zaheer et al., "Adaptive Methods for Nonconvex Optimization", 2018.
    Yogi, YogiConfig, "yogi", lr |_| 1e-2, conventions [Optax optax],
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets how slowly the second moment changes.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets where both moments start.
        initial_accumulator with_initial_accumulator: f64 in NonNegative,
    }
}

impl Yogi {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-3,
            initial_accumulator: 1e-6,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    /// `lr / (1 - beta_1^t)`.
    step: f64,
    /// `1 / sqrt(1 - beta_2^t)`.
    root: f64,
}

impl UpdateRule<2> for Yogi {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["moment_1", "moment_2"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        Scalars {
            step: clock.lr / clock.correction(self.beta_1),
            root: clock.correction(self.beta_2).sqrt().recip(),
        }
    }

    #[inline(always)]
    fn start<N: Number>(&self, _: &Scalars, _: N) -> [N; 2] {
        [N::literal(self.initial_accumulator); 2]
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let m = m * self.beta_1 + g * (1.0 - self.beta_1);
        let square = g.square();
        let v = v - (v - square).signum() * square * (1.0 - self.beta_2);
        (w - m * s.step / (v.sqrt() * s.root + self.epsilon), [m, v])
    }
}
