use core::fmt;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::super::declare::count;
use super::Gate;
use super::gate::Unit;
use crate::linear::linear;
use crate::registry::{Spec, SpecError};

/// A gated unit with its projections: `gate(x V, x W)` with learned `W`, the gate's, and `V`.
///
/// Its layers have the names and shapes of those of Burn's `SwiGlu`, which is `swiglu` here.
#[derive(Module, Debug)]
pub struct GatedLinear {
    /// Makes the gate.
    pub linear_inner: Linear,
    /// Makes the half that is gated.
    pub linear_outer: Linear,
    #[module(skip)]
    unit: Unit,
}

impl GatedLinear {
    /// Applies the layer.
    ///
    /// # Shapes
    ///
    /// - input: `[..., d_input]`
    /// - output: `[..., d_output]`
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let gate = linear(&self.linear_inner, input.clone());
        let outer = linear(&self.linear_outer, input);
        self.unit.forward(outer, gate)
    }
}

/// Configuration of [`GatedLinear`].
///
/// It maps `d_input` features to `d_output`. What is not said is the width of the network at the place
/// where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct GatedConfig {
    gate: Gate,
    d_input: Option<usize>,
    d_output: Option<usize>,
    bias: bool,
}

impl GatedConfig {
    /// As wide as the network, without a bias.
    pub fn new(gate: Gate) -> Self {
        Self {
            gate,
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

    /// What it makes of its two halves.
    pub fn gate(&self) -> &Gate {
        &self.gate
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
    /// ([`ActivationConfig::init_for`](crate::activation::ActivationConfig::init_for)).
    pub fn init(&self, device: &Device) -> GatedLinear {
        self.validate().unwrap_or_else(|error| panic!("{error}"));
        let (Some(d_input), Some(d_output)) = (self.d_input, self.d_output) else {
            panic!(
                "{}: d_input and d_output must be given where no network knows its width",
                self.gate.name()
            );
        };
        let linear = LinearConfig::new(d_input, d_output).with_bias(self.bias);
        GatedLinear {
            linear_inner: linear.init(device),
            linear_outer: linear.init(device),
            unit: self.gate.unit(),
        }
    }

    /// Checks that every setting is in its range, which those that were parsed are.
    ///
    /// # Errors
    ///
    /// When a size is 0, or a setting of the gate outside its range.
    pub fn validate(&self) -> Result<(), SpecError> {
        self.gate.validate()?;
        for (field, size) in [("d_input", self.d_input), ("d_output", self.d_output)] {
            if let Some(size) = size {
                count(self.gate.name(), field, size as f64)?;
            }
        }
        Ok(())
    }

    /// Checks that it fits between layers of `width` features.
    pub(in crate::activation) fn validate_for(&self, width: usize) -> Result<(), SpecError> {
        self.validate()?;
        for (field, size) in [("d_input", self.d_input), ("d_output", self.d_output)] {
            if let Some(size) = size
                && size != width
            {
                let range = "left out, or the width of the layer";
                return Err(SpecError::out_of_range(
                    self.gate.name(),
                    field,
                    size as f64,
                    range,
                ));
            }
        }
        Ok(())
    }

    /// How many weights it has at that width, unless the number itself is too large.
    pub(in crate::activation) fn num_params_for(&self, width: usize) -> Option<usize> {
        let rows = self
            .d_input
            .unwrap_or(width)
            .checked_add(usize::from(self.bias))?;
        rows.checked_mul(self.d_output.unwrap_or(width))?
            .checked_mul(2)
    }

    /// The same, with `width` for what is not said.
    pub(in crate::activation) fn of_width(&self, width: usize) -> Self {
        Self {
            d_input: self.d_input.or(Some(width)),
            d_output: self.d_output.or(Some(width)),
            ..self.clone()
        }
    }

    /// The unit of this name, if there is one.
    pub(in crate::activation) fn from_spec(spec: &mut Spec) -> Option<Result<Self, SpecError>> {
        Gate::from_spec(spec).map(|gate| Self::with_gate(gate, spec))
    }

    /// A unit with this gate, and what else the spec says.
    pub(in crate::activation) fn with_gate(gate: Gate, spec: &mut Spec) -> Result<Self, SpecError> {
        let mut size = |field| {
            let size = spec.take_given(field);
            size.map(|size| count(gate.name(), field, size)).transpose()
        };
        let (d_input, d_output) = (size("d_input")?, size("d_output")?);
        let config = Self {
            gate,
            d_input,
            d_output,
            bias: spec.take("bias", 0.0) != 0.0,
        };
        config.validate().map(|()| config)
    }

    /// The gate's settings, the sizes that are said, and whether there is a bias.
    pub(in crate::activation) fn parameters(&self) -> Vec<(&'static str, f64)> {
        let settings = self.gate.settings().into_iter();
        let settings = settings.map(|(name, value, _)| (name, value));
        let sizes = [("d_input", self.d_input), ("d_output", self.d_output)];
        let said = |(name, size): (&'static str, Option<usize>)| Some((name, size? as f64));
        let bias = ("bias", f64::from(self.bias));
        settings
            .chain(sizes.into_iter().filter_map(said))
            .chain([bias])
            .collect()
    }
}

impl fmt::Display for GatedConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gate = self.gate.to_string();
        let mut settings = Vec::new();
        for (field, size) in [("d_input", self.d_input), ("d_output", self.d_output)] {
            if let Some(size) = size {
                settings.push(format!("{field}={size}"));
            }
        }
        if self.bias {
            settings.push("bias=1".to_string());
        }
        let settings = settings.join(", ");
        match gate.strip_suffix(')') {
            _ if settings.is_empty() => f.write_str(&gate),
            Some(open) => write!(f, "{open}, {settings})"),
            None => write!(f, "{gate}({settings})"),
        }
    }
}
