//! The activations that have weights: Burn's own modules, configured by name.

use burn::nn;
use burn::tensor::Device;

use super::declare::Range;
use crate::registry::{Spec, SpecError};

/// Configuration of Burn's [`PRelu`](nn::PRelu): `x` for `x > 0`, else `alpha x` with a learned `alpha`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PReluConfig {
    num_parameters: usize,
    alpha: f64,
}

#[allow(
    clippy::new_without_default,
    reason = "Burn's configurations have no `Default` either"
)]
impl PReluConfig {
    pub(super) const NAME: &'static str = "prelu";

    /// One slope for all channels, which starts at 0.25.
    pub fn new() -> Self {
        Self {
            num_parameters: 1,
            alpha: 0.25,
        }
    }

    /// One slope for all channels, or one a channel. Default: 1.
    pub fn with_num_parameters(mut self, num_parameters: usize) -> Self {
        self.num_parameters = num_parameters;
        self
    }

    /// Where the slopes start. Default: 0.25.
    pub fn with_alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// How many slopes there are.
    pub fn num_parameters(&self) -> usize {
        self.num_parameters
    }

    /// Where the slopes start.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The activation.
    ///
    /// # Panics
    ///
    /// When a setting is outside its range: ask [`validate`](Self::validate) first.
    pub fn init(&self, device: &Device) -> nn::PRelu {
        self.validate().unwrap_or_else(|error| panic!("{error}"));
        nn::PReluConfig::new()
            .with_num_parameters(self.num_parameters)
            .with_alpha(self.alpha)
            .init(device)
    }

    /// Checks that every setting is in its range, which those that were parsed are.
    ///
    /// # Errors
    ///
    /// When `num_parameters` is 0, or `alpha` is not between -1e15 and 1e15.
    pub fn validate(&self) -> Result<(), SpecError> {
        count(Self::NAME, "num_parameters", self.num_parameters as f64)?;
        Range::Finite.check(Self::NAME, "alpha", self.alpha)?;
        Ok(())
    }

    /// Checks that it fits a layer of `width` channels.
    pub(super) fn validate_for(&self, width: usize) -> Result<(), SpecError> {
        self.validate()?;
        if [1, width].contains(&self.num_parameters) {
            return Ok(());
        }
        let value = self.num_parameters as f64;
        let range = "1, or as many as the layer is wide";
        Err(SpecError::out_of_range(
            Self::NAME,
            "num_parameters",
            value,
            range,
        ))
    }

    pub(super) fn from_spec(spec: &mut Spec) -> Result<Self, SpecError> {
        let default = Self::new();
        let num_parameters = spec.take("num_parameters", default.num_parameters as f64);
        let config = Self {
            num_parameters: count(Self::NAME, "num_parameters", num_parameters)?,
            alpha: spec.take("alpha", default.alpha),
        };
        config.validate().map(|()| config)
    }

    pub(super) fn parameters(&self) -> Vec<(&'static str, f64)> {
        let count = self.num_parameters as f64;
        vec![("num_parameters", count), ("alpha", self.alpha)]
    }

    pub(super) fn to_spec(self) -> Spec {
        let default = Self::new();
        let (count, default_count) = (self.num_parameters, default.num_parameters);
        Spec::new(Self::NAME)
            .with("num_parameters", count as f64, default_count as f64)
            .with("alpha", self.alpha, default.alpha)
    }
}

/// Configuration of Burn's [`SwiGlu`](nn::SwiGlu), a gated layer with weights of its own:
/// `silu(x W) * (x V)`.
///
/// It maps `d_input` features to `d_output`. What is not said is the width of the network at the place
/// where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwiGluConfig {
    d_input: Option<usize>,
    d_output: Option<usize>,
    bias: bool,
}

#[allow(
    clippy::new_without_default,
    reason = "Burn's configurations have no `Default` either"
)]
impl SwiGluConfig {
    pub(super) const NAME: &'static str = "swiglu";

    /// As wide as the network, without a bias.
    pub fn new() -> Self {
        Self {
            d_input: None,
            d_output: None,
            bias: false,
        }
    }

    /// The number of input features. Default: the network's.
    pub fn with_d_input(mut self, d_input: usize) -> Self {
        self.d_input = Some(d_input);
        self
    }

    /// The number of output features. Default: the network's.
    pub fn with_d_output(mut self, d_output: usize) -> Self {
        self.d_output = Some(d_output);
        self
    }

