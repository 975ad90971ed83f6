use serde::{Deserialize, Serialize};

use crate::fused::Number;

/// A pull of the weights towards zero, applied in the same pass as the update.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum WeightDecay {
    /// The L2 penalty: `lambda * w` joins the gradient, and goes through the rule with it.
    Coupled(f64),
    /// AdamW's: the old weights are multiplied by `1 - lr * lambda` before the update.
    Decoupled(f64),
    /// The rule does it at a place of its own, which its page names: LAMB adds `lambda * w` to its update before
    /// it measures that. A rule without such a place refuses it.
    Own(f64),
}

impl WeightDecay {
    /// The strength `lambda`.
    pub fn strength(&self) -> f64 {
        match *self {
            Self::Coupled(strength) | Self::Decoupled(strength) | Self::Own(strength) => strength,
        }
    }
}

/// The weight decay of one step.
#[derive(Clone, Copy, Debug)]
pub(in crate::optim) enum Decay {
    None,
    /// Adds this much of the parameter to the gradient.
    AddToGradient(f64),
    /// Multiplies the parameter.
    Shrink(f64),
}

impl Decay {
    pub(super) fn new(decay: Option<WeightDecay>, lr: f64) -> Self {
        match decay {
            None | Some(WeightDecay::Own(_)) => Self::None,
            Some(WeightDecay::Coupled(strength)) => Self::AddToGradient(strength),
            Some(WeightDecay::Decoupled(strength)) => Self::Shrink(1.0 - lr * strength),
        }
    }

    /// The parameter that the rule's step starts from.
    #[inline(always)]
    pub(super) fn shrink<N: Number>(self, param: N) -> N {
        match self {
            Self::Shrink(factor) => param * factor,
            _ => param,
        }
    }

    /// The parameter and the gradient that the rule gets to see.
    #[inline(always)]
    pub(super) fn apply<N: Number>(self, param: N, grad: N) -> (N, N) {
        match self {
            Self::None => (param, grad),
            Self::AddToGradient(strength) => (param, grad + param * strength),
            Self::Shrink(factor) => (param * factor, grad),
        }
    }
}
