use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// MADGRAD: dual averaging with a cube root, and momentum as an average of the weights.
    ///
    /// ```text
    /// lambda = (lr + epsilon) sqrt(t)
    /// s <- s + lambda g        v <- v + lambda g^2
    /// z = w_0 - s / (cbrt(v) + epsilon)
    /// w <- momentum w + (1 - momentum) z
    /// ```
    ///
    /// Defaults (optax' and the authors'): `momentum` 0.9, `epsilon` 1e-6, learning rate 0.01.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::MadGradConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Defazio and Jelassi, [Adaptivity without Compromise](https://arxiv.org/abs/2101.11075), 2021.
    MadGrad, MadGradConfig, "madgrad", lr |_| 1e-2, conventions [Optax optax],
    decay |_| Some(Coupled(0.0)),
    {
        /// Sets how much of the old weights is kept.
        momentum with_momentum: f64 in Fraction,
        /// Sets what keeps learning rate and denominator from zero.
        epsilon with_epsilon: f64 in AboveZero,
    }
}

impl MadGrad {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            momentum: 0.9,
            epsilon: 1e-6,
        }
    }
}

impl UpdateRule<3> for MadGrad {
    /// Lambda.
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 3] = ["sum", "square_sum", "initial"];
    const ROUNDS: [bool; 3] = [false, true, false];

    fn scalars(&self, clock: &mut Clock) -> f64 {
        (clock.lr + self.epsilon) * (clock.time as f64).sqrt()
    }

    #[inline(always)]
    fn start<N: Number>(&self, _: &f64, w: N) -> [N; 3] {
        [N::literal(0.0), N::literal(0.0), w]
    }

    #[inline(always)]
    fn update<N: Number>(&self, lambda: &f64, w: N, g: N, state: [N; 3]) -> (N, [N; 3]) {
        let [sum, square_sum, initial] = state;
        let sum = sum + g * *lambda;
        let square_sum = square_sum + g.square() * *lambda;
        let target = initial - sum / (square_sum.cbrt() + self.epsilon);
        let w = w * self.momentum + target * (1.0 - self.momentum);
        (w, [sum, square_sum, initial])
    }
}
