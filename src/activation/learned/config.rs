use core::fmt;

use burn::module::Param;
use burn::tensor::{Device, Tensor};

use super::super::declare::count;
use super::kind::{Count, Kind, Maker};
use super::module::Learned;
use super::own;
use super::table::KINDS;
use crate::registry::{Spec, SpecError};

/// Configuration of a [`Learned`] activation: which one, where its parameters start, and how many there are.
///
/// A start lies in the parameter's range. In training a parameter is free, as in PyTorch: nothing holds it in
/// its range, and where it leaves it, the formula says what comes out, which may be NaN, as of a divisor that
/// has become 0. A parameter that is only compared with the input (the threshold of
/// [`thresholded_relu`](Self::thresholded_relu), of [`hard_shrink`](Self::hard_shrink) and of
/// [`shrink`](Self::shrink)) has the gradient 0, and stays where it is.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_extras::activation::LearnedConfig;
///
/// let device = Device::flex();
/// // A slope for each of 16 channels, of images [batch, channels, height, width].
/// let prelu = LearnedConfig::prelu().with_channels(16).init(&device);
/// let images = Tensor::<4>::ones([2, 16, 8, 8], &device);
/// assert_eq!(prelu.forward(images).dims(), [2, 16, 8, 8]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LearnedConfig {
    kind: &'static Kind,
    channels: Option<usize>,
    axis: usize,
    starts: Vec<f64>,
}

impl LearnedConfig {
    pub(in crate::activation) fn of(kind: &'static Kind) -> Self {
        Self {
            kind,
            channels: None,
            axis: 1,
            starts: kind
                .parameters
                .iter()
                .map(|parameter| parameter.start)
                .collect(),
        }
    }

    /// One of each parameter a channel. Default: one for all channels, except for what is one a channel
    /// always (`dyt`'s weight), which takes the number from the network.
    #[must_use]
    pub fn with_channels(mut self, channels: usize) -> Self {
        self.channels = Some(channels);
        self
    }

    /// The axis of the channels. Default: 1, which in a multilayer perceptron is that of the features.
    #[must_use]
    pub fn with_axis(mut self, axis: usize) -> Self {
        self.axis = axis;
        self
    }

    /// Where a parameter starts.
    ///
    /// # Errors
    ///
    /// When there is no parameter of this name, or the number is outside its range.
    pub fn with_start(mut self, parameter: &str, start: f64) -> Result<Self, SpecError> {
        let parameters = self.kind.parameters;
        let Some(index) = parameters.iter().position(|known| known.name == parameter) else {
            return Err(SpecError::UnknownParameter {
                name: self.kind.name.to_string(),
                parameter: parameter.to_string(),
                known: parameters.iter().map(|known| known.name).collect(),
            });
        };
        self.starts[index] = start;
        self.validate().map(|()| self)
    }

    /// The name.
    pub fn name(&self) -> String {
        self.kind.written.to_string()
    }

