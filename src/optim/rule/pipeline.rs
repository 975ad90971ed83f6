//! A step: its stages one after another, in as few passes over memory as their sums allow.

use core::any::TypeId;

use burn::backend::{Dispatch, DispatchTensor, TensorMetadata, ops::FloatTensorOps};
use burn::tensor::Shape;
use smallvec::smallvec;

use super::module_sums;
use super::state_type::Noise;
use crate::fused::{Chain, Few, Kernel, Output, run, run_over, wide};

/// A part of a step.
pub(super) struct Stage<'a> {
    /// Whether it reads the gradient as it was given, besides what the stages before made of it.
    pub(super) sees_gradient: bool,
    /// What it reads to what it changes and its states.
    pub(super) apply: &'a dyn Kernel,
    pub(super) states: &'a mut [Option<DispatchTensor>],
    /// Which of the states are kept.
    pub(super) keeps: &'a [bool],
    /// Where states are rounded by chance.
    pub(super) noise: Option<Noise>,
    pub(super) sums: Option<Sums<'a>>,
}

/// What a stage adds up before.
pub(super) struct Sums<'a> {
    pub(super) measure: &'a dyn Kernel,
    pub(super) settle: &'a dyn Kernel,
    pub(super) before: &'a mut [Option<DispatchTensor>],
    /// Which are remembered.
    pub(super) keeps: &'a [bool],
    /// The shape of each.
    pub(super) shapes: Vec<Shape>,
    /// Of which rule they are, where they are taken over all parameters of a module.
    pub(super) of_module: Option<TypeId>,
}

impl Stage<'_> {
    /// How many inputs it has of its own: states, and what it has to know of the sums.
    fn own(&self) -> usize {
        self.states.len() + self.known()
    }

    fn known(&self) -> usize {
        self.sums.as_ref().map_or(0, |sums| sums.before.len())
    }

    /// The registers that it reads, its own from `own` on.
    fn reads(&self, given: usize, now: usize, own: usize) -> Few<usize> {
        let mut reads: Few<usize> = smallvec![0];
        if self.sees_gradient {
            reads.push(1);
        }
        reads.push(now);
        reads.extend(given + own..given + own + self.own());
        reads
    }
}

/// The parameter, the gradient, and, where that is not what is to be changed first, what is.
pub(in crate::optim) type Step = [Option<DispatchTensor>; 3];

/// How many of them there are.
fn given(step: &Step) -> usize {
    step.iter().flatten().count()
}

/// Runs stages, the last of which makes the new parameter: it takes the place of the old one.
pub(super) fn run_stages(stages: &mut [Stage<'_>], step: &mut Step) {
    let given = given(step);
    let Some(mut known) = measure_all(stages, step) else {
        return;
    };
    let outputs = outputs(Output::Like(0), stages, given);
    let chained = match &*stages {
        [only] if !only.sees_gradient && given == 2 => None,
        stages => Some(chain_of_all(stages, given)),
    };
    let kernel: &dyn Kernel = match &chained {
        Some(chain) => chain,
        None => stages[0].apply,
    };
    let mut inputs = Few::new();
    for input in step.iter_mut().take(given) {
        inputs.push(input);
    }
    let mut known = known.iter_mut();
    for stage in stages {
        for state in stage.states.iter_mut() {
            inputs.push(state);
        }
        inputs.extend(known.next().into_iter().flatten());
    }
    run_over(kernel, &mut inputs, &outputs);
}

/// Runs stages of the gradient: what becomes of it, where that is wanted.
pub(super) fn run_gradient_stages(
    stages: &mut [Stage<'_>],
    step: &Step,
    wanted: bool,
) -> Option<DispatchTensor> {
    let given = given(step);
    let known = measure_all(stages, step)
        .expect("sums of a module are those of the rule, which comes last");
    let first = match wanted {
        true => Output::Wide(0),
        false => Output::Dropped,
    };
    let outputs = outputs(first, stages, given);
    let chain = chain_of_all(stages, given);
    let mut inputs: Few<_> = step.iter().take(given).cloned().collect();
    let mut known = known.into_iter();
    for stage in stages.iter_mut() {
        inputs.extend(stage.states.iter_mut().map(Option::take));
        inputs.extend(known.next().into_iter().flatten());
    }
    let mut results = run(&chain, &mut inputs, &outputs).into_iter();
    let result = results.next().flatten();
    let states = stages.iter_mut().flat_map(|it| it.states.iter_mut());
    for (state, result) in states.zip(results) {
        *state = result;
    }
    result
}

/// Where the results go: that of the stages, and the new states.
fn outputs(result: Output, stages: &[Stage<'_>], given: usize) -> Few<Output> {
    let mut outputs = smallvec![result];
    let mut own = given;
    for stage in stages {
        for (state, keep) in stage.keeps.iter().enumerate() {
            let like = own + state;
            outputs.push(match (keep, stage.noise) {
                (false, _) => Output::Dropped,
                (true, None) => Output::Like(like),
                (true, Some(noise)) => Output::Stochastic {
                    like,
                    seed: noise.seed(state),
                },
            });
        }
        own += stage.own();
    }
    outputs
}

/// The chain of all stages, whose results are what they change and their states.
fn chain_of_all<'a>(stages: &[Stage<'a>], given: usize) -> Chain<'a> {
    let own: usize = stages.iter().map(Stage::own).sum();
    let (mut chain, now, _) = chain_of(stages, given, given + own);
    let states = chain.links().iter();
    let states = states.flat_map(|link| link.writes.clone().skip(1));
    let results = [now].into_iter().chain(states).collect();
    chain.give(results);
    chain
}

