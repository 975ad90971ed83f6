use super::finding::Finding;
use crate::activation::ActivationConfig;
use crate::init::{Fans, InitConfig, Stability, VarianceMap};

/// What is known of a network beside its numbers: what was set, and whether it has been trained.
///
/// [`Finding::advice`] needs it: it does not tell anybody to use what is in use, nor to lower the
/// learning rate of a network that has not been trained.
///
/// ```
/// use burn::tensor::{Device, Distribution, Tensor};
/// use burn_extras::init::InitConfig;
/// use burn_extras::inspect::{Inspection, Setup};
/// use burn_extras::model::MlpConfig;
///
/// let device = Device::flex();
/// device.seed(42);
/// let init: InitConfig = "normal(std=0.01)".parse()?;
/// let config = MlpConfig::new(vec![784, 50, 50, 50, 50, 10]).with_initializer(init.clone());
/// let images = Tensor::random([64, 784], Distribution::Normal(0.0, 1.0), &device);
///
/// let report = Inspection::new().forward(&config.init(&device), images).read()?;
/// let setup = Setup::new()
///     .with_activation(config.activation.clone())
///     .with_initializer(init);
/// let said = report.diagnose()[0].explain(&setup);
/// assert!(said.ends_with("; use the initializer auto"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Setup {
    activation: Option<ActivationConfig>,
    initializer: Option<InitConfig>,
    norm: bool,
    /// Of a trained network: what was found before its training.
    before: Option<Vec<Finding>>,
}

/// Layers of this width are taken to be as wide as they need to be; see [`VarianceMap::stability`].
const WIDE: usize = 256;

/// With these fans a standard deviation is a gain.
const UNIT: Fans = Fans {
    fan_in: 1,
    fan_out: 1,
};

/// How close an initializer's gain has to be to that of `auto` to be as good.
const AS_GOOD: f64 = 0.05;

impl Setup {
    /// A network that has not been trained, with nothing else known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the activation between its layers.
    #[must_use]
    pub fn with_activation(mut self, activation: ActivationConfig) -> Self {
        self.activation = Some(activation);
        self
    }

    /// Sets the initializer that drew its weights.
    #[must_use]
    pub fn with_initializer(mut self, initializer: InitConfig) -> Self {
        self.initializer = Some(initializer);
        self
    }

    /// Sets whether a layer norm stands before each activation.
    #[must_use]
    pub fn with_norm(mut self, norm: bool) -> Self {
        self.norm = norm;
        self
    }

    /// The same network after its training; `before` is what was found before it.
    ///
    /// What was there before is the fault of how the network starts, what is new that of the steps
    /// that it took.
    #[must_use]
    pub fn after_training(mut self, before: &[Finding]) -> Self {
        self.before = Some(before.to_vec());
        self
    }

    /// Whether the training brought `finding` about.
    pub(super) fn came_with_training(&self, finding: &Finding) -> bool {
        let same =
            |other: &Finding| core::mem::discriminant(other) == core::mem::discriminant(finding);
        self.before
            .as_ref()
            .is_some_and(|before| !before.iter().any(same))
    }

    /// Whether `activation` is the one in use.
    pub(super) fn uses(&self, activation: &ActivationConfig) -> bool {
        self.activation.as_ref() == Some(activation)
    }

    /// Whether an initializer drew the weights, which sets biases to 0.
    pub(super) fn knows_initializer(&self) -> bool {
        self.initializer.is_some()
    }

    /// Whether a layer norm stands before each activation.
    pub(super) fn has_norm(&self) -> bool {
        self.norm
    }

    /// Whether `auto` would keep the signal over `depth` layers, and what is in use does not.
    pub(super) fn wants_auto(&self, depth: usize) -> bool {
        let Some(activation) = &self.activation else {
            return !matches!(self.initializer, Some(InitConfig::Auto));
        };
        let Ok(map) = VarianceMap::of(activation) else {
            return false;
        };
        let kept = self.norm || map.stability(depth, WIDE) != Stability::Unstable;
        kept && !self.has_gain(map.gain)
    }

    /// Whether the weights were drawn with the gain that `auto` would take, or fitted to data.
    fn has_gain(&self, gain: f64) -> bool {
        let close = |other: f64| (other / gain - 1.0).abs() < AS_GOOD;
        match &self.initializer {
            Some(InitConfig::Auto | InitConfig::Lsuv(_)) => true,
            Some(InitConfig::VarianceScaling(config)) => close(config.std(UNIT)),
            Some(InitConfig::Orthogonal(config)) => close(config.gain()),
            _ => false,
        }
    }
}
