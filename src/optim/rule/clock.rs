use burn::tensor::Shape;

use super::WeightDecay;

/// The step counter of one parameter and what else outlives a step, in `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Clock {
    /// The learning rate of this step.
    pub lr: f64,
    /// The weight decay.
    pub weight_decay: Option<WeightDecay>,
    /// How many axes the parameter has.
    pub rank: usize,
    /// How many elements it has.
    pub elements: usize,
    /// The number of this step, from 1, counted for each parameter.
    pub time: u64,
    /// Running scalars of the rule (NAdam's product of momenta). They start at
    /// [`UpdateRule::MEMORY`](super::UpdateRule::MEMORY) and are saved with the state.
    pub memory: [f64; 2],
}

impl Clock {
    /// Before the first step.
    pub(super) fn new(memory: [f64; 2]) -> Self {
        Self {
            lr: 0.0,
            weight_decay: None,
            rank: 0,
            elements: 0,
            time: 0,
            memory,
        }
    }

    /// On to a step of a parameter of this shape.
    pub(super) fn advance(&mut self, lr: f64, weight_decay: Option<WeightDecay>, shape: &Shape) {
        self.lr = lr;
        self.weight_decay = weight_decay;
        self.rank = shape.num_dims();
        self.elements = shape.num_elements();
        self.time += 1;
    }

    /// The strength of the decay that the rule does itself, [`WeightDecay::Own`]; 0 without.
    pub fn own_decay(&self) -> f64 {
        match self.weight_decay {
            Some(WeightDecay::Own(strength)) => strength,
            _ => 0.0,
        }
    }

    /// The bias correction `1 - beta^t` of a mean that decays by `beta` and started at zero.
    pub fn correction(&self, beta: f64) -> f64 {
        1.0 - beta.powf(self.time as f64)
    }
}
