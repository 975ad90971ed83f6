use std::fmt;
use std::sync::Arc;

use burn::optim::{DynOptimizer, DynState, LearningRate, StateSink, StateSource};
use burn::tensor::{Device, kind::BridgeTensor};

/// The optimizer of one parameter, whichever rule it follows: what
/// [`OptimizerConfig::build`](super::OptimizerConfig::build) makes, for Burn's parameter groups.
///
/// A step panics as that of a [`RuleOptimizer`](super::RuleOptimizer) does.
#[derive(Clone)]
pub struct AnyOptimizer {
    optimizer: Arc<dyn DynOptimizer>,
    lr_factor: f64,
}

impl AnyOptimizer {
    pub(super) fn new(optimizer: Arc<dyn DynOptimizer>) -> Self {
        Self {
            optimizer,
            lr_factor: 1.0,
        }
    }

    /// Multiplies every learning rate by a factor, for a group that learns more slowly.
    ///
    /// # Panics
    ///
    /// When it is below 0 or not finite.
    #[must_use]
    pub fn with_lr_factor(mut self, factor: f64) -> Self {
        assert!(
            factor >= 0.0 && factor.is_finite(),
            "AnyOptimizer: lr_factor must be 0 or more and finite, got {factor}"
        );
        self.lr_factor = factor;
        self
    }
}

impl fmt::Debug for AnyOptimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyOptimizer")
    }
}

impl DynOptimizer for AnyOptimizer {
    fn step_dyn(
        &self,
        rank: usize,
        lr: LearningRate,
        tensor: BridgeTensor,
        grad: BridgeTensor,
        state: Option<DynState>,
    ) -> (BridgeTensor, Option<DynState>) {
        let lr = lr * self.lr_factor;
        self.optimizer.step_dyn(rank, lr, tensor, grad, state)
    }

    fn to_device_dyn(&self, state: DynState, device: &Device) -> DynState {
        self.optimizer.to_device_dyn(state, device)
    }

    fn state_flatten(&self, prefix: &str, state: &DynState, out: &mut StateSink) {
        self.optimizer.state_flatten(prefix, state, out);
    }

    fn state_unflatten(
        &self,
        rank: usize,
        prefix: &str,
        src: &mut StateSource,
        device: &Device,
    ) -> Option<DynState> {
        self.optimizer.state_unflatten(rank, prefix, src, device)
    }
}
