use serde::Serialize;

use super::statistics::Statistics;

/// What an [`Inspection`](super::Inspection) found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What the network read.
    pub input: Option<Layer>,
    /// Its layers, in the order in which they were run.
    pub layers: Vec<Layer>,
    /// Its weights: every parameter with two or more dimensions.
    pub weights: Vec<Parameter>,
    /// The gradients of its weights.
    pub gradients: Vec<Parameter>,
    /// How far a step moved its weights.
    pub updates: Vec<Update>,
}

/// The output of a layer, after its activation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Layer {
    /// Its path in the module, `layers.0`.
    pub name: String,
    /// How many units it has.
    pub units: usize,
    /// The values of all units for all examples.
    pub statistics: Statistics,
    /// How much of them depends on the input: the standard deviation over the examples, as a root
    /// mean square over the units,
    /// `sqrt(mean((x - mean of the unit)^2))`.
    ///
    /// It is [`std`](Statistics::std) without the differences between the units' means, which are
    /// there for biases alone and tell the next layer nothing.
    pub signal: f64,
    /// The share of dead units: those whose output is the same for every example, or for which
    /// the activation has no slope for any example: `|f'(z)| <= 1e-6 s`.
    ///
    /// `s` is the steepest slope of the activation between -4 and 4, or between -64 and 64 where it has none there. A
    /// dead unit does not learn, and only a change in other layers may wake it.
    pub dead: f64,
    /// Where the activation is flat; `None` for a layer without one.
    pub saturation: Option<Saturation>,
}

/// How much of a layer sits where its activation is flat, and learns slowly or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Saturation {
    /// The share of values `z` before the activation with `|f'(z)| <= 0.05 s`.
    ///
    /// For a sigmoid that is beyond 4.4 on both sides, for tanh beyond 2.2, and for ReLU all that
    /// is negative.
    pub share: f64,
    /// What this share is for `z` from a standard normal distribution: about 0 for a sigmoid, 0.03
    /// for tanh, 0.5 for ReLU. It tells an activation that rests on one side from one that has
    /// been driven to its bounds.
    pub expected: f64,
    /// `s`, the steepest slope of the activation between -4 and 4, at 80 points; where it has none there, between -64
    /// and 64.
    pub steepest: f64,
}

/// A weight or its gradient.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Its path in the module, `layers.0.weight`.
    pub name: String,
    /// Its values.
    pub statistics: Statistics,
}

/// How far a step moved a weight.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Update {
    /// Its path in the module, `layers.0.weight`.
    pub name: String,
    /// The root mean square of the change.
    pub change: f64,
    /// The root mean square of the weight before.
    pub weight: f64,
}

impl Update {
    /// The change as a share of the weight; about 0.001 is usual.
    pub fn ratio(&self) -> f64 {
        self.change / self.weight
    }
}

impl Layer {
    pub(super) fn plain(
        name: String,
        units: usize,
        statistics: Statistics,
        signal: f64,
        dead: f64,
    ) -> Self {
        Self {
            name,
            units,
            statistics,
            signal,
            dead,
            saturation: None,
        }
    }

    pub(super) fn activated(self, share: f64, expected: f64, steepest: f64) -> Self {
        Self {
            saturation: Some(Saturation {
                share,
                expected,
                steepest,
            }),
            ..self
        }
    }
}
