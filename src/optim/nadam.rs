use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// NAdam: Adam with Nesterov momentum in place of momentum.
    ///
    /// ```text
    /// m <- beta_1 m + (1 - beta_1) g
    /// v <- beta_2 v + (1 - beta_2) g^2                 v^ = v / (1 - beta_2^t)
    /// m^ = a m + b g                                   w <- w - lr m^ / (sqrt(v^) + epsilon)
    ///
    /// PyTorch, Keras  a = mu_(t+1) / (1 - mu_1 ... mu_(t+1))    b = (1 - mu_t) / (1 - mu_1 ... mu_t)
    ///                 mu_t = beta_1 (1 - 0.96^(t momentum_decay) / 2)
    /// optax           a = beta_1 / (1 - beta_1^(t+1))           b = (1 - beta_1) / (1 - beta_1^t)
    /// ```
    ///
    /// Defaults: `beta_1` 0.9, `beta_2` 0.999, and
    ///
    /// | | PyTorch | Keras | optax |
    /// | --- | --- | --- | --- |
    /// | `momentum_decay` | 0.004 | 1 | has none |
    /// | `epsilon` | 1e-8 | 1e-7 | 1e-8 |
    /// | learning rate | 0.002 | 0.001 | 0.001 |
    ///
    /// Decoupled [weight decay](crate::optim::WeightDecay) makes it NAdamW; the name `nadamw` is optax',
    /// with a decay of 1e-4.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::NadamConfig::keras().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Dozat, [Incorporating Nesterov Momentum into Adam](https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ),
    /// 2016.
    Nadam, NadamConfig, "nadam",
    lr |convention| match convention {
        PyTorch => 2e-3,
        _ => 1e-3,
    },
    conventions [PyTorch pytorch, Keras keras, Optax optax],
    decoupled "nadamw" [Optax 1e-4],
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean squared gradient.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets how fast the momentum warms up. optax's form has no warm-up.
        momentum_decay with_momentum_decay: f64 in NonNegative only [PyTorch, Keras],
    }
}

impl Nadam {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: match convention {
                Convention::Keras => 1e-7,
                _ => 1e-8,
            },
            momentum_decay: match convention {
                Convention::Keras => 1.0,
                _ => 0.004,
            },
        }
    }

    /// The momentum of step `t`.
    fn momentum(&self, t: u64) -> f64 {
        match self.convention {
            Convention::Optax => self.beta_1,
            _ => self.beta_1 * (1.0 - 0.5 * 0.96_f64.powf(t as f64 * self.momentum_decay)),
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    beta_1: f64,
    beta_2: f64,
    /// `lr a`.
    of_mean: f64,
    /// `lr b`.
    of_grad: f64,
    /// `1 / sqrt(1 - beta_2^t)`.
    root: f64,
    epsilon: f64,
}

impl UpdateRule<2> for Nadam {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["moment_1", "moment_2"];
    const IS_STEP: bool = true;
    /// The product of the momenta so far.
    const MEMORY: [f64; 2] = [1.0, 0.0];

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let (now, next) = (self.momentum(clock.time), self.momentum(clock.time + 1));
        let product = clock.memory[0] * now;
        clock.memory[0] = product;
        Scalars {
            beta_1: self.beta_1,
            beta_2: self.beta_2,
            of_mean: clock.lr * next / (1.0 - product * next),
            of_grad: clock.lr * (1.0 - now) / (1.0 - product),
            root: clock.correction(self.beta_2).sqrt().recip(),
            epsilon: self.epsilon,
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let m = m * s.beta_1 + g * (1.0 - s.beta_1);
        let v = v * s.beta_2 + g.square() * (1.0 - s.beta_2);
        let step = m * s.of_mean + g * s.of_grad;
        (w - step / (v.sqrt() * s.root + s.epsilon), [m, v])
    }
}
