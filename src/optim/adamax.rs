use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Adamax: Adam by the largest gradient in place of the mean square.
    ///
    /// ```text
    /// m <- beta_1 m + (1 - beta_1) g                  m^ = m / (1 - beta_1^t)
    /// PyTorch, optax  u <- max(beta_2 u, |g| + epsilon)    w <- w - lr m^ / u
    /// Keras           u <- max(beta_2 u, |g|)              w <- w - lr m^ / (u + epsilon)
    /// ```
    ///
    /// Defaults: `beta_1` 0.9, `beta_2` 0.999, and
    ///
    /// | | PyTorch | Keras | optax |
    /// | --- | --- | --- | --- |
    /// | `epsilon` | 1e-8 | 1e-7 | 1e-8 |
    /// | learning rate | 0.002 | 0.001 | 0.002 |
    ///
    /// `epsilon` must be above 0: a zero gradient would be 0/0. Decoupled [weight
    /// decay](crate::optim::WeightDecay) makes it AdamaxW; the name `adamaxw` is optax', with a decay of
    /// 1e-4.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::AdamaxConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Kingma and Ba, [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980),
    /// section 7.1, 2014.
    Adamax, AdamaxConfig, "adamax",
    lr |convention| match convention {
        Keras => 1e-3,
        _ => 2e-3,
    },
    conventions [PyTorch pytorch, Keras keras, Optax optax],
    decoupled "adamaxw" [Optax 1e-4],
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the largest gradient.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in AboveZero,
    }
}

impl Adamax {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: match convention {
                Convention::Keras => 1e-7,
                _ => 1e-8,
            },
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    beta_1: f64,
    beta_2: f64,
    /// `lr / (1 - beta_1^t)`.
    step: f64,
    epsilon_inside: f64,
    epsilon_outside: f64,
}

impl UpdateRule<2> for Adamax {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["moment_1", "largest"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let (epsilon_inside, epsilon_outside) = match self.convention {
            Convention::Keras => (0.0, self.epsilon),
            _ => (self.epsilon, 0.0),
        };
        Scalars {
            beta_1: self.beta_1,
            beta_2: self.beta_2,
            step: clock.lr / clock.correction(self.beta_1),
            epsilon_inside,
            epsilon_outside,
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [m, u]: [N; 2]) -> (N, [N; 2]) {
        let m = m * s.beta_1 + g * (1.0 - s.beta_1);
        let u = (g.abs() + s.epsilon_inside).max(u * s.beta_2);
        (w - m * s.step / (u + s.epsilon_outside), [m, u])
    }
}
