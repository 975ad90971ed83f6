use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// Stochastic gradient descent: a step against the gradient.
    ///
    /// ```text
    /// w <- w - lr g
    /// ```
    ///
    /// PyTorch, Keras, optax and the book agree on the formula. Learning rate 0.001 (PyTorch) or 0.01
    /// (Keras and the book; optax has no default).
    ///
    /// ```
    /// let optimizer = burn_extras::optim::SgdConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    Sgd, SgdConfig, "sgd",
    lr |convention| match convention {
        PyTorch => 1e-3,
        _ => 1e-2,
    },
    conventions [PyTorch pytorch, Keras keras, Optax optax, Book book],
    {}
}

impl Sgd {
    fn by_convention(convention: Convention) -> Self {
        Self { convention }
    }
}

impl UpdateRule<0> for Sgd {
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 0] = [];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    #[inline(always)]
    fn update<N: Number>(&self, lr: &f64, param: N, grad: N, []: [N; 0]) -> (N, [N; 0]) {
        (param - grad * *lr, [])
    }
}
