use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// RMSProp: AdaGrad that forgets.
    ///
    /// ```text
    /// h <- rho h + (1 - rho) g^2
    /// PyTorch, book  u = g / (sqrt(h) + epsilon)
    /// Keras, optax   u = g / sqrt(h + epsilon)
    /// ```
    ///
    /// A smaller `rho` follows the newest gradients more. The step is `w <- w - lr u`, or with
    /// momentum
    ///
    /// ```text
    /// PyTorch, book  v <- mu v + u       w <- w - lr v
    /// Keras, optax   v <- mu v + lr u    w <- w - v
    /// ```
    ///
    /// `centered` takes the variance of the gradients, `h - mean(g)^2`, in place of `h`; rounding
    /// that makes it negative is cut off at 0.
    ///
    /// Defaults: no momentum, not centered, and
    ///
    /// | | PyTorch | Keras | optax | book |
    /// | --- | --- | --- | --- | --- |
    /// | `rho` | 0.99 | 0.9 | 0.9 | 0.99 |
    /// | `epsilon` | 1e-8 | 1e-7 | 1e-8 | 1e-7 |
    /// | learning rate | 0.01 | 0.001 | 0.001 | 0.01 |
    ///
    /// ```
    /// let optimizer = burn_extras::optim::RmsPropConfig::new().with_centered(true).init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Hinton, "Neural Networks for Machine Learning", lecture 6, 2012.
    RmsProp, RmsPropConfig, "rmsprop",
    lr |convention| match convention {
        Keras | Optax => 1e-3,
        _ => 1e-2,
    },
    conventions [PyTorch pytorch, Keras keras, Optax optax, Book book],
    {
        /// Sets the decay of the mean of squared gradients.
        rho with_rho: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets how much of the velocity is kept; 0 goes without one.
        momentum with_momentum: f64 in Fraction only [PyTorch, Keras, Optax],
        /// Sets whether to divide by the deviation from the mean gradient.
        centered with_centered: bool in Flag only [PyTorch, Keras, Optax],
    }
}

impl RmsProp {
    fn by_convention(convention: Convention) -> Self {
        let (rho, epsilon) = match convention {
            Convention::Keras => (0.9, 1e-7),
            Convention::Optax => (0.9, 1e-8),
            Convention::Book => (0.99, 1e-7),
            _ => (0.99, 1e-8),
        };
        Self {
            convention,
            rho,
            epsilon,
            momentum: 0.0,
            centered: false,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    rho: f64,
    momentum: f64,
    centered: bool,
    epsilon_inside: f64,
    epsilon_outside: f64,
    /// What is multiplied in on the way into the velocity.
    lr_inside: f64,
    /// What is multiplied in on the way into the weights.
    lr_outside: f64,
}

impl UpdateRule<3> for RmsProp {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 3] = ["square_mean", "mean", "velocity"];
    const IS_STEP: bool = true;

    fn keeps(&self) -> [bool; 3] {
        [true, self.centered, self.momentum > 0.0]
    }

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let inside = matches!(self.convention, Convention::Keras | Convention::Optax);
        let place = |inside: bool, value, neutral| {
            if inside {
                (value, neutral)
            } else {
                (neutral, value)
            }
        };
        let (epsilon_inside, epsilon_outside) = place(inside, self.epsilon, 0.0);
        let (lr_inside, lr_outside) = place(inside, clock.lr, 1.0);
        Scalars {
            rho: self.rho,
            momentum: self.momentum,
            centered: self.centered,
            epsilon_inside,
            epsilon_outside,
            lr_inside,
            lr_outside,
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [h, mean, v]: [N; 3]) -> (N, [N; 3]) {
        let h = h * s.rho + g.square() * (1.0 - s.rho);
        let mean = mean * s.rho + g * (1.0 - s.rho);
        let spread = if s.centered {
            (h - mean.square()).max(N::literal(0.0))
        } else {
            h
        };
        let denominator = (spread + s.epsilon_inside).sqrt() + s.epsilon_outside;
        let v = v * s.momentum + g * s.lr_inside / denominator;
        (w - v * s.lr_outside, [h, mean, v])
    }
}