/// The chain of stages; the register of what they change, and how many inputs of their own they have.
fn chain_of<'a>(stages: &[Stage<'a>], given: usize, inputs: usize) -> (Chain<'a>, usize, usize) {
    let mut chain = Chain::new(inputs);
    let (mut now, mut own) = (given - 1, 0);
    for stage in stages {
        let reads = stage.reads(given, now, own);
        now = chain.link(stage.apply, reads, 1 + stage.states.len()).start;
        own += stage.own();
    }
    (chain, now, own)
}

/// What each stage has to know of its sums; nothing at all where none has any. `None` where a module is being added up,
/// so that there is no step yet.
#[inline]
fn measure_all(stages: &mut [Stage<'_>], step: &Step) -> Option<Vec<Few<Option<DispatchTensor>>>> {
    let mut known = Vec::new();
    if stages.iter().all(|stage| stage.sums.is_none()) {
        return Some(known);
    }
    for index in 0..stages.len() {
        let of_stage = measure(stages, index, step, &known)?;
        known.push(of_stage);
    }
    Some(known)
}

/// What the stage of this index has to know of its sums, from what those before have to.
fn measure(
    stages: &mut [Stage<'_>],
    index: usize,
    step: &Step,
    known: &[Few<Option<DispatchTensor>>],
) -> Option<Few<Option<DispatchTensor>>> {
    let (earlier, stage) = stages.split_at_mut(index);
    let stage = &mut stage[0];
    if let (Some(sums), Some(param)) = (&mut stage.sums, &step[0])
        && let Some(mut totals) = sums
            .of_module
            .and_then(|rule| module_sums::known(rule, param))
    {
        return Some(settle(sums, &mut totals));
    }
    let Some(sums) = &stage.sums else {
        return Some(Few::new());
    };
    let given = given(step);
    let mut measured: Few<_> = step.iter().take(given).cloned().collect();
    for (stage, known) in earlier.iter().zip(known) {
        measured.extend(stage.states.iter().cloned());
        measured.extend(known.iter().cloned());
    }
    measured.extend(stage.states.iter().cloned());
    let first = measured.len();
    let param = &step[0];
    let zeros = |shape| param.as_ref().map(|param| zeros(param, shape));
    let before = sums.before.iter().zip(&sums.shapes);
    measured.extend(before.map(|(before, shape)| before.clone().or_else(|| zeros(shape))));
    let each: Few<_> = (first..measured.len()).map(Output::Like).collect();
    let mut totals = match (&earlier, stage.sees_gradient || given > 2) {
        ([], false) => run(sums.measure, &mut measured, &each),
        _ => {
            let (mut chain, now, own) = chain_of(earlier, given, measured.len());
            let reads = stage.reads(given, now, own);
            let totals = chain.link(sums.measure, reads, stage.known());
            chain.give(totals.collect());
            run(&chain, &mut measured, &each)
        }
    };
    drop(measured);
    let sums = stage.sums.as_mut().expect("a stage with sums");
    if let Some(rule) = sums.of_module
        && module_sums::add(rule, &totals)
    {
        return None;
    }
    Some(settle(sums, &mut totals))
}

/// Works out what is to be known of the sums and what is remembered.
fn settle(
    sums: &mut Sums<'_>,
    totals: &mut Few<Option<DispatchTensor>>,
) -> Few<Option<DispatchTensor>> {
    let remembered = |keep: bool| match keep {
        true => Output::Wide(0),
        false => Output::Dropped,
    };
    let count = totals.len();
    if sums.shapes.iter().all(|shape| *shape == sums.shapes[0]) {
        totals.extend(sums.before.iter_mut().map(Option::take));
        let both: Few<_> = (0..count)
            .map(Output::Like)
            .chain(sums.keeps.iter().map(|keep| remembered(*keep)))
            .collect();
        let mut settled = run(sums.settle, totals, &both).into_iter();
        let known = settled.by_ref().take(count).collect();
        for (before, settled) in sums.before.iter_mut().zip(settled) {
            *before = settled;
        }
        return known;
    }
    let mut known = Few::new();
    for (index, total) in totals.drain(..).enumerate() {
        // The third input is absent: the other sums are 0.
        let mut chain = Chain::new(3);
        let reads = (0..2 * count).map(|place| match place {
            _ if place == index => 0,
            _ if place == count + index => 1,
            _ => 2,
        });
        let settled = chain.link(sums.settle, reads.collect(), 2 * count).start;
        chain.give(vec![settled + index, settled + count + index]);
        let mut inputs: Few<_> = smallvec![total, sums.before[index].take(), None];
        let both = [Output::Like(0), remembered(sums.keeps[index])];
        let mut settled = run(&chain, &mut inputs, &both).into_iter();
        known.push(settled.next().flatten());
        sums.before[index] = settled.next().flatten();
    }
    known
}

/// Zeros beside a parameter, in the type that its arithmetic is done in.
pub(super) fn zeros(param: &DispatchTensor, shape: &Shape) -> DispatchTensor {
    Dispatch::float_zeros(shape.clone(), &param.device(), wide(param.dtype()))
}
