use core::cell::RefCell;
use core::marker::PhantomData;
use std::collections::HashMap;

use burn::backend::{DispatchTensor, TensorMetadata};
use burn::optim::{RecordState, StateSink, StateSource};
use burn::tensor::{Device, Int, Shape, Tensor, TensorData};

use super::parts::PartState;
use super::{Clock, MeasuredRule};
use crate::fused::{are_codes, decode, flattened, shaped};

/// What an update rule remembers of one parameter.
///
/// Saved under [`MeasuredRule::STATE_NAMES`], [`MeasuredRule::SUM_NAMES`], `time`, `memory_1` and `memory_2`, and what
/// its modifiers remember under their number, to the bit, so that a restored optimizer takes the same next step.
#[derive(Clone, Debug)]
pub struct RuleState<R, const K: usize, const D: usize, const S: usize = 0> {
    /// In a box, for Burn moves the state from hand to hand in each step.
    inner: Box<Remembered>,
    rule: PhantomData<fn() -> R>,
}

/// The same for all rules and ranks, so that what handles it is compiled once.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    pub(super) clock: Clock,
    /// The state tensors; those that the settings do not need are absent.
    pub(super) tensors: Vec<Option<DispatchTensor>>,
    /// What is remembered of the sums.
    pub(super) sums: Vec<Option<DispatchTensor>>,
    /// What the modifiers remember.
    pub(super) parts: Vec<PartState>,
    /// The shape of the parameter, once there was a step: codes do not show it.
    pub(super) shape: Option<Vec<usize>>,
}

