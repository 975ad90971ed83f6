use burn::config::Config;
use burn::tensor::{Distribution, Tensor};

use super::settings::{check, positive};
use super::{Fans, Initialize};
use crate::registry::SpecError;

/// Normal weights of one standard deviation in every layer: `w ~ N(0, std^2)`.
///
/// The size of the layers is not looked at, so a deep network needs luck: each layer multiplies
/// the signal by about `std sqrt(fan in)`.
///
/// Default: `std` 0.01, the book's first choice, with which its five-layer network does not learn.
#[derive(Config, Copy, Debug, PartialEq)]
pub struct NormalConfig {
    /// The standard deviation.
    #[config(default = 0.01)]
    pub std: f64,
}

impl NormalConfig {
    /// Checks that the standard deviation is greater than 0.
    ///
    /// # Errors
    ///
    /// When it is not.
    pub fn validate(&self) -> Result<(), SpecError> {
        positive("NormalConfig", "std", self.std)
    }
}

impl Initialize for NormalConfig {
    fn draw<const D: usize>(&self, weights: &Tensor<D>, _fans: Fans) -> Tensor<D> {
        weights.random_like(Distribution::Normal(0.0, self.std))
    }
}

/// Normal weights without the tails: `w ~ N(0, std^2)`, drawn again while `|w| > bound std`.
///
/// What is left has a smaller standard deviation than the normal distribution that was cut, 0.88
/// `std` with the default bound:
///
/// ```text
/// var(w) = std^2 (1 - 2 bound phi(bound) / (2 Phi(bound) - 1))
/// ```
///
/// Defaults: `std` 0.02, as in BERT and the vision transformers; `bound` 2, as in Keras and JAX.
/// PyTorch's `trunc_normal_` takes its bounds as weights, not in standard deviations: with its
/// default bounds of plus and minus 2 and a standard deviation of 0.02, it cuts nothing.
#[derive(Config, Copy, Debug, PartialEq)]
pub struct TruncatedNormalConfig {
    /// The standard deviation before the cut.
    #[config(default = 0.02)]
    pub std: f64,
    /// Where the tails are cut, in standard deviations.
    #[config(default = 2.0)]
    pub bound: f64,
}

impl TruncatedNormalConfig {
    /// Checks both settings.
    ///
    /// # Errors
    ///
    /// When `std` is not greater than 0, or `bound` is below 0.1.
    pub fn validate(&self) -> Result<(), SpecError> {
        positive("TruncatedNormalConfig", "std", self.std)?;
        // Closer to 0 nearly everything would be drawn again, over and over.
        check(
            "TruncatedNormalConfig",
            "bound",
            self.bound,
            "at least 0.1",
            self.bound >= 0.1,
        )
    }
}

impl Initialize for TruncatedNormalConfig {
    fn draw<const D: usize>(&self, weights: &Tensor<D>, _fans: Fans) -> Tensor<D> {
        let normal = Distribution::Normal(0.0, self.std);
        let mut drawn = weights.random_like(normal);
        loop {
            let outside = drawn.clone().abs().greater_elem(self.bound * self.std);
            if !outside.clone().any().into_scalar::<bool>() {
                return drawn;
            }
            drawn = drawn.mask_where(outside, weights.random_like(normal));
        }
    }
}
