use core::marker::PhantomData;

use burn::backend::{DispatchTensor, TensorMetadata};
use burn::optim::{RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor};

use super::{Clock, UpdateRule};

/// The state tensors of one parameter; those that the settings do not need are absent.
pub(super) type States<const K: usize> = [Option<DispatchTensor>; K];

/// What an update rule remembers of one parameter.
///
/// Saved under [`UpdateRule::STATE_NAMES`], `time`, `memory_1` and `memory_2`, to the bit, so that
/// a restored optimizer takes the same next step.
#[derive(Clone, Debug)]
pub struct RuleState<R, const K: usize, const D: usize> {
    pub(super) clock: Clock,
    /// In a box, for Burn moves the state from hand to hand in each step.
    pub(super) tensors: Box<States<K>>,
    rule: PhantomData<fn() -> R>,
}

impl<R: UpdateRule<K>, const K: usize, const D: usize> RuleState<R, K, D> {
    /// Before the first step.
    pub(super) fn new() -> Self {
        Self {
            clock: Clock::new(R::MEMORY),
            tensors: Box::new([const { None }; K]),
            rule: PhantomData,
        }
    }

    /// The step counter and the running scalars.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The state tensor of this name, if the rule keeps one.
    pub fn tensor(&self, name: &str) -> Option<Tensor<D>> {
        let index = R::STATE_NAMES.iter().position(|known| *known == name)?;
        self.tensors[index].clone().map(Tensor::from_dispatch)
    }

    pub(super) fn moved_to(mut self, device: &Device) -> Self {
        let elsewhere = |tensor: &mut DispatchTensor| tensor.device() != *device.as_dispatch();
        for place in self.tensors.iter_mut() {
            if let Some(tensor) = place.take_if(elsewhere) {
                let moved = Tensor::<D>::from_dispatch(tensor).to_device(device);
                *place = Some(moved.into_dispatch());
            }
        }
        self
    }
}

impl<R: UpdateRule<K>, const K: usize, const D: usize> RecordState for RuleState<R, K, D> {
    fn state_flatten(&self, prefix: &str, out: &mut StateSink) {
        for name in R::STATE_NAMES {
            if let Some(tensor) = self.tensor(name) {
                out.push_tensor(prefix, name, tensor.into_data());
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
            Some(Tensor::<D>::from_data(data, (device, dtype)).into_dispatch())
        });
        let clock = Clock {
            lr: 0.0,
            time,
            memory,
        };
        Some(Self {
            clock,
            tensors: Box::new(tensors),
            ..Self::new()
        })
    }
}
