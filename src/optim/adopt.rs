use super::Convention;
use super::rule::{Clock, UpdateRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// ADOPT: Adam that divides each gradient by the past's second moment, before the mean.
    ///
    /// ```text
    /// u = g / max(sqrt(v), epsilon)    clipped to (t - 1)^(1/4) in size
    /// m <- beta_1 m + (1 - beta_1) u
    /// w <- w - lr m
    /// v <- beta_2 v + (1 - beta_2) g^2
    /// ```
    ///
    /// The first step only sets `v` to `g^2`.
    ///
    /// Defaults (optax'): `beta_1` 0.9, `beta_2` 0.9999, `epsilon` 1e-6, clipping on, learning rate
    /// 0.001.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::AdoptConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Taniguchi et al., [ADOPT: Modified Adam Can Converge with Any beta_2 with the Optimal
    /// Rate](https://arxiv.org/abs/2411.02853), 2024.
    Adopt, AdoptConfig, "adopt", lr |_| 1e-3, conventions [Optax optax],
    {
        /// Sets the decay of the mean.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the second moment.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets the smallest denominator.
        epsilon with_epsilon: f64 in AboveZero,
        /// Sets whether what joins the mean is clipped.
        clip with_clip: bool in Flag,
    }
}

impl Adopt {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.9,
            beta_2: 0.9999,
            epsilon: 1e-6,
            clip: true,
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    lr: f64,
    beta_1: f64,
    beta_2: f64,
    bound: f64,
}

impl UpdateRule<2> for Adopt {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["moment_1", "moment_2"];
    const IS_STEP: bool = true;

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let (beta_1, beta_2, bound) = match clock.time {
            // Nothing joins the mean, everything the second moment.
            1 => (1.0, 0.0, 0.0),
            t if self.clip => (self.beta_1, self.beta_2, ((t - 1) as f64).powf(0.25)),
            _ => (self.beta_1, self.beta_2, f64::from(f32::MAX)),
        };
        Scalars {
            lr: clock.lr,
            beta_1,
            beta_2,
            bound,
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, g: N, [m, v]: [N; 2]) -> (N, [N; 2]) {
        let u = (g / v.sqrt().max(N::literal(self.epsilon))).clamp(-s.bound, s.bound);
        let m = m * s.beta_1 + u * (1.0 - s.beta_1);
        let v = v * s.beta_2 + g.square() * (1.0 - s.beta_2);
        (w - m * s.lr, [m, v])
    }
}
