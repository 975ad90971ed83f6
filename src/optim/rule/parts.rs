//! What is around a rule: the parts before it, which change the gradient, and those after, which change the
//! parameter.

use std::sync::Arc;

use burn::backend::{DispatchTensor, TensorMetadata};
use burn::tensor::Shape;
use smallvec::smallvec;

use super::decay::Decay;
use super::fit::states_fit;
use super::modifier::{Fused, Part, Ready, TakeStep, ToStep, WholeStep};
use super::pipeline::{Stage, Step, Sums, run_gradient_stages, run_stages, zeros};
use super::{Changes, Clock};
use crate::fused::{Few, Kernel, Output, has_shape, run, widened};

/// What a part remembers of one parameter.
#[derive(Clone, Debug)]
pub(in crate::optim) struct PartState {
    pub(in crate::optim) clock: Clock,
    pub(in crate::optim) tensors: Vec<Option<DispatchTensor>>,
    pub(super) sums: Vec<Option<DispatchTensor>>,
}

/// What a part is to run in a step, and what that needs to know.
struct Prepared {
    ready: Ready,
    keeps: Vec<bool>,
    keeps_sums: Vec<bool>,
    /// The shapes of the sums.
    shapes: Vec<Shape>,
}

/// Makes a memory fit for a step: what was saved with other settings may lack a tensor, and then the parameter starts
/// anew. Whether it starts.
pub(super) fn prepare(
    clock: &mut Clock,
    start: [f64; 2],
    tensors: &mut [Option<DispatchTensor>],
    keeps: &[bool],
) -> bool {
    let mut each = tensors.iter().zip(keeps);
    if each.any(|(tensor, keep)| *keep && tensor.is_none()) {
        *clock = Clock::new(start);
    }
    let first = clock.time == 0;
    for (tensor, keep) in tensors.iter_mut().zip(keeps) {
        if first || !keep {
            *tensor = None;
        }
    }
    first
}

/// The states before the first step.
pub(super) fn start(
    kernel: &dyn Kernel,
    param: &DispatchTensor,
    tensors: &mut [Option<DispatchTensor>],
    keeps: &[bool],
) {
    let outputs = keeps.iter().map(|keep| match keep {
        true => Output::Wide(0),
        false => Output::Dropped,
    });
    let outputs: Few<_> = outputs.collect();
    let started = run(kernel, &mut smallvec![Some(param.clone())], &outputs);
    for (tensor, started) in tensors.iter_mut().zip(started) {
        *tensor = started;
    }
}

/// The shape of a sum over these axes.
fn summed(shape: &Shape, over: &[usize]) -> Shape {
    let place = |axis: usize| match over.contains(&axis) {
        true => 1,
        false => shape[axis],
    };
    Shape::from((0..shape.num_dims()).map(place).collect::<Vec<_>>())
}

/// The shapes of a part's sums.
fn sums_of(part: &dyn Part, shape: &Shape) -> Vec<Shape> {
    let over = part.sums_over(shape);
    over.iter().map(|over| summed(shape, over)).collect()
}

/// Makes memories fit for the parts: another number of them is another optimizer's state.
pub(super) fn remember(parts: &[Arc<dyn Part>], memories: &mut Vec<PartState>) {
    if memories.len() != parts.len() {
        *memories = parts.iter().map(|part| PartState::new(&**part)).collect();
    }
}

/// Whether the first part holds the rule back, and takes this gradient to itself.
pub(super) fn holds_back(
    parts: &[Arc<dyn Part>],
    memories: &mut [PartState],
    clock: &Clock,
    step: &Step,
) -> bool {
    let (Some(part), Some(memory), Some(param)) = (parts.first(), memories.first_mut(), &step[0])
    else {
        return false;
    };
    let mut next = memory.clock;
    next.time += 1;
    if !part.waits(&next) {
        return false;
    }
    let decay = Decay::new(clock.weight_decay, clock.lr);
    if let Some(prepared) = memory.prepare(&**part, clock, decay, param)
        && let Ready::Fused(fused) = &prepared.ready
    {
        run_gradient_stages(&mut [prepared.stage(fused, memory)], step, false);
    }
    true
}

