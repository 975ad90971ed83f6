use burn::config::Config;
use burn::tensor::Tensor;

use super::settings::check;
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
    pub value: f64,
}

impl ConstantConfig {
    /// Checks that the value is a finite number.
    ///
    /// # Errors
    ///
    /// When it is not.
    pub fn validate(&self) -> Result<(), SpecError> {
        check(
            "ConstantConfig",
            "value",
            self.value,
            "a finite number",
            true,
        )
    }
}

impl Initialize for ConstantConfig {
    fn draw<const D: usize>(&self, weights: &Tensor<D>, _fans: Fans) -> Tensor<D> {
        weights.full_like(self.value)
    }
}
