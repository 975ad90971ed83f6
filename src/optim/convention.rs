use serde::{Deserialize, Serialize};

use crate::optim::WeightDecay;

/// Whose formula and defaults a rule follows.
///
/// Libraries mean different things by one name: where epsilon is added, whether the learning rate
/// is inside the velocity, what is corrected for bias. Each rule's page says what differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Convention {
    /// PyTorch's `torch.optim`.
    PyTorch,
    /// Keras 3's `keras.optimizers`.
    Keras,
    /// DeepMind's `optax`.
    Optax,
    /// `timm.optim`, of PyTorch Image Models.
    Timm,
    /// `pytorch_optimizer`, a collection of optimizers for PyTorch.
    PytorchOptimizer,
    /// The form of the textbook "Deep Learning from Scratch".
    Book,
    /// The form of the paper that introduced the rule.
    Paper,
}

impl Convention {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::PyTorch,
        Self::Keras,
        Self::Optax,
        Self::Timm,
        Self::PytorchOptimizer,
        Self::Book,
        Self::Paper,
    ];

    /// The name in a spec: `adam_keras` is Adam by Keras' convention.
    pub fn name(self) -> &'static str {
        match self {
            Self::PyTorch => "pytorch",
            Self::Keras => "keras",
            Self::Optax => "optax",
            Self::Timm => "timm",
            Self::PytorchOptimizer => "pytorch_optimizer",
            Self::Book => "book",
            Self::Paper => "paper",
        }
    }

    /// What the library's argument `weight_decay` does, and its default, where no rule differs;
    /// `None` where there is no such argument.
    pub(super) fn weight_decay(self) -> Option<WeightDecay> {
        match self {
            Self::PyTorch | Self::Timm | Self::PytorchOptimizer => Some(WeightDecay::Coupled(0.0)),
            Self::Keras => Some(WeightDecay::Decoupled(0.0)),
            Self::Optax | Self::Book | Self::Paper => None,
        }
    }
}
