use burn::config::Config;
use burn::tensor::{Distribution, Tensor};

use super::settings::{check, expect_valid};
use super::{Fans, Initialize};
use crate::registry::{Range, SpecError};

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
    std: f64,
}

impl NormalConfig {
    /// The standard deviation.
    pub fn std(&self) -> f64 {
        self.std
    }
}

impl Initialize for NormalConfig {
    /// `std` must be greater than 0.
    fn validate(&self) -> Result<(), SpecError> {
        Range::AboveZero.check("NormalConfig", "std", self.std)
    }

    fn draw<const D: usize>(&self, weights: &Tensor<D>, _fans: Fans) -> Tensor<D> {
        expect_valid(self);
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
    std: f64,
    /// Where the tails are cut, in standard deviations.
    #[config(default = 2.0)]
    bound: f64,
}

impl TruncatedNormalConfig {
    /// The standard deviation before the cut.
    pub fn std(&self) -> f64 {
        self.std
    }

    /// Where the tails are cut, in standard deviations.
    pub fn bound(&self) -> f64 {
        self.bound
    }
}

impl Initialize for TruncatedNormalConfig {
    /// `std` must be greater than 0, and `bound` at least 0.1.
    fn validate(&self) -> Result<(), SpecError> {
        Range::AboveZero.check("TruncatedNormalConfig", "std", self.std)?;
        // Closer to 0 nearly everything would be drawn again, over and over.
        check(
            "TruncatedNormalConfig",
            "bound",
            self.bound,
            "at least 0.1",
            self.bound >= 0.1,
        )
    }

    fn draw<const D: usize>(&self, weights: &Tensor<D>, _fans: Fans) -> Tensor<D> {
        expect_valid(self);
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
