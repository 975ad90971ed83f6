use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Gradient descent with momentum: a ball that rolls downhill, with friction.
    ///
    /// ```text
    /// PyTorch      v <- mu v + (1 - dampening) g    (the first v is g)    w <- w - lr v
    /// Keras, book  v <- mu v - lr g                                       w <- w + v
    /// ```
    ///
    /// The two part as soon as the learning rate changes: the book's velocity remembers the rates
    /// of the past. optax follows PyTorch, without dampening.
    ///
    /// Defaults: `momentum` 0.9; PyTorch's `dampening` 0. Learning rate 0.001 (PyTorch) or 0.01
    /// (Keras and the book; optax has no default).
    ///
    /// ```
    /// let optimizer = burn_extras::optim::MomentumConfig::new().with_momentum(0.95).init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    Momentum, MomentumConfig, "momentum",
    lr |convention| match convention {
        PyTorch => 1e-3,
        _ => 1e-2,
    },
    conventions [PyTorch pytorch, Keras keras, Optax optax, Book book],
    {
        /// Sets how much of the velocity is kept.
        momentum with_momentum: f64 in Fraction,
        /// Sets how much of each gradient after the first is held back. Only PyTorch's form has it.
        dampening with_dampening: f64 in Fraction only [PyTorch],
    }
}

impl Momentum {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            momentum: 0.9,
            dampening: 0.0,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    momentum: f64,
    /// What the gradient is multiplied by on its way into the velocity.
    inner: f64,
    /// What the velocity is multiplied by on its way into the weights.
    outer: f64,
}

impl UpdateRule<1> for Momentum {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 1] = ["velocity"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let (inner, outer) = match self.convention {
            Convention::Keras | Convention::Book => (-clock.lr, 1.0),
            _ if clock.time == 1 => (1.0, -clock.lr),
            _ => (1.0 - self.dampening, -clock.lr),
        };
        Scalars {
            momentum: self.momentum,
            inner,
            outer,
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [v]: [N; 1]) -> (N, [N; 1]) {
        let v = v * s.momentum + g * s.inner;
        (w + v * s.outer, [v])
    }
}
