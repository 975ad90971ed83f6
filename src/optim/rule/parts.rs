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
    let shape = param.shape();
    let mut readies = Vec::new();
    // Another number of them is another optimizer's state.
    if memories.len() != parts.len() {
        memories.clear();
        memories.extend(parts.iter().map(|part| PartState::new(&**part)));
    }
    let shapes: Vec<Vec<Shape>> = parts
        .iter()
        .map(|part| {
            let over = part.sums_over(&shape);
            over.iter().map(|over| summed(&shape, over)).collect()
        })
        .collect();
    for ((part, memory), shapes) in parts.iter().zip(&mut *memories).zip(&shapes) {
        if !part.applies(&shape) {
            readies.push(None);
            continue;
        }
        let first = memory.prepare(&**part, param, shapes);
        memory.clock.advance(clock);
        if first && let Some(kernel) = part.start() {
            let keeps = vec![true; memory.tensors.len()];
            start(&*kernel, param, &mut memory.tensors, &keeps);
        }
        readies.push(part.ready(&mut memory.clock, decay, &shape));
    }
    let keeps: Vec<_> = parts
        .iter()
        .map(|part| (vec![true; part.states()], part.keeps_sums()))
        .collect();
    let [mut before, mut steps, mut after] = [const { Vec::new() }; 3];
    for ((((part, ready), memory), shapes), (keeps, keeps_sums)) in parts
        .iter()
        .zip(&readies)
        .zip(memories)
        .zip(shapes)
        .zip(&keeps)
    {
        let Some(ready) = ready else {
            continue;
        };
        let work = match ready {
            Ready::Fused(fused) => Work::Fused(fused.stage(memory, keeps, keeps_sums, shapes)),
            Ready::Whole(function) => Work::Whole(&**function),
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
    fn stage<'a>(
        &'a self,
        memory: &'a mut PartState,
        keeps: &'a [bool],
        keeps_sums: &'a [bool],
        shapes: Vec<Shape>,
    ) -> Stage<'a> {
        let sums = self.sums.as_ref().map(|[measure, settle]| Sums {
            measure: &**measure,
            settle: &**settle,
            before: &mut memory.sums,
            keeps: keeps_sums,
            shapes,
        });
        Stage {
            sees_gradient: true,
            apply: &*self.apply,
            states: &mut memory.tensors,
            keeps,
            sums,
        }
    }
}

impl PartState {
    pub(super) fn new(part: &dyn Part) -> Self {
        Self {
            clock: Clock::new(part.memory()),
            tensors: vec![None; part.states()],
            sums: vec![None; part.keeps_sums().len()],
        }
    }

    /// Starts anew where the parameter has another shape. Whether it starts.
    fn prepare(&mut self, part: &dyn Part, param: &DispatchTensor, sums: &[Shape]) -> bool {
        let fits = |(sum, shape): (&Option<DispatchTensor>, &Shape)| match sum {
            Some(sum) => sum.shape() == *shape,
            None => true,
        };
        let same = self.tensors.len() == part.states() && self.sums.len() == sums.len();
        if !same || !self.sums.iter().zip(sums).all(fits) {
            *self = Self::new(part);
        }
        let keeps = vec![true; self.tensors.len()];
        prepare(
            &mut self.clock,
            part.memory(),
            &mut self.tensors,
            &keeps,
            &param.shape(),
        )
    }
}
