use core::marker::PhantomData;

use burn::optim::{RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor};

use super::{Clock, UpdateRule};

/// What an update rule remembers of one parameter.
///
/// Saved under [`UpdateRule::STATE_NAMES`], `time`, `memory_1` and `memory_2`, to the bit, so that
/// a restored optimizer takes the same next step.
#[derive(Clone, Debug)]
pub struct RuleState<R, const K: usize, const D: usize> {
    pub(super) clock: Clock,
    pub(super) tensors: [Option<Tensor<D>>; K],
    rule: PhantomData<fn() -> R>,
}

impl<R: UpdateRule<K>, const K: usize, const D: usize> RuleState<R, K, D> {
    pub(super) fn new(clock: Clock, tensors: [Option<Tensor<D>>; K]) -> Self {
        Self {
            clock,
            tensors,
            rule: PhantomData,
        }
    }

    /// The step counter and the running scalars.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The state tensor of this name, if the rule keeps one.
    pub fn tensor(&self, name: &str) -> Option<&Tensor<D>> {
        let index = R::STATE_NAMES.iter().position(|known| *known == name)?;
        self.tensors[index].as_ref()
    }

    pub(super) fn moved_to(self, device: &Device) -> Self {
        let tensors = self
            .tensors
            .map(|tensor| tensor.map(|tensor| tensor.to_device(device)));
        Self { tensors, ..self }
    }
}

impl<R: UpdateRule<K>, const K: usize, const D: usize> RecordState for RuleState<R, K, D> {
    fn state_flatten(&self, prefix: &str, out: &mut StateSink) {
        for (name, tensor) in R::STATE_NAMES.iter().zip(&self.tensors) {
            if let Some(tensor) = tensor {
                out.push_tensor(prefix, name, tensor.to_data());
            }
        }
        out.push_scalar(prefix, "time", self.clock.time.into());
        out.push_scalar(prefix, "memory_1", self.clock.memory[0].into());
        out.push_scalar(prefix, "memory_2", self.clock.memory[1].into());
    }

    fn state_unflatten(prefix: &str, src: &mut StateSource, device: &Device) -> Option<Self> {
        let mut memory = |name| -> Option<f64> { src.take_scalar(prefix, name)?.try_into().ok() };
        let memory = [memory("memory_1")?, memory("memory_2")?];
        let time = src.take_scalar(prefix, "time")?.try_into().ok()?;
        let tensors = R::STATE_NAMES.map(|name| {
            let data = src.take_tensor(prefix, name)?;
            // The device's default type may be narrower than the state's.
            let dtype = data.dtype();
            Some(Tensor::from_data(data, (device, dtype)))
        });
        let clock = Clock {
            lr: 0.0,
            time,
            memory,
        };
        Some(Self::new(clock, tensors))
    }
}