    /// `learned`, or `own` for what [`register`](super::register) named.
    pub(in crate::activation) fn family(&self) -> &'static str {
        match self.kind.function {
            Maker::Listed(_) => "learned",
            Maker::Own(_) => "own",
        }
    }

    /// The number of channels, where parameters are one a channel.
    pub fn channels(&self) -> Option<usize> {
        self.channels
    }

    /// The axis of the channels.
    pub fn axis(&self) -> usize {
        self.axis
    }

    /// Each parameter and where it starts.
    pub fn starts(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let names = self.kind.parameters.iter().map(|parameter| parameter.name);
        names.zip(self.starts.iter().copied())
    }

    /// The activation, its parameters at their starts.
    ///
    /// # Panics
    ///
    /// When a setting is outside its range (ask [`validate`](Self::validate) first), or the number of channels
    /// is needed and not said.
    pub fn init(&self, device: &Device) -> Learned {
        self.validate().unwrap_or_else(|error| panic!("{error}"));
        let parameters = self.kind.parameters.iter().zip(&self.starts);
        let parameters = parameters
            .map(|(parameter, start)| {
                let count = match (parameter.count, self.channels) {
                    (Count::One, _) | (Count::Either, None) => 1,
                    (_, Some(channels)) => channels,
                    (Count::Each, None) => panic!(
                        "{}: channels must be given where no network knows its width",
                        self.kind.name
                    ),
                };
                Param::from_tensor(Tensor::full([count], *start, device))
            })
            .collect();
        Learned::new(parameters, self.axis, self.kind.function.make())
    }

    /// `f(x)` and its derivatives by `x` and each parameter at its start.
    pub(in crate::activation) fn evaluate(&self, x: f64) -> (f64, Vec<f64>) {
        self.kind.function.make().evaluate(&self.at(x))
    }

    /// The derivatives in `f64` and in `f32`, each beside the one that follows from the value.
    #[cfg(test)]
    pub(in crate::activation) fn compare(&self, x: f64) -> [Vec<(f64, f64)>; 2] {
        self.kind.function.make().compare(&self.at(x))
    }

    /// What the formula takes: `x`, and each parameter at its start.
    fn at(&self, x: f64) -> Vec<f64> {
        [x].into_iter().chain(self.starts.iter().copied()).collect()
    }

    /// Checks that every setting is in its range, which those that were parsed are.
    ///
    /// # Errors
    ///
    /// Names the first that is not: name, field, value, range.
    pub fn validate(&self) -> Result<(), SpecError> {
        if let Some(channels) = self.channels {
            count(self.kind.name, "channels", channels as f64)?;
        }
        for (parameter, start) in self.kind.parameters.iter().zip(&self.starts) {
            parameter
                .range
                .check(self.kind.name, parameter.name, *start)?;
        }
        match self.kind.check {
            Some(check) => check(&self.starts),
            None => Ok(()),
        }
    }

    /// Checks that it fits a layer of `width` features.
    pub(in crate::activation) fn validate_for(&self, width: usize) -> Result<(), SpecError> {
        self.validate()?;
        match self.channels {
            Some(channels) if channels != width && channels != 1 => Err(SpecError::out_of_range(
                self.kind.name,
                "channels",
                channels as f64,
                "1, or as many as the layer is wide",
            )),
            _ => Ok(()),
        }
    }

    /// How many parameters it has at that width.
    pub(in crate::activation) fn num_params_for(&self, width: usize) -> Option<usize> {
        let config = self.of_width(width);
        let mut total: usize = 0;
        for parameter in config.kind.parameters {
            let count = match parameter.count {
                Count::One => 1,
                Count::Either => config.channels.unwrap_or(1),
                Count::Each => width,
            };
            total = total.checked_add(count)?;
        }
        Some(total)
    }

    /// The same, with `width` for the number of channels where one is needed.
    pub(in crate::activation) fn of_width(&self, width: usize) -> Self {
        let mut config = self.clone();
        if self.kind.needs_channels() {
            config.channels = Some(width);
        }
        config
    }

    /// The activation of this name, if there is one.
    pub(in crate::activation) fn from_spec(spec: &mut Spec) -> Option<Result<Self, SpecError>> {
        let named = |kind: &&Kind| kind.written == spec.name();
        let kind = KINDS
            .iter()
            .find(named)
            .or_else(|| own::find(spec.name()))?;
        Some(Self::read(kind, spec))
    }

    /// What is in the list of this name within `learned(...)`, if it is in the list.
    pub(in crate::activation) fn within(spec: &mut Spec) -> Option<Result<Self, SpecError>> {
        let kind = KINDS.iter().find(|kind| kind.name == spec.name())?;
        Some(if kind.is_within() {
            Self::read(kind, spec)
        } else {
            Err(SpecError::instead(
                format!("learned({})", kind.name),
                format!(
                    "its parameters are learned anyway; use {} instead",
                    kind.name
                ),
            ))
        })
    }

    pub(in crate::activation) fn read(
        kind: &'static Kind,
        spec: &mut Spec,
    ) -> Result<Self, SpecError> {
        let mut config = Self::of(kind);
        for (start, parameter) in config.starts.iter_mut().zip(kind.parameters) {
            *start = spec.take(parameter.name, parameter.start);
        }
        // PyTorch's word for it.
        let channels = spec.take_given("channels");
        let channels = channels.or_else(|| spec.take_alias("num_parameters"));
        let channels = channels.map(|channels| count(kind.name, "channels", channels));
        config.channels = channels
            .transpose()?
            .filter(|channels| *channels != 1 || kind.needs_channels());
        config.validate().map(|()| config)
    }

    fn to_spec(&self) -> Spec {
        let mut spec = Spec::new(self.kind.name);
        for (parameter, start) in self.kind.parameters.iter().zip(&self.starts) {
            spec = spec.with(parameter.name, *start, parameter.start);
        }
        match self.channels {
            // There is no number by default: what is said is written.
            Some(channels) => spec.with("channels", channels as f64, f64::NAN),
            None => spec,
        }
    }

    /// Where each parameter starts, and the number of channels if it is said.
    pub(in crate::activation) fn parameters(&self) -> Vec<(&'static str, f64)> {
        let channels = self.channels.map(|channels| ("channels", channels as f64));
        self.starts().chain(channels).collect()
    }
}

impl fmt::Display for LearnedConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spec = self.to_spec();
        if !self.kind.is_within() {
            return spec.fmt(f);
        }
        // The settings stand within the same brackets.
        match spec.to_string().split_once('(') {
            Some((name, settings)) => write!(f, "learned({name}, {settings}"),
            None => write!(f, "learned({spec})"),
        }
    }
}
