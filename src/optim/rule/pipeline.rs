//! A step: its stages one after another, in as few passes over memory as their sums allow.

use burn::backend::{Dispatch, DispatchTensor, TensorMetadata, ops::FloatTensorOps};
use burn::tensor::{DType, FloatDType, Shape};
use smallvec::smallvec;

use crate::fused::{Chain, Few, Kernel, Output, run};

/// A part of a step.
pub(super) struct Stage<'a> {
    /// Whether it reads the gradient as it was given, besides what the stages before made of it.
    pub(super) sees_gradient: bool,
    /// What it reads to what it changes and its states.
    pub(super) apply: &'a dyn Kernel,
    pub(super) states: &'a mut [Option<DispatchTensor>],
    /// Which of the states are kept.
    pub(super) keeps: &'a [bool],
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

/// Runs stages over the parameter, the gradient, and, where that is not what is to be changed first, what is. The
/// result, like the parameter where it `becomes` it.
pub(super) fn run_stages(
    stages: &mut [Stage<'_>],
    step: Few<DispatchTensor>,
    becomes_param: bool,
) -> DispatchTensor {
    let given = step.len();
    let mut inputs: Few<_> = step.into_iter().map(Some).collect();
    for index in 0..stages.len() {
        let known = measure(stages, index, given, &inputs);
        // Whose memory the results are to take, nobody else may hold.
        inputs.extend(stages[index].states.iter_mut().map(Option::take));
        inputs.extend(known);
    }
    let mut outputs: Few<_> = smallvec![match becomes_param {
        true => Output::Like(0),
        false => Output::Wide(0),
    }];
    let mut own = given;
    for stage in stages.iter() {
        outputs.extend(stage.keeps.iter().enumerate().map(|(state, keep)| match keep {
            true => Output::Like(own + state),
            false => Output::Dropped,
        }));
        own += stage.own();
    }
    let mut results = match &*stages {
        [only] if !only.sees_gradient && given == 2 => run(only.apply, &mut inputs, &outputs),
        stages => {
            let (mut chain, now, _) = chain_of(stages, given, inputs.len());
            let states = chain.links().iter().flat_map(|link| link.writes.clone().skip(1));
            let results = [now].into_iter().chain(states).collect();
            chain.give(results);
            run(&chain, &mut inputs, &outputs)
        }
    }
    .into_iter();
    let result = results.next().flatten();
    for (state, result) in stages.iter_mut().flat_map(|it| it.states.iter_mut()).zip(results) {
        *state = result;
    }
    result.expect("what is changed comes first")
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

/// What the stage of this index has to know of its sums. The inputs are those of the stages before.
fn measure(
    stages: &mut [Stage<'_>],
    index: usize,
    given: usize,
    inputs: &Few<Option<DispatchTensor>>,
) -> Few<Option<DispatchTensor>> {
    let (earlier, stage) = stages.split_at_mut(index);
    let stage = &mut stage[0];
    let Some(sums) = &stage.sums else {
        return Few::new();
    };
    let first = inputs.len() + stage.states.len();
    let mut measured = inputs.clone();
    measured.extend(stage.states.iter().cloned());
    measured.extend(sums.shapes.iter().map(|shape| zeros(inputs, shape)));
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
    settle(sums, &mut totals)
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

fn zeros(inputs: &Few<Option<DispatchTensor>>, shape: &Shape) -> Option<DispatchTensor> {
    let param = inputs[0].as_ref()?;
    let dtype = match param.dtype() {
        DType::F64 => FloatDType::F64,
        _ => FloatDType::F32,
    };
    Some(Dispatch::float_zeros(shape.clone(), &param.device(), dtype))
}
