//! What is around a rule: the parts before it, which change the gradient, and those after, which change the
//! parameter.

use std::sync::Arc;

use burn::backend::{DispatchTensor, TensorMetadata};
use burn::tensor::Shape;
use smallvec::smallvec;

use super::decay::Decay;
use super::modifier::{Fused, Part, Ready, TakeStep, ToStep};
use super::pipeline::{Stage, Step, Sums, run_gradient_stages, run_stages};
use super::{Changes, Clock};
use crate::fused::{Few, Kernel, Output, run};

/// What a part remembers of one parameter.
#[derive(Clone, Debug)]
pub(in crate::optim) struct PartState {
    pub(in crate::optim) clock: Clock,
    pub(in crate::optim) tensors: Vec<Option<DispatchTensor>>,
    pub(super) sums: Vec<Option<DispatchTensor>>,
    /// Which of both are kept, and the shapes of the sums: of the last step.
    keeps: Vec<bool>,
    keeps_sums: Vec<bool>,
    shapes: Vec<Shape>,
}

/// Makes a memory fit for a step: what was saved with other settings may lack a tensor, and a parameter may have been
/// pruned or grown since. Such a parameter starts anew. Whether it starts.
pub(super) fn prepare(
    clock: &mut Clock,
    start: [f64; 2],
    tensors: &mut [Option<DispatchTensor>],
    keeps: &[bool],
    shape: &Shape,
) -> bool {
    let fits = |tensor: &Option<DispatchTensor>| match tensor {
        Some(tensor) => tensor.shape() == *shape,
        None => false,
    };
    if tensors
        .iter()
        .zip(keeps)
        .any(|(tensor, keep)| *keep && !fits(tensor))
    {
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
pub(super) fn summed(shape: &Shape, over: &[usize]) -> Shape {
    let place = |axis: usize| match over.contains(&axis) {
        true => 1,
        false => shape[axis],
    };
    Shape::from((0..shape.num_dims()).map(place).collect::<Vec<_>>())
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
    // Another number of them is another optimizer's state.
    if memories.len() != parts.len() {
        *memories = parts.iter().map(|part| PartState::new(&**part)).collect();
    }
    let each = parts.iter().zip(&mut *memories);
    let readies: Vec<_> = each
        .map(|(part, memory)| get_ready(&**part, memory, clock, decay, param))
        .collect();
    let [mut before, mut steps, mut after] = [const { Vec::new() }; 3];
    for ((part, ready), memory) in parts.iter().zip(&readies).zip(memories) {
        let work = match ready {
            None => continue,
            Some(Ready::Fused(fused)) => Work::Fused(fused.stage(memory)),
            Some(Ready::Whole(function)) => Work::Whole(&**function),
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
            Work::Whole(function) => {
                let now = match stages.is_empty() {
                    true => step.iter().flatten().last().cloned(),
                    false => Some(run_gradient_stages(&mut stages, step)),
                };
                stages.clear();
                step[2] = now.map(function);
            }
        }
    }
    run_stages(&mut stages, step);
}

/// Brings what a part remembers to this step; what it is to run, if anything.
fn get_ready(
    part: &dyn Part,
    memory: &mut PartState,
    clock: &Clock,
    decay: Decay,
    param: &DispatchTensor,
) -> Option<Ready> {
    let shape = param.shape();
    if !part.applies(&shape) {
        return None;
    }
    let first = memory.prepare(part, &shape);
    memory.clock.advance(clock);
    if first && let Some(kernel) = part.start() {
        start(&*kernel, param, &mut memory.tensors, &memory.keeps);
    }
    part.ready(&mut memory.clock, decay, &shape)
}

/// A stage without states or sums.
fn plain(kernel: &dyn Kernel) -> Stage<'_> {
    Stage {
        sees_gradient: true,
        apply: kernel,
        states: &mut [],
        keeps: &[],
        sums: None,
    }
}

enum Work<'a> {
    Fused(Stage<'a>),
    Whole(&'a dyn Fn(DispatchTensor) -> DispatchTensor),
}

impl Fused {
    fn stage<'a>(&'a self, memory: &'a mut PartState) -> Stage<'a> {
        let sums = self.sums.as_ref().map(|[measure, settle]| Sums {
            measure: &**measure,
            settle: &**settle,
            before: &mut memory.sums,
            keeps: &memory.keeps_sums,
            shapes: memory.shapes.clone(),
        });
        Stage {
            sees_gradient: true,
            apply: &*self.apply,
            states: &mut memory.tensors,
            keeps: &memory.keeps,
            sums,
        }
    }
}

impl PartState {
    pub(super) fn new(part: &dyn Part) -> Self {
        let keeps_sums = part.keeps_sums();
        Self {
            clock: Clock::new(part.memory()),
            tensors: vec![None; part.states()],
            sums: vec![None; keeps_sums.len()],
            keeps: vec![true; part.states()],
            keeps_sums,
            shapes: Vec::new(),
        }
    }

    /// What was saved of a part.
    pub(super) fn saved(
        clock: Clock,
        tensors: Vec<Option<DispatchTensor>>,
        sums: Vec<Option<DispatchTensor>>,
    ) -> Self {
        Self {
            clock,
            tensors,
            sums,
            keeps: Vec::new(),
            keeps_sums: Vec::new(),
            shapes: Vec::new(),
        }
    }

    /// Starts anew where the parameter has another shape. Whether it starts.
    fn prepare(&mut self, part: &dyn Part, shape: &Shape) -> bool {
        let over = part.sums_over(shape);
        self.shapes = over.iter().map(|over| summed(shape, over)).collect();
        self.keeps = vec![true; part.states()];
        self.keeps_sums = part.keeps_sums();
        let fits = |(sum, shape): (&Option<DispatchTensor>, &Shape)| match sum {
            Some(sum) => sum.shape() == *shape,
            None => true,
        };
        let same = self.tensors.len() == part.states() && self.sums.len() == self.shapes.len();
        if !same || !self.sums.iter().zip(&self.shapes).all(fits) {
            self.clock = Clock::new(part.memory());
            self.tensors = vec![None; part.states()];
            self.sums = vec![None; self.shapes.len()];
        }
        let (clock, tensors) = (&mut self.clock, &mut self.tensors);
        let first = prepare(clock, part.memory(), tensors, &self.keeps, shape);
        if first {
            self.sums.fill(None);
        }
        first
    }
}
