use core::marker::PhantomData;

use burn::backend::{DispatchTensor, TensorMetadata};
use burn::optim::{RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor};

use super::{Clock, MeasuredRule};

/// The state tensors of one parameter; those that the settings do not need are absent.
pub(super) type States<const K: usize> = [Option<DispatchTensor>; K];

/// What an update rule remembers of one parameter.
///
/// Saved under [`MeasuredRule::STATE_NAMES`], [`MeasuredRule::SUM_NAMES`], `time`, `memory_1` and `memory_2`, to the bit, so that
/// a restored optimizer takes the same next step.
#[derive(Clone, Debug)]
pub struct RuleState<R, const K: usize, const D: usize, const S: usize = 0> {
    pub(super) clock: Clock,
    /// In a box, for Burn moves the state from hand to hand in each step.
    pub(super) tensors: Box<States<K>>,
    /// What is remembered of the sums.
    pub(super) sums: Box<States<S>>,
    rule: PhantomData<fn() -> R>,
}

impl<R: MeasuredRule<K, S>, const K: usize, const D: usize, const S: usize> RuleState<R, K, D, S> {
    /// Before the first step.
    pub(super) fn new() -> Self {
        Self {
            clock: Clock::new(R::MEMORY),
            tensors: Box::new([const { None }; K]),
            sums: Box::new([const { None }; S]),
            rule: PhantomData,
        }
    }

    /// The step counter and the running scalars.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The state tensor of this name, if the rule keeps one. That of a sum holds a single number.
    pub fn tensor(&self, name: &str) -> Option<Tensor<D>> {
        let tensors = R::STATE_NAMES.iter().zip(self.tensors.iter());
        let sums = R::SUM_NAMES.iter().zip(self.sums.iter());
        let (_, tensor) = tensors.chain(sums).find(|(known, _)| **known == name)?;
        tensor.clone().map(Tensor::from_dispatch)
    }

    pub(super) fn moved_to(mut self, device: &Device) -> Self {
        let elsewhere = |tensor: &mut DispatchTensor| tensor.device() != *device.as_dispatch();
        for place in self.tensors.iter_mut().chain(self.sums.iter_mut()) {
            if let Some(tensor) = place.take_if(elsewhere) {
                let moved = Tensor::<D>::from_dispatch(tensor).to_device(device);
                *place = Some(moved.into_dispatch());
            }
        }
        self
    }
}

impl<R: MeasuredRule<K, S>, const K: usize, const D: usize, const S: usize> RecordState
    for RuleState<R, K, D, S>
{
    fn state_flatten(&self, prefix: &str, out: &mut StateSink) {
        for name in R::STATE_NAMES.into_iter().chain(R::SUM_NAMES) {
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
        let mut take = |name| {
            let data = src.take_tensor(prefix, name)?;
            // The device's default type may be narrower than the state's.
            let dtype = data.dtype();
            Some(Tensor::<D>::from_data(data, (device, dtype)).into_dispatch())
        };
        let tensors = R::STATE_NAMES.map(&mut take);
        let sums = R::SUM_NAMES.map(&mut take);
        let clock = Clock {
            time,
            ..Clock::new(memory)
        };
        Some(Self {
            clock,
            tensors: Box::new(tensors),
            sums: Box::new(sums),
            ..Self::new()
        })
    }
}