/// One step of a rule with parts around it. The clock is that of the rule, which may begin at 0 in place of the
/// parameter.
pub(super) fn run_parts(
    parts: &[Arc<dyn Part>],
    memories: &mut Vec<PartState>,
    rule: Stage<'_>,
    from_zero: bool,
    clock: &Clock,
    step: &mut Step,
) {
    let [Some(param), ..] = &*step else {
        return;
    };
    let decay = Decay::new(clock.weight_decay, clock.lr);
    let each = parts.iter().zip(&mut *memories);
    let prepared: Vec<_> = each
        .map(|(part, memory)| memory.prepare(&**part, clock, decay, param))
        .collect();
    let [mut before, mut steps, mut after] = [const { Vec::new() }; 3];
    for ((part, prepared), memory) in parts.iter().zip(&prepared).zip(memories) {
        let Some(prepared) = prepared else {
            continue;
        };
        let work = match &prepared.ready {
            Ready::Fused(fused) => Work::Fused(prepared.stage(fused, memory)),
            Ready::Whole(function) => Work::Whole(&**function, &mut memory.tensors),
        };
        match part.changes() {
            Changes::Gradient => before.push(work),
            Changes::Step => steps.push(work),
            Changes::Parameter => after.push(work),
        }
    }
    before.push(Work::Fused(rule));
    let (to_step, take_step) = (ToStep { decay, from_zero }, TakeStep(decay));
    if from_zero || !steps.is_empty() {
        before.push(Work::Fused(plain(&to_step)));
        steps.push(Work::Fused(plain(&take_step)));
    }
    let mut stages = Vec::new();
    for work in before.into_iter().chain(steps).chain(after) {
        match work {
            Work::Fused(stage) => stages.push(stage),
            Work::Whole(function, states) => {
                let now = match stages.is_empty() {
                    true => step.iter().flatten().next_back().cloned().map(widened),
                    false => run_gradient_stages(&mut stages, step, true),
                };
                stages.clear();
                let changed = now.map(|now| function(now, step, states));
                step[2] = changed;
            }
        }
    }
    run_stages(&mut stages, step);
}

/// A stage without states or sums.
fn plain(kernel: &dyn Kernel) -> Stage<'_> {
    Stage {
        sees_gradient: true,
        apply: kernel,
        states: &mut [],
        keeps: &[],
        noise: None,
        sums: None,
    }
}

enum Work<'a> {
    Fused(Stage<'a>),
    Whole(&'a WholeStep, &'a mut [Option<DispatchTensor>]),
}

impl Prepared {
    fn stage<'a>(&'a self, fused: &'a Fused, memory: &'a mut PartState) -> Stage<'a> {
        let sums = fused.sums.as_ref().map(|[measure, settle]| Sums {
            measure: &**measure,
            settle: &**settle,
            before: &mut memory.sums,
            keeps: &self.keeps_sums,
            shapes: self.shapes.clone(),
            of_module: None,
        });
        Stage {
            sees_gradient: true,
            apply: &*fused.apply,
            states: &mut memory.tensors,
            keeps: &self.keeps,
            noise: None,
            sums,
        }
    }
}

impl PartState {
    /// Before the first step.
    pub(super) fn new(part: &dyn Part) -> Self {
        Self {
            clock: Clock::new(part.memory()),
            tensors: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// Whether this is what a part remembers of a parameter of this shape.
    pub(in crate::optim) fn fits(&self, part: &dyn Part, shape: &Shape) -> bool {
        self.has(&part.states(shape), &sums_of(part, shape))
    }

    /// Whether states and sums have these shapes.
    fn has(&self, states: &[Shape], sums: &[Shape]) -> bool {
        let is = |(tensor, shape): (&Option<DispatchTensor>, &Shape)| match tensor {
            Some(tensor) => has_shape(tensor, shape),
            None => false,
        };
        let may_be = |(sum, shape): (&Option<DispatchTensor>, &Shape)| match sum {
            Some(sum) => has_shape(sum, shape),
            None => true,
        };
        self.tensors.len() == states.len()
            && self.sums.len() == sums.len()
            && self.tensors.iter().zip(states).all(is)
            && self.sums.iter().zip(sums).all(may_be)
    }

    /// Brings what a part remembers to this step; what it is to run, if anything. The clock is that of the rule.
    fn prepare(
        &mut self,
        part: &dyn Part,
        clock: &Clock,
        decay: Decay,
        param: &DispatchTensor,
    ) -> Option<Prepared> {
        let shape = param.shape();
        if !part.applies(&shape) {
            return None;
        }
        let (states, shapes) = (part.states(&shape), sums_of(part, &shape));
        // Another number of them is what another part left.
        if self.tensors.len() == states.len() && self.sums.len() == shapes.len() {
            let owner = || "a modifier";
            states_fit(owner, self.tensors.iter().zip(&states));
            states_fit(owner, self.sums.iter().zip(&shapes));
        }
        if !self.has(&states, &shapes) {
            *self = Self::new(part);
        }
        let keeps = vec![true; states.len()];
        if self.clock.time == 0 {
            self.sums = vec![None; shapes.len()];
            self.tensors = match part.start() {
                Some(kernel) => {
                    let mut tensors = vec![None; keeps.len()];
                    start(&*kernel, param, &mut tensors, &keeps);
                    tensors
                }
                None => states.iter().map(|it| Some(zeros(param, it))).collect(),
            };
        }
        self.clock.advance(clock.lr, clock.weight_decay, &shape);
        Some(Prepared {
            ready: part.ready(&mut self.clock, decay, &shape)?,
            keeps,
            keeps_sums: part.keeps_sums(),
            shapes,
        })
    }
}
