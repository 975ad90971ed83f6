use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::global::{changed, wide};
use super::skip_non_finite;
use crate::registry::{Range, SpecError};

/// Dynamic loss scaling: gradients of half precision are made larger, so that small ones are not rounded to 0, and smaller
/// again before the step.
///
/// The scale starts at 65536. Where a gradient is not finite there is no step, and the scale is halved; after 2000 steps
/// in a row it is doubled. These are the settings of PyTorch's `GradScaler`, and so is the rule.
///
/// Clones share their scale, so that one in a module and one in the training loop are the same. It is serialized with its
/// state: save it beside a checkpoint.
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Tensor}};
/// use burn::optim::GradientsParams;
/// use burn_extras::optim::{LossScale, ModuleStep, SgdConfig};
///
/// let device = Device::default().autodiff();
/// let mut model = LinearConfig::new(2, 1).init(&device);
/// let mut optimizer = SgdConfig::new().init();
/// let scale = LossScale::new();
///
/// let loss = model.forward(Tensor::<2>::ones([8, 2], &device)).sum();
/// let grads = GradientsParams::from_grads(scale.scale(loss).backward(), &model);
/// if let Some(grads) = scale.unscale(grads, &model) {
///     model = ModuleStep::new().step(&mut optimizer, 0.1, model, grads);
/// }
/// # let _ = model;
/// ```
///
/// Gradients of half precision are `f32` then, which the rules of this crate take and Burn's own do not.
///
/// In Burn's `Learner`, `scale` stands in `TrainStep::step` and `unscale` in `TrainStep::optimize`.
#[derive(Clone, Debug)]
pub struct LossScale(Arc<Mutex<State>>);

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    scale: f64,
    growth_factor: f64,
    backoff_factor: f64,
    growth_interval: usize,
    /// Steps since the scale has changed.
    steps: usize,
}

impl Default for LossScale {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State {
            scale: 65536.0,
            growth_factor: 2.0,
            backoff_factor: 0.5,
            growth_interval: 2000,
            steps: 0,
        })))
    }
}

impl LossScale {
    /// PyTorch's.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the scale.
    #[must_use]
    pub fn with_scale(self, scale: f64) -> Self {
        self.lock().scale = scale;
        self
    }

    /// Sets what the scale is multiplied by when it grows.
    #[must_use]
    pub fn with_growth_factor(self, factor: f64) -> Self {
        self.lock().growth_factor = factor;
        self
    }

    /// Sets what the scale is multiplied by where a gradient is not finite.
    #[must_use]
    pub fn with_backoff_factor(self, factor: f64) -> Self {
        self.lock().backoff_factor = factor;
        self
    }

    /// Sets after how many steps in a row the scale grows.
    #[must_use]
    pub fn with_growth_interval(self, steps: usize) -> Self {
        self.lock().growth_interval = steps;
        self
    }

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    ///
    /// Names the first that is not.
    pub fn validate(&self) -> Result<(), SpecError> {
        let state = self.lock();
        let check = |range: Range, field, value| range.check("LossScale", field, value);
        check(Range::Positive, "scale", state.scale)?;
        check(Range::AtLeastOne, "growth_factor", state.growth_factor)?;
        check(Range::Portion, "backoff_factor", state.backoff_factor)?;
        check(
            Range::Count,
            "growth_interval",
            state.growth_interval as f64,
        )
    }

    /// The scale now.
    pub fn current(&self) -> f64 {
        self.lock().scale
    }

    /// The loss to take gradients of.
    pub fn scale(&self, loss: Tensor<1>) -> Tensor<1> {
        loss.mul_scalar(self.current())
    }

    /// The gradients of the loss itself, in `f32` where they were in half precision; `None` where one is infinite or NaN, so that there is no step to take. Reads back
    /// whether they are.
    pub fn unscale<M: Module>(
        &self,
        grads: GradientsParams,
        module: &M,
    ) -> Option<GradientsParams> {
        let finite = skip_non_finite(grads, module);
        let mut state = self.lock();
        let Some(grads) = finite else {
            state.scale *= state.backoff_factor;
            state.steps = 0;
            return None;
        };
        let factor = state.scale.recip();
        state.steps += 1;
        if state.steps >= state.growth_interval {
            state.scale *= state.growth_factor;
            state.steps = 0;
        }
        Some(changed(grads, module, |grad| wide(grad).mul_scalar(factor)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // What it guards is consistent whenever it can panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PartialEq for LossScale {
    fn eq(&self, other: &Self) -> bool {
        let own = *self.lock();
        own == *other.lock()
    }
}

impl Serialize for LossScale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.lock().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for LossScale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Self(Arc::new(Mutex::new(State::deserialize(deserializer)?)));
        read.validate().map_err(serde::de::Error::custom)?;
        Ok(read)
    }
}
