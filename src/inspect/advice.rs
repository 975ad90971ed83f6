use core::fmt;

use serde::Serialize;

use super::finding::{Finding, Place};
use super::setup::Setup;
use crate::activation::LeakyReluConfig;

/// Something to try; [`Display`](fmt::Display) says it as a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Advice {
    /// Weights drawn by [`InitConfig::Auto`](crate::init::InitConfig::Auto).
    Auto,
    /// Weights drawn by [`InitConfig::he`](crate::init::InitConfig::he), or any other way than all
    /// the same.
    RandomWeights,
    /// A layer norm before each activation.
    LayerNorm,
    /// Inputs with mean 0 and standard deviation 1.
    NormalisedInputs,
    /// Inputs without infinities and NaN.
    FiniteInputs,
    /// Biases that start at 0.
    ZeroBiases,
    /// An activation that has a slope everywhere.
    LeakyActivation,
    /// An activation that has a slope at all.
    SlopedActivation,
    /// A smaller learning rate.
    SmallerLearningRate,
    /// A larger learning rate.
    LargerLearningRate,
    /// More units in the layer.
    MoreUnits,
    /// Gradient clipping.
    ClipGradients,
    /// The finding is the consequence of another.
    OtherFindings,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "use the initializer auto",
            Self::RandomWeights => "draw the weights at random, with the initializer he",
            Self::LayerNorm => "put a layer norm before each activation",
            Self::NormalisedInputs => "shift and scale the inputs to mean 0 and deviation 1",
            Self::FiniteInputs => "look for infinities and NaN in the inputs",
            Self::ZeroBiases => "start the biases at 0",
            Self::LeakyActivation => "use an activation that is nowhere flat, such as leaky_relu",
            Self::SlopedActivation => "use an activation with a slope, such as tanh or relu",
            Self::SmallerLearningRate => "use a smaller learning rate",
            Self::LargerLearningRate => "use a larger learning rate",
            Self::MoreUnits => "give it more units",
            Self::ClipGradients => "clip the gradients",
            Self::OtherFindings => "see what is found in this layer or behind it",
        })
    }
}

/// Inputs beyond this root mean square are not normalised.
const NORMALISED: f64 = 3.0;

impl Finding {
    /// What to try, the likeliest cure first.
    ///
    /// What came with the training is answered by smaller steps; what was there before it by other
    /// weights, inputs or activations.
    ///
    /// | finding | before training | came with the training |
    /// | --- | --- | --- |
    /// | not finite | finite inputs, normalised inputs, or as exploding | smaller learning rate, clipping |
    /// | vanishing, exploding | `auto`; a layer norm where `auto` is no cure or in use | smaller learning rate |
    /// | all zero, all the same | random weights | random weights |
    /// | bottleneck | more units | more units |
    /// | dead, idle | biases at 0, a leaky activation | smaller learning rate, a leaky activation |
    /// | saturated | normalised inputs, `auto`; a layer norm as above | smaller learning rate |
    /// | no slope | another activation | another activation |
    /// | gradient not finite | see the other findings | smaller learning rate, clipping |
    /// | no gradient | see the other findings | see the other findings |
    /// | large update | smaller learning rate | smaller learning rate |
    /// | small update | larger learning rate | larger learning rate |
    pub fn advice(&self, setup: &Setup) -> Vec<Advice> {
        let new = setup.came_with_training(self);
        match self {
            Self::AllZero { .. } | Self::AllSame { .. } => vec![Advice::RandomWeights],
            Self::Bottleneck { .. } => vec![Advice::MoreUnits],
            Self::NoSlope { .. } => vec![Advice::SlopedActivation],
            Self::NoGradient { .. } => vec![Advice::OtherFindings],
            Self::LargeUpdate { .. } => vec![Advice::SmallerLearningRate],
            Self::SmallUpdate { .. } => vec![Advice::LargerLearningRate],
            Self::NotFinite { .. } | Self::GradientNotFinite { .. } if new => {
                vec![Advice::SmallerLearningRate, Advice::ClipGradients]
            }
            Self::NotFinite { place, input } => match input {
                Some(input) if !input.is_finite() => vec![Advice::FiniteInputs],
                Some(input) if *input > NORMALISED => vec![Advice::NormalisedInputs],
                _ => weights(setup, place),
            },
            Self::GradientNotFinite { .. } => vec![Advice::OtherFindings],
            Self::Dead { .. } | Self::Idle { .. } => {
                let mut advice = Vec::new();
                if new {
                    advice.push(Advice::SmallerLearningRate);
                } else if !setup.knows_initializer() {
                    advice.push(Advice::ZeroBiases);
                }
                if !setup.uses(&LeakyReluConfig::new().into()) {
                    advice.push(Advice::LeakyActivation);
                }
                advice
            }
            Self::Vanishing { .. } | Self::Exploding { .. } | Self::Saturated { .. } if new => {
                vec![Advice::SmallerLearningRate]
            }
            Self::Vanishing { place, .. } | Self::Exploding { place, .. } => weights(setup, place),
            Self::Saturated { place, input, .. } => match input {
                Some(input) if *input > NORMALISED && place.number == 1 => {
                    vec![Advice::NormalisedInputs]
                }
                _ => weights(setup, place),
            },
        }
    }

    /// The finding with its advice, in a sentence.
    pub fn explain(&self, setup: &Setup) -> String {
        let advice: Vec<String> = self.advice(setup).iter().map(ToString::to_string).collect();
        match advice.is_empty() {
            true => self.to_string(),
            false => format!("{self}; {}", advice.join(", or ")),
        }
    }
}

/// What makes up for weights of the wrong size.
fn weights(setup: &Setup, place: &Place) -> Vec<Advice> {
    // The layers behind the first that has lost the signal have lost it too.
    let depth = place.number + place.others;
    match (setup.wants_auto(depth), setup.has_norm()) {
        (true, _) => vec![Advice::Auto],
        (false, false) => vec![Advice::LayerNorm],
        (false, true) => vec![],
    }
}
