use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Nesterov's momentum: move by the old momentum first, and take the gradient there.
    ///
    /// In its shifted form the gradient is taken where the weights are:
    ///
    /// ```text
    /// PyTorch      v <- mu v + g       w <- w - lr (g + mu v)
    /// Keras, book  v <- mu v - lr g    w <- w + mu v - lr g = w + mu^2 v_old - (1 + mu) lr g
    /// ```
    ///
    /// The two part as soon as the learning rate changes: the book's velocity remembers the rates
    /// of the past. optax follows PyTorch.
    ///
    /// Defaults: `momentum` 0.9. Learning rate 0.001 (PyTorch) or 0.01 (Keras and the book; optax
    /// has no default).
    ///
    /// ```
    /// let optimizer = burn_extras::optim::NesterovConfig::book().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013;
    /// Bengio et al., "Advances in optimizing recurrent networks", 2012 (the shifted form).
    Nesterov, NesterovConfig, "nesterov",
    lr |convention| match convention {
        PyTorch => 1e-3,
        _ => 1e-2,
    },
    conventions [PyTorch pytorch, Keras keras, Optax optax, Book book],
    {
        /// Sets how much of the velocity is kept.
        momentum with_momentum: f64 in Fraction,
    }
}

impl Nesterov {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            momentum: 0.9,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    momentum: f64,
    lr: f64,
    /// What the gradient is multiplied by on its way into the velocity.
    inner: f64,
    /// What the velocity is multiplied by on its way into the weights.
    outer: f64,
}

impl UpdateRule<1> for Nesterov {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 1] = ["velocity"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let (inner, outer) = match self.convention {
            Convention::Keras | Convention::Book => (-clock.lr, self.momentum),
            _ => (1.0, -clock.lr * self.momentum),
        };
        Scalars {
            momentum: self.momentum,
            lr: clock.lr,
            inner,
            outer,
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [v]: [N; 1]) -> (N, [N; 1]) {
        let v = v * s.momentum + g * s.inner;
        (w + v * s.outer - g * s.lr, [v])
    }
}
