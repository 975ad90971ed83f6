use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// AdaGrad: the more a weight has moved, the smaller its steps.
    ///
    /// ```text
    /// h <- h + g^2
    /// PyTorch       w <- w - lr / (1 + (t - 1) lr_decay) g / (sqrt(h) + epsilon)
    /// Keras, optax  w <- w - lr g / sqrt(h + epsilon)
    /// book          w <- w - lr g / (sqrt(h) + epsilon)
    /// ```
    ///
    /// `h` only grows, so the steps die out. It starts at `initial_accumulator`.
    ///
    /// Defaults:
    ///
    /// | | PyTorch | Keras | optax | book |
    /// | --- | --- | --- | --- | --- |
    /// | `initial_accumulator` | 0 | 0.1 | 0.1 | 0 |
    /// | `epsilon` | 1e-10 | 1e-7 | 1e-7 | 1e-7 |
    /// | learning rate | 0.01 | 0.001 | 0.001 | 0.01 |
    ///
    /// The book's formula has no epsilon and is 0/0 where no gradient has been yet; its programs add
    /// 1e-7.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::AdaGradConfig::keras().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic
    /// Optimization", 2011.
    AdaGrad, AdaGradConfig, "adagrad",
    lr |convention| match convention {
        Keras | Optax => 1e-3,
        _ => 1e-2,
    },
    conventions [PyTorch pytorch, Keras keras, Optax optax, Book book],
    {
        /// Sets where the sum of squared gradients starts.
        initial_accumulator with_initial_accumulator: f64 in NonNegative only [PyTorch, Keras, Optax],
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets the decay of the learning rate over time.
        lr_decay with_lr_decay: f64 in NonNegative only [PyTorch],
    }
}

impl AdaGrad {
    fn by_convention(convention: Convention) -> Self {
        let (initial_accumulator, epsilon) = match convention {
            Convention::Keras | Convention::Optax => (0.1, 1e-7),
            Convention::Book => (0.0, 1e-7),
            _ => (0.0, 1e-10),
        };
        Self {
            convention,
            initial_accumulator,
            epsilon,
            lr_decay: 0.0,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    lr: f64,
    epsilon_inside: f64,
    epsilon_outside: f64,
}

impl UpdateRule<1> for AdaGrad {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 1] = ["square_sum"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let (epsilon_inside, epsilon_outside) = match self.convention {
            Convention::Keras | Convention::Optax => (self.epsilon, 0.0),
            _ => (0.0, self.epsilon),
        };
        Scalars {
            lr: clock.lr / (1.0 + (clock.time - 1) as f64 * self.lr_decay),
            epsilon_inside,
            epsilon_outside,
        }
    }

    #[inline(always)]
    fn start<N: Number>(&self, _: &Scalars, _: N) -> [N; 1] {
        [N::literal(self.initial_accumulator)]
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [h]: [N; 1]) -> (N, [N; 1]) {
        let h = h + g.square();
        let denominator = (h + s.epsilon_inside).sqrt() + s.epsilon_outside;
        (w - g * s.lr / denominator, [h])
    }
}
