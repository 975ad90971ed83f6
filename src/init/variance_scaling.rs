use burn::tensor::{Distribution, Tensor};

use super::settings::expect_valid;
use super::{Fan, Fans, Initialize};
use crate::registry::{Range, SpecError};

/// Whose variance: the constant `c` in `gain^2 c / fan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scaling {
    /// `c = 2`, fan in: for ReLU, which halves the mean square.
    He,
    /// `c = 1`, the average fan: a compromise between the way forward and the way back.
    Xavier,
    /// `c = 1`, fan in: for functions that are close to the identity at 0.
    Lecun,
}

/// What the weights are drawn from; both have mean 0 and the same variance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Draw {
    /// A normal distribution.
    #[default]
    Normal,
    /// A uniform distribution, between plus and minus `sqrt(3)` standard deviations.
    Uniform,
}

/// He's, Xavier's and LeCun's initialization: the variance follows from the size of the layer.
///
/// ```text
/// std = gain sqrt(c / fan)          c = 2 for He, 1 for Xavier and LeCun
/// normal    w ~ N(0, std^2)
/// uniform   w ~ U(-sqrt(3) std, sqrt(3) std)
/// ```
///
/// Why: an output is the sum of `fan_in` products, so its variance is `fan_in var(w) E[x^2]`.
/// With `var(w) = 1 / fan_in` it has the mean square of the inputs. ReLU sets half of a symmetric
/// input to 0 and with it half of the mean square: He's factor 2 makes up for that. On the way
/// back a gradient is the sum of `fan_out` products: Xavier's average serves both ways.
///
/// Defaults: normal; `gain` 1; fan in for He and LeCun, the average for Xavier. They are those of
/// Keras' and JAX's functions of these names. PyTorch's `kaiming_normal_` has the gain of leaky
/// ReLU built in where it is told to, `xavier_normal_` is the same. The book calls "Xavier" what
/// is LeCun here, `sqrt(1 / n)` with the `n` nodes of the layer before.
///
/// ```
/// use burn_extras::init::{Draw, Fan, InitConfig, VarianceScalingConfig};
///
/// let config = VarianceScalingConfig::he()
///     .with_draw(Draw::Uniform)
///     .with_fan(Fan::Out);
/// assert_eq!(InitConfig::from(config).to_string(), "he_uniform_fan_out");
/// ```
///
/// He et al., [Delving deep into rectifiers](https://arxiv.org/abs/1502.01852), 2015. Glorot and
/// Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
/// LeCun et al., "Efficient BackProp", 1998.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VarianceScalingConfig {
    scaling: Scaling,
    gain: f64,
    fan: Fan,
    draw: Draw,
}

impl VarianceScalingConfig {
    /// `N(0, 2 / fan in)`.
    pub fn he() -> Self {
        Self::new(Scaling::He)
    }

    /// `N(0, 2 / (fan in + fan out))`.
    pub fn xavier() -> Self {
        Self::new(Scaling::Xavier)
    }

    /// `N(0, 1 / fan in)`.
    pub fn lecun() -> Self {
        Self::new(Scaling::Lecun)
    }

    fn new(scaling: Scaling) -> Self {
        Self {
            scaling,
            gain: 1.0,
            fan: scaling.fan(),
            draw: Draw::Normal,
        }
    }

    /// Sets a factor on the standard deviation.
    #[must_use]
    pub fn with_gain(mut self, gain: f64) -> Self {
        self.gain = gain;
        self
    }

    /// Sets the fan that the variance is divided by.
    #[must_use]
    pub fn with_fan(mut self, fan: Fan) -> Self {
        self.fan = fan;
        self
    }

    /// Sets the distribution.
    #[must_use]
    pub fn with_draw(mut self, draw: Draw) -> Self {
        self.draw = draw;
        self
    }

    /// The factor on the standard deviation.
    pub fn gain(&self) -> f64 {
        self.gain
    }

    /// The standard deviation of the weights of a layer.
    pub fn std(&self, fans: Fans) -> f64 {
        let c = match self.scaling {
            Scaling::He => 2.0,
            Scaling::Xavier | Scaling::Lecun => 1.0,
        };
        self.gain * (c / fans.get(self.fan)).sqrt()
    }

    /// `he`, `he_uniform`, `he_fan_out`, `he_uniform_fan_out`...
    pub(super) fn name(&self) -> &'static str {
        FORMS
            .iter()
            .find(|(_, form)| form.with_gain(self.gain) == *self)
            .map(|(name, _)| *name)
            .expect("the table has every form")
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        let name = match name {
            // The book's names for its two standard deviations, sqrt(2 / n) and sqrt(1 / n).
            "he_book" => "he".to_string(),
            "xavier_book" => "lecun".to_string(),
            name => name
                .replacen("kaiming", "he", 1)
                .replacen("glorot", "xavier", 1)
                .replacen("_normal", "", 1),
        };
        let default = match name.split('_').next() {
            Some("xavier") => "_fan_avg",
            _ => "_fan_in",
        };
        let name = name.strip_suffix(default).unwrap_or(&name);
        FORMS
            .iter()
            .find(|(form, _)| *form == name)
            .map(|(_, config)| *config)
    }
}

impl Scaling {
    const fn fan(self) -> Fan {
        match self {
            Self::He | Self::Lecun => Fan::In,
            Self::Xavier => Fan::Average,
        }
    }
}

macro_rules! forms {
    ($($name:literal: $scaling:ident, $fan:ident, $draw:ident;)*) => {
        /// Every form with its name; the default fan is not in the name, and neither is `normal`.
        const FORMS: &[(&str, VarianceScalingConfig)] = &[$((
            $name,
            VarianceScalingConfig {
                scaling: Scaling::$scaling,
                gain: 1.0,
                fan: Fan::$fan,
                draw: Draw::$draw,
            },
        )),*];

        /// The names of [`FORMS`].
        pub(super) const NAMES: &[&str] = &[$($name),*];
    };
}

forms! {
    "he": He, In, Normal;
    "he_uniform": He, In, Uniform;
    "he_fan_out": He, Out, Normal;
    "he_uniform_fan_out": He, Out, Uniform;
    "he_fan_avg": He, Average, Normal;
    "he_uniform_fan_avg": He, Average, Uniform;
    "xavier": Xavier, Average, Normal;
    "xavier_uniform": Xavier, Average, Uniform;
    "xavier_fan_in": Xavier, In, Normal;
    "xavier_uniform_fan_in": Xavier, In, Uniform;
    "xavier_fan_out": Xavier, Out, Normal;
    "xavier_uniform_fan_out": Xavier, Out, Uniform;
    "lecun": Lecun, In, Normal;
    "lecun_uniform": Lecun, In, Uniform;
    "lecun_fan_out": Lecun, Out, Normal;
    "lecun_uniform_fan_out": Lecun, Out, Uniform;
    "lecun_fan_avg": Lecun, Average, Normal;
    "lecun_uniform_fan_avg": Lecun, Average, Uniform;
}

impl Initialize for VarianceScalingConfig {
    /// `gain` must be greater than 0.
    fn validate(&self) -> Result<(), SpecError> {
        Range::AboveZero.check("VarianceScalingConfig", "gain", self.gain)
    }

    fn draw<const D: usize>(&self, weights: &Tensor<D>, fans: Fans) -> Tensor<D> {
        expect_valid(self);
        let std = self.std(fans);
        let bound = 3f64.sqrt() * std;
        weights.random_like(match self.draw {
            Draw::Normal => Distribution::Normal(0.0, std),
            Draw::Uniform => Distribution::Uniform(-bound, bound),
        })
    }
}
