use core::fmt;

use super::quadrature::normal_rule;
use crate::activation::ActivationConfig;

/// What an activation does to the variance of a signal, worked out from its formula.
///
/// A layer's pre-activations `z_i = sum_j w_ij f(z_j)` with weights of variance `gain^2 / fan in`
/// and no biases are close to normal where the layer is wide, with the mean square
///
/// ```text
/// q' = gain^2 E[f(sqrt(q) z)^2],  z ~ N(0, 1)
/// ```
///
/// where `q` is that of the layer before (the length map of Poole et al.). It is the mean square
/// that counts, not the variance, so a function whose mean is not 0 needs no extra treatment.
/// From the expectations follow
///
/// ```text
/// gain      = 1 / sqrt(E[f(z)^2])             keeps q = 1
/// slope     = dq'/dq = gain^2 E[f(z)^2 (z^2 - 1)] / 2
/// gradient  = gain^2 E[f'(z)^2]               what a layer makes of the gradients' mean square
/// noise     = E[f(z)^4] / E[f(z)^2]^2 - 1     n units have q up to a variance of noise / n
/// ```
///
/// `slope` decides whether `q` stays at 1. Below 1 in magnitude a deviation dies out; at 1 (ReLU
/// and all other functions with `f(c x) = c f(x)`) deviations stay; above 1 they grow from layer
/// to layer, and a deep network leaves 1, whichever gain it has: `q = 1` is kept by this gain
/// alone, but balanced on a tip. The integral for `slope` is by parts, so that it holds for
/// functions with jumps too.
///
/// What counts is whether `E[f(sqrt(q) z)^2]` grows less or more than in proportion to `q`. Less,
/// slope below 1: functions that level off (sigmoid, tanh, gaussian, ELU on its left) and those with
/// a height at 0 on top of a straight line (softplus). In proportion: a straight line on each side
/// (ReLU). More: powers and exponentials, shrinking functions and others that are flat around 0
/// and steep further out. These leave at once; SiLU, GELU and their kin, which are steeper further
/// out only on one side, leave slowly. Deep networks of them need a norm or skips between the layers.
///
/// The variance is not all there is. The inputs of a network of sigmoids become more alike with
/// each layer, and its gradients shrink by `sqrt(gradient)`: it is stable and learns badly.
///
/// ```
/// use burn_extras::activation::ActivationConfig;
/// use burn_extras::init::{Stability, VarianceMap};
///
/// let relu = VarianceMap::of(&ActivationConfig::Relu)?;
/// assert!((relu.gain - 2f64.sqrt()).abs() < 1e-12);
/// assert!((relu.slope - 1.0).abs() < 1e-12);
///
/// let squared = VarianceMap::of(&ActivationConfig::SquaredRelu)?;
/// assert_eq!(relu.stability(20, 256), Stability::Stable);
/// assert_eq!(squared.stability(20, 256), Stability::Unstable);
/// # Ok::<(), burn_extras::init::NoGain>(())
/// ```
///
/// # The gains
///
/// At the default parameters; "20 layers" is [`stability`](Self::stability) at a width of 256. The
/// gains by convention are those of `torch.nn.init.calculate_gain`. Most agree with the computed
/// ones; sigmoid's and SELU's do not keep `q = 1`, and tanh's 5/3 keeps it a little above.
///
#[doc = include_str!("gains.md")]
///
/// # References
///
/// Poole et al., [Exponential expressivity in deep neural networks through transient
/// chaos](https://arxiv.org/abs/1606.05340), 2016. Schoenholz et al., [Deep information
/// propagation](https://arxiv.org/abs/1611.01232), 2017. He et al.,
/// [Delving deep into rectifiers](https://arxiv.org/abs/1502.01852), 2015.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct VarianceMap {
    /// The gain that keeps the mean square of the pre-activations at 1.
    pub gain: f64,
    /// How much of a deviation from 1 is left after a layer.
    pub slope: f64,
    /// What the mean square of the gradients is multiplied by in a layer.
    pub gradient: f64,
    /// The variance of `q` over random weights, times the width of the layer.
    pub noise: f64,
}

/// Whether the pre-activations of a deep network keep their standard deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// Within a factor of 2 over all layers, with all but a few random weights.
    Stable,
    /// Within a factor of 2 with many random weights, though deviations grow: not if it were deeper.
    Drifting,
    /// Not with most random weights: some deviation is always there, and it grows too fast.
    Unstable,
}

impl VarianceMap {
    /// The map of `activation`; that of a learned one as it is before training.
    ///
    /// # Errors
    ///
    /// When no gain can keep the variance: a layer with weights of its own, or a function that is
    /// 0 (or not a number) where a standard normal variable is.
    pub fn of(activation: &ActivationConfig) -> Result<Self, NoGain> {
        let refuse = |why| NoGain {
            activation: activation.to_string(),
            why,
        };
        let mut expected = [0.0; 4];
        for (z, weight) in normal_rule() {
            let Some((value, slope)) = activation.before_training(z) else {
                return Err(refuse("it has weights of its own"));
            };
            let square = value * value;
            let terms = [
                square,
                square * (z * z - 1.0),
                slope * slope,
                square * square,
            ];
            for (sum, term) in expected.iter_mut().zip(terms) {
                *sum += weight * term;
            }
        }
        let [square, by_parts, slope_square, fourth] = expected;
        if !(square > f64::MIN_POSITIVE && fourth.is_finite()) {
            return Err(refuse("its outputs are 0, or too large to square"));
        }
        Ok(Self {
            gain: 1.0 / square.sqrt(),
            slope: by_parts / (2.0 * square),
            gradient: slope_square / square,
            noise: fourth / (square * square) - 1.0,
        })
    }

    /// The standard deviation, over random weights, of the logarithm of the last layer's standard
    /// deviation: how far from 1 a network of `depth` layers of `width` units ends.
    ///
    /// Each layer adds a deviation of its own and passes on those of the layers before:
    ///
    /// ```text
    /// drift^2 = noise / width (1 + slope^2 + slope^4 + ... ) / 4
    /// ```
    ///
    /// This is for a batch whose examples have become alike; where they differ it is less.
    pub fn drift(&self, depth: usize, width: usize) -> f64 {
        let passed_on: f64 = (1..depth).map(|k| self.slope.powi(2 * k as i32 - 2)).sum();
        (self.noise / width as f64 * passed_on).sqrt() / 2.0
    }

    /// What comes of a network of `depth` layers of `width` units with this gain.
    ///
    /// Stable if two standard deviations of its [drift](Self::drift) are within a factor of 2,
    /// unstable if the drift is beyond a factor of 7 (e^2): so far off, the growth is no longer a
    /// matter of which weights were drawn.
    pub fn stability(&self, depth: usize, width: usize) -> Stability {
        let drift = self.drift(depth, width);
        if 2.0 * drift < 2f64.ln() {
            Stability::Stable
        } else if drift < 2.0 {
            Stability::Drifting
        } else {
            Stability::Unstable
        }
    }
}

/// Why no gain keeps an activation's variance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoGain {
    activation: String,
    why: &'static str,
}

impl core::error::Error for NoGain {}

impl fmt::Display for NoGain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no gain keeps the variance of {}, because {}: use another initializer than auto",
            self.activation, self.why
        )
    }
}
