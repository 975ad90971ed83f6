use burn::module::{Flag, Module, Param};
use burn::tensor::Tensor;
use serde::Serialize;

use super::declare::{Listed, Range, checked};
use super::random::{narrowed, uniform_like};
use super::{ActivationConfig, LeakyReluConfig};
use crate::fused::{Formula, Number, apply_many};
use crate::registry::{Spec, SpecError};

/// RReLU, randomized leaky ReLU: `x`; `a x` for `x <= 0`.
///
/// In training each number draws a slope `a` of its own, uniformly between `lower` and `upper`, anew in each
/// forward pass. In evaluation `a` is their mean. As Burn's `Dropout`, it is in training on a device with
/// autodiff, unless its module was told otherwise.
///
/// # Shapes
///
/// Any; the output has the shape of the input.
///
/// Source: [Xu et al.](https://arxiv.org/abs/1505.00853); `torch.nn.RReLU`.
#[derive(Module, Debug)]
pub struct RRelu {
    lower: f64,
    upper: f64,
    /// Whether it draws, on a device with autodiff. Cleared by what freezes the module in place.
    pub training: Param<Flag>,
}

impl RRelu {
    /// The smallest slope.
    pub fn lower(&self) -> f64 {
        self.lower
    }

    /// The largest slope.
    pub fn upper(&self) -> f64 {
        self.upper
    }

    /// Applies the activation to each element.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        if !self.training.is_enabled() || !input.device().is_autodiff() {
            return mean(self.lower, self.upper).init().forward(input);
        }
        let slopes = narrowed(uniform_like(&input, self.lower, self.upper), &input);
        self.forward_with_slopes(input, slopes)
    }

    /// The same with slopes that are given, as large as the input: to draw the same again, or from elsewhere.
    ///
    /// # Panics
    ///
    /// When they have another shape than the input.
    pub fn forward_with_slopes<const D: usize>(
        &self,
        input: Tensor<D>,
        slopes: Tensor<D>,
    ) -> Tensor<D> {
        assert_eq!(
            input.dims(),
            slopes.dims(),
            "RRelu: there must be a slope for each number"
        );
        apply_many(&Bent, [input, slopes])
    }
}

/// What it is in evaluation.
fn mean(lower: f64, upper: f64) -> LeakyReluConfig {
    LeakyReluConfig::new().with_negative_slope(0.5 * (lower + upper))
}

/// `x`, or `a x` on the left.
#[derive(Clone, Debug)]
struct Bent;

impl Formula<2> for Bent {
    #[inline(always)]
    fn value<N: Number>(&self, [x, slope]: [N; 2]) -> N {
        x.if_positive(x, x * slope)
    }
}

/// Configuration of [`RRelu`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RReluConfig {
    lower: f64,
    upper: f64,
}

#[allow(
    clippy::new_without_default,
    reason = "Burn's configurations have no `Default` either"
)]
impl RReluConfig {
    /// The defaults, which are PyTorch's: from 1/8 to 1/3.
    pub fn new() -> Self {
        Self {
            lower: 1.0 / 8.0,
            upper: 1.0 / 3.0,
        }
    }

    /// The smallest slope. Default: 1/8. Range: from -1e15 to `upper`.
    pub fn with_lower(mut self, lower: f64) -> Self {
        self.lower = lower;
        self
    }

    /// The largest slope. Default: 1/3. Range: from `lower` to 1e15.
    pub fn with_upper(mut self, upper: f64) -> Self {
        self.upper = upper;
        self
    }

    /// The smallest slope.
    pub fn lower(&self) -> f64 {
        self.lower
    }

    /// The largest slope.
    pub fn upper(&self) -> f64 {
        self.upper
    }

    /// The activation.
    ///
    /// # Panics
    ///
    /// When a parameter is outside its range: ask [`validate`](Self::validate) first.
    pub fn init(&self) -> RRelu {
        self.validate().unwrap_or_else(|error| panic!("{error}"));
        RRelu {
            lower: self.lower,
            upper: self.upper,
            training: Param::from_bool(true),
        }
    }

    /// Checks that both are in their range.
    ///
    /// # Errors
    ///
    /// Names the first that is not: type, field, value, range.
    pub fn validate(&self) -> Result<(), SpecError> {
        Range::Finite.check("RReluConfig", "lower", self.lower)?;
        Range::Finite.check("RReluConfig", "upper", self.upper)?;
        if self.lower > self.upper {
            let range = "at least lower";
            return Err(SpecError::out_of_range(
                "RReluConfig",
                "upper",
                self.upper,
                range,
            ));
        }
        Ok(())
    }

    /// What it is in evaluation.
    pub(super) fn mean(&self) -> ActivationConfig {
        mean(self.lower, self.upper).into()
    }
}

impl Listed for RReluConfig {
    const NAME: &'static str = "rrelu";
    const MODULE: &'static str = "relu";

    fn from_spec(spec: &mut Spec) -> Result<Self, SpecError> {
        let default = Self::new();
        let config = Self {
            lower: spec.take("lower", default.lower),
            upper: spec.take("upper", default.upper),
        };
        config.validate().map(|()| config)
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("lower", self.lower), ("upper", self.upper)]
    }
}

checked! { RReluConfig { lower: f64, upper: f64 } }