    /// Whether its two linear layers have a bias. Default: false.
    pub fn with_bias(mut self, bias: bool) -> Self {
        self.bias = bias;
        self
    }

    /// The number of input features, unless it is the network's.
    pub fn d_input(&self) -> Option<usize> {
        self.d_input
    }

    /// The number of output features, unless it is the network's.
    pub fn d_output(&self) -> Option<usize> {
        self.d_output
    }

    /// Whether its two linear layers have a bias.
    pub fn bias(&self) -> bool {
        self.bias
    }

    /// The activation.
    ///
    /// # Panics
    ///
    /// When a size is not said, or 0: only a network knows its width
    /// ([`ActivationConfig::init_for`](super::ActivationConfig::init_for)).
    pub fn init(&self, device: &Device) -> nn::SwiGlu {
        self.validate().unwrap_or_else(|error| panic!("{error}"));
        let (Some(d_input), Some(d_output)) = (self.d_input, self.d_output) else {
            panic!("swiglu: d_input and d_output must be given where no network knows its width");
        };
        nn::SwiGluConfig::new(d_input, d_output)
            .with_bias(self.bias)
            .init(device)
    }

    /// Checks that every setting is in its range, which those that were parsed are.
    ///
    /// # Errors
    ///
    /// When a size is 0.
    pub fn validate(&self) -> Result<(), SpecError> {
        for (field, size) in [("d_input", self.d_input), ("d_output", self.d_output)] {
            if let Some(size) = size {
                count(Self::NAME, field, size as f64)?;
            }
        }
        Ok(())
    }

    /// Checks that it fits between layers of `width` features.
    pub(super) fn validate_for(&self, width: usize) -> Result<(), SpecError> {
        self.validate()?;
        for (field, size) in [("d_input", self.d_input), ("d_output", self.d_output)] {
            if let Some(size) = size
                && size != width
            {
                let range = "left out, or the width of the layer";
                return Err(SpecError::out_of_range(
                    Self::NAME,
                    field,
                    size as f64,
                    range,
                ));
            }
        }
        Ok(())
    }

    /// How many weights it has at that width, unless the number itself is too large.
    pub(super) fn num_params_for(self, width: usize) -> Option<usize> {
        let rows = self
            .d_input
            .unwrap_or(width)
            .checked_add(usize::from(self.bias))?;
        rows.checked_mul(self.d_output.unwrap_or(width))?
            .checked_mul(2)
    }

    /// The same, with `width` for what is not said.
    pub(super) fn of_width(self, width: usize) -> Self {
        Self {
            d_input: self.d_input.or(Some(width)),
            d_output: self.d_output.or(Some(width)),
            ..self
        }
    }

    pub(super) fn from_spec(spec: &mut Spec) -> Result<Self, SpecError> {
        let mut size = |field| {
            let size = spec.take_given(field);
            size.map(|size| count(Self::NAME, field, size)).transpose()
        };
        Ok(Self {
            d_input: size("d_input")?,
            d_output: size("d_output")?,
            bias: spec.take("bias", 0.0) != 0.0,
        })
    }

    /// The sizes that are said, and whether there is a bias.
    pub(super) fn parameters(&self) -> Vec<(&'static str, f64)> {
        let sizes = [("d_input", self.d_input), ("d_output", self.d_output)];
        let said = |(name, size): (&'static str, Option<usize>)| Some((name, size? as f64));
        let bias = ("bias", f64::from(self.bias));
        sizes.into_iter().filter_map(said).chain([bias]).collect()
    }

    pub(super) fn to_spec(self) -> Spec {
        let mut spec = Spec::new(Self::NAME);
        for (field, size) in [("d_input", self.d_input), ("d_output", self.d_output)] {
            if let Some(size) = size {
                // There is no size by default: what is said is written.
                spec = spec.with(field, size as f64, f64::NAN);
            }
        }
        spec.with("bias", f64::from(self.bias), 0.0)
    }
}

/// More features than any layer has: beyond it the weights would not fit in memory.
const MOST: f64 = 1e6;

/// `value` as a number of things.
fn count(type_name: &'static str, field: &'static str, value: f64) -> Result<usize, SpecError> {
    let range = if value >= 1.0 && value.fract() == 0.0 {
        "at most 1000000"
    } else {
        "a whole number of at least 1"
    };
    if (1.0..=MOST).contains(&value) && value.fract() == 0.0 {
        Ok(value as usize)
    } else {
        Err(SpecError::out_of_range(type_name, field, value, range))
    }
}