/// The names of a rule's states and of its sums.
type Names<'a> = [&'a [&'static str]; 2];

impl<R: MeasuredRule<K, S>, const K: usize, const D: usize, const S: usize> RuleState<R, K, D, S> {
    const NAMES: Names<'static> = [&R::STATE_NAMES, &R::SUM_NAMES];

    pub(super) fn from_inner(inner: Box<Remembered>) -> Self {
        Self {
            inner,
            rule: PhantomData,
        }
    }

    pub(super) fn into_inner(self) -> Box<Remembered> {
        self.inner
    }

    /// The step counter and the running scalars.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The state tensor of this name, if the rule keeps one. That of a sum holds a single number.
    pub fn tensor(&self, name: &str) -> Option<Tensor<D>> {
        self.inner
            .tensor(Self::NAMES, name)
            .map(Tensor::from_dispatch)
    }

    pub(super) fn moved_to(mut self, device: &Device) -> Self {
        self.inner.move_to(device);
        self
    }
}

impl<R: MeasuredRule<K, S>, const K: usize, const D: usize, const S: usize> RecordState
    for RuleState<R, K, D, S>
{
    fn state_flatten(&self, prefix: &str, out: &mut StateSink) {
        self.inner.write(Self::NAMES, prefix, out);
    }

    fn state_unflatten(prefix: &str, src: &mut StateSource, device: &Device) -> Option<Self> {
        let inner = Remembered::read(Self::NAMES, D, prefix, src, device)?;
        Some(Self::from_inner(Box::new(inner)))
    }
}

impl Remembered {
    /// Before the first step, of a rule with so many states and sums.
    pub(super) fn new(memory: [f64; 2], states: usize, sums: usize) -> Self {
        Self {
            clock: Clock::new(memory),
            tensors: vec![None; states],
            sums: vec![None; sums],
            parts: Vec::new(),
            shape: None,
        }
    }

    fn tensor(&self, names: Names<'_>, name: &str) -> Option<DispatchTensor> {
        let tensor = self.stored(names, name)?.clone();
        Some(match are_codes(&tensor) {
            true => decode(tensor, &Shape::from(self.shape.clone()?)),
            false => tensor,
        })
    }

    /// The same as it is stored.
    fn stored(&self, [states, sums]: Names<'_>, name: &str) -> Option<&DispatchTensor> {
        let tensors = states.iter().zip(&self.tensors);
        let sums = sums.iter().zip(&self.sums);
        let (_, tensor) = tensors.chain(sums).find(|(known, _)| **known == name)?;
        tensor.as_ref()
    }

    fn has_codes(&self) -> bool {
        self.tensors.iter().flatten().any(are_codes)
    }

    fn move_to(&mut self, device: &Device) {
        let elsewhere = |tensor: &mut DispatchTensor| tensor.device() != *device.as_dispatch();
        let parts = self.parts.iter_mut();
        let parts = parts.flat_map(|part| part.tensors.iter_mut().chain(&mut part.sums));
        let own = self.tensors.iter_mut().chain(&mut self.sums);
        for place in own.chain(parts) {
            if let Some(tensor) = place.take_if(elsewhere) {
                *place = Some(match are_codes(&tensor) {
                    true => codes(tensor).to_device(device).into_dispatch(),
                    false => {
                        let shape = tensor.shape();
                        shaped(flattened(tensor).to_device(device), shape)
                    }
                });
            }
        }
    }

    fn write(&self, names: Names<'_>, prefix: &str, out: &mut StateSink) {
        if collected(prefix, &self.parts) {
            return;
        }
        for name in names.into_iter().flatten() {
            if let Some(tensor) = self.stored(names, name) {
                out.push_tensor(prefix, name, data(tensor));
            }
        }
        if let (true, Some(shape)) = (self.has_codes(), &self.shape) {
            for (axis, len) in shape.iter().enumerate() {
                out.push_scalar(prefix, &format!("axis_{axis}"), (*len as u64).into());
            }
        }
        push_clock(&self.clock, prefix, out);
        for (number, part) in self.parts.iter().enumerate() {
            let prefix = modifier(prefix, number);
            push_clock(&part.clock, &prefix, out);
            for (kind, tensors) in [(STATE, &part.tensors), (SUM, &part.sums)] {
                // How many there are, for those that are not there yet.
                out.push_scalar(&prefix, &format!("{kind}s"), (tensors.len() as u64).into());
                for (index, tensor) in tensors.iter().enumerate() {
                    if let Some(tensor) = tensor {
                        out.push_tensor(&prefix, &format!("{kind}_{index}"), data(tensor));
                    }
                }
            }
        }
    }

    /// What was written of a parameter of this rank.
    fn read(
        names: Names<'_>,
        rank: usize,
        prefix: &str,
        src: &mut StateSource,
        device: &Device,
    ) -> Option<Self> {
        let clock = take_clock(prefix, src)?;
        let [tensors, sums] = names.map(|names| {
            let each = names.iter().map(|name| take(prefix, name, src, device));
            each.collect()
        });
        let axes = (0..rank).map(|axis| {
            let len: u64 = src
                .take_scalar(prefix, &format!("axis_{axis}"))?
                .try_into()
                .ok()?;
            usize::try_from(len).ok()
        });
        let shape = axes.collect();
        let mut parts = Vec::new();
        for prefix in (0..).map(|number| modifier(prefix, number)) {
            if !src.has_under(&prefix) {
                break;
            }
            let clock = take_clock(&prefix, src)?;
            let [tensors, sums] = [STATE, SUM].map(|kind| {
                let count = src.take_scalar(&prefix, &format!("{kind}s"))?;
                let names = (0..count.try_into().ok()?).map(|index: u64| format!("{kind}_{index}"));
                Some(
                    names
                        .map(|name| take(&prefix, &name, src, device))
                        .collect(),
                )
            });
            parts.push(PartState {
                clock,
                tensors: tensors?,
                sums: sums?,
            });
        }
        Some(Self {
            clock,
            tensors,
            sums,
            parts,
            shape,
        })
    }
}

thread_local! {
    /// What modifiers remember of each parameter, where it is asked for in place of a record.
    static COLLECTED: RefCell<Option<HashMap<String, Vec<PartState>>>> = const { RefCell::new(None) };
}

/// What modifiers remember of each parameter of an optimizer whose record is made in `record`.
///
/// Burn's `ModuleOptimizer` shows its states to nobody, but has each write itself to a record: here they write
/// themselves elsewhere.
pub(in crate::optim) fn collect(record: impl FnOnce()) -> HashMap<String, Vec<PartState>> {
    COLLECTED.set(Some(HashMap::new()));
    record();
    COLLECTED.take().unwrap_or_default()
}

/// Whether states are asked for in place of a record; this one has been taken down then.
fn collected(prefix: &str, parts: &[PartState]) -> bool {
    COLLECTED.with_borrow_mut(|collected| match collected {
        Some(states) => {
            states.insert(prefix.to_string(), parts.to_vec());
            true
        }
        None => false,
    })
}

/// What modifiers' states and sums are called in a saved optimizer.
const STATE: &str = "state";
const SUM: &str = "sum";

/// Where a modifier's part of a saved optimizer is.
fn modifier(prefix: &str, number: usize) -> String {
    format!("{prefix}.modifier_{number}")
}

fn push_clock(clock: &Clock, prefix: &str, out: &mut StateSink) {
    out.push_scalar(prefix, "time", clock.time.into());
    out.push_scalar(prefix, "memory_1", clock.memory[0].into());
    out.push_scalar(prefix, "memory_2", clock.memory[1].into());
}

fn take_clock(prefix: &str, src: &mut StateSource) -> Option<Clock> {
    let mut memory = |name| -> Option<f64> { src.take_scalar(prefix, name)?.try_into().ok() };
    let memory = [memory("memory_1")?, memory("memory_2")?];
    Some(Clock {
        time: src.take_scalar(prefix, "time")?.try_into().ok()?,
        ..Clock::new(memory)
    })
}

/// Codes as the tensor that they are.
fn codes(tensor: DispatchTensor) -> Tensor<2, Int> {
    Tensor::from_dispatch(tensor)
}

/// The numbers of a tensor of any rank.
fn data(tensor: &DispatchTensor) -> TensorData {
    let tensor = tensor.clone();
    let shape = tensor.shape();
    let data = match are_codes(&tensor) {
        true => codes(tensor).into_data(),
        false => flattened(tensor).into_data(),
    };
    let (bytes, _, dtype) = data.into_parts();
    TensorData::from_bytes(bytes, shape, dtype)
}

fn take(
    prefix: &str,
    name: &str,
    src: &mut StateSource,
    device: &Device,
) -> Option<DispatchTensor> {
    let (bytes, shape, dtype) = src.take_tensor(prefix, name)?.into_parts();
    if dtype.is_uint() {
        let data = TensorData::from_bytes(bytes, shape, dtype);
        return Some(Tensor::<2, Int>::from_data(data, (device, dtype)).into_dispatch());
    }
    let data = TensorData::from_bytes(bytes, [shape.num_elements()], dtype);
    // The device's default type may be narrower than the state's.
    let tensor = Tensor::<1>::from_data(data, (device, dtype));
    Some(shaped(tensor, shape))
}
