use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// RAdam: Adam that does without the second moment until enough steps make it reliable.
    ///
    /// ```text
    /// m <- beta_1 m + (1 - beta_1) g        m^ = m / (1 - beta_1^t)
    /// v <- beta_2 v + (1 - beta_2) g^2      v^ = v / (1 - beta_2^t)
    /// rho_inf = 2 / (1 - beta_2) - 1        rho = rho_inf - 2 t beta_2^t / (1 - beta_2^t)
    /// r = sqrt((rho - 4)(rho - 2) rho_inf / ((rho_inf - 4)(rho_inf - 2) rho))
    /// PyTorch, rho > 5   w <- w - lr r m^ sqrt(1 - beta_2^t) / (sqrt(v) + epsilon)
    /// optax, rho >= 5    w <- w - lr r m^ / (sqrt(v^) + epsilon)
    /// else               w <- w - lr m^
    /// ```
    ///
    /// Defaults: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-8, learning rate 0.001.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::RAdamConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Liu et al., [On the Variance of the Adaptive Learning Rate and Beyond](https://arxiv.org/abs/1908.03265),
    /// 2019.
    RAdam, RAdamConfig, "radam", lr |_| 1e-3,
    conventions [PyTorch pytorch, Optax optax],
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean squared gradient.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
    }
}

impl RAdam {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
        }
    }

    /// The rectification of step `t`, once the second moment is reliable.
    fn rectification(&self, clock: &Clock) -> Option<f64> {
        let correction = clock.correction(self.beta_2);
        let longest = 2.0 / (1.0 - self.beta_2) - 1.0;
        let length = longest - 2.0 * clock.time as f64 * (1.0 - correction) / correction;
        let reliable = match self.convention {
            Convention::Optax => length >= 5.0,
            _ => length > 5.0,
        };
        reliable.then(|| {
            ((length - 4.0) * (length - 2.0) * longest
                / ((longest - 4.0) * (longest - 2.0) * length))
                .sqrt()
        })
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    beta_1: f64,
    beta_2: f64,
    /// `lr r / (1 - beta_1^t)`.
    step: f64,
    /// `1 / sqrt(1 - beta_2^t)`, or 0 while the denominator is 1.
    root: f64,
    /// Epsilon, or 1 while the denominator is 1.
    epsilon: f64,
}

impl UpdateRule<2> for RAdam {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["moment_1", "moment_2"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let step = clock.lr / clock.correction(self.beta_1);
        let root = clock.correction(self.beta_2).sqrt().recip();
        let (step, root, epsilon) = match (self.rectification(clock), self.convention) {
            (None, _) => (step, 0.0, 1.0),
            (Some(r), Convention::Optax) => (step * r, root, self.epsilon),
            (Some(r), _) => (step * r, root, self.epsilon * root),
        };
        Scalars {
            beta_1: self.beta_1,
            beta_2: self.beta_2,
            step,
            root,
            epsilon,
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let m = m * s.beta_1 + g * (1.0 - s.beta_1);
        let v = v * s.beta_2 + g.square() * (1.0 - s.beta_2);
        (w - m * s.step / (v.sqrt() * s.root + s.epsilon), [m, v])
    }
}
