use burn::config::Config;
use burn::tensor::Tensor;

use super::settings::{check, expect_valid};
use super::{Fans, Initialize};
use crate::registry::SpecError;

/// The same weight everywhere.
///
/// The units of a layer then compute the same, get the same gradient and stay the same: such a
/// network cannot learn more than one unit a layer could. It serves to show that, and for tests.
///
/// Default: `value` 0.
#[derive(Config, Copy, Debug, PartialEq)]
pub struct ConstantConfig {
    /// The weight.
    #[config(default = 0.0)]
    value: f64,
}

impl ConstantConfig {
    /// The weight.
    pub fn value(&self) -> f64 {
        self.value
    }
}

impl Initialize for ConstantConfig {
    /// `value` must be a finite number.
    fn validate(&self) -> Result<(), SpecError> {
        check(
            "ConstantConfig",
            "value",
            self.value,
            "a finite number",
            true,
        )
    }

    fn draw<const D: usize>(&self, weights: &Tensor<D>, _fans: Fans) -> Tensor<D> {
        expect_valid(self);
        weights.full_like(self.value)
    }
}
