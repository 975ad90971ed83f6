//! Sums over all parameters of a module.
//!
//! Burn hands an optimizer one parameter at a time, and takes the new one back before it hands over the next. So a step
//! of a whole module goes twice through its parameters: a copy of the optimizer adds up what each of them has and is
//! thrown away, and then the optimizer steps and finds the sums here.

use core::any::TypeId;
use core::cell::RefCell;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::HashMap;

use burn::backend::ops::FloatTensorOps;
use burn::backend::{Dispatch, DispatchTensor, TensorMetadata};
use burn::tensor::Shape;

use super::Clock;
use crate::fused::{Few, cast, wide};

/// What goes on in this thread.
#[derive(Default)]
enum Pass {
    /// A step of one parameter by itself.
    #[default]
    Single,
    /// The parameters of a module are added up.
    Adds(ModuleSums),
    /// They take their steps.
    Steps(ModuleSums),
}

thread_local! {
    static PASS: RefCell<Pass> = RefCell::default();
}

/// How many optimizers there are with sums over modules: without one nothing has to be added up.
static WANTED: AtomicUsize = AtomicUsize::new(0);

/// What such an optimizer has for as long as it is there.
#[derive(Debug)]
pub(super) struct Wanted(());

impl Wanted {
    pub(super) fn new() -> Self {
        WANTED.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Clone for Wanted {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        WANTED.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether there are any.
pub(in crate::optim) fn are_wanted() -> bool {
    WANTED.load(Ordering::Relaxed) > 0
}

/// The sums of each rule, over all parameters that follow it, whatever group they are in.
#[derive(Default)]
pub(in crate::optim) struct ModuleSums(HashMap<TypeId, OfRule>);

#[derive(Default)]
struct OfRule {
    totals: Vec<DispatchTensor>,
    /// What the parameter with most steps remembers.
    memory: Option<Memory>,
    /// Whether a parameter has made fewer steps: one that is new, or had no gradient for a while.
    is_uneven: bool,
    /// Whether all parameters have been seen, so that they can be given this memory.
    is_known: bool,
}

#[derive(Clone)]
struct Memory {
    clock: Clock,
    sums: Vec<Option<DispatchTensor>>,
}

/// What `pass` adds up. It takes a step of every parameter, and throws the results away.
pub(in crate::optim) fn add_up(mut pass: impl FnMut()) -> ModuleSums {
    let mut sums = ModuleSums::default();
    while WANTED.load(Ordering::Relaxed) > 0 {
        sums = during(Pass::Adds(sums), &mut pass).1;
        let is_uneven = sums.0.values().any(|of_rule| of_rule.is_uneven);
        for of_rule in sums.0.values_mut() {
            of_rule.is_known = true;
            if is_uneven {
                of_rule.is_uneven = false;
                of_rule.totals.clear();
            }
        }
        if !is_uneven {
            break;
        }
    }
    sums
}

/// Runs `step` with these sums.
pub(in crate::optim) fn with<T>(sums: ModuleSums, step: impl FnOnce() -> T) -> T {
    during(Pass::Steps(sums), step).0
}

/// Runs `work` within `pass`; what came of it, and the sums after.
fn during<T>(pass: Pass, work: impl FnOnce() -> T) -> (T, ModuleSums) {
    /// Ends the pass also where the work panics.
    struct End;

    impl Drop for End {
        fn drop(&mut self) {
            PASS.take();
        }
    }

    PASS.set(pass);
    let end = End;
    let result = work();
    let sums = match PASS.take() {
        Pass::Single => ModuleSums::default(),
        Pass::Adds(sums) | Pass::Steps(sums) => sums,
    };
    drop(end);
    (result, sums)
}

/// Whether parameters are added up, so that a rule without sums over modules has nothing to do.
pub(super) fn are_added() -> bool {
    PASS.with_borrow(|pass| matches!(pass, Pass::Adds(_)))
}

/// Whether this is a step of a parameter by itself.
pub(super) fn is_single() -> bool {
    PASS.with_borrow(|pass| matches!(pass, Pass::Single))
}

/// Shows what a parameter remembers, and gives it the memory that all have in this step.
pub(super) fn share(
    rule: TypeId,
    clock: &mut Clock,
    sums: &mut [Option<DispatchTensor>],
    param: &DispatchTensor,
) {
    PASS.with_borrow_mut(|pass| {
        let (Pass::Adds(all) | Pass::Steps(all)) = pass else {
            return;
        };
        let of_rule = all.0.entry(rule).or_default();
        match &mut of_rule.memory {
            Some(memory) if of_rule.is_known => {
                (clock.time, clock.memory) = (memory.clock.time, memory.clock.memory);
                let one = Shape::from(vec![1; param.shape().num_dims()]);
                for (sum, shared) in sums.iter_mut().zip(&memory.sums) {
                    let shared = shared.clone();
                    *sum = shared.map(|shared| fitted(shared, one.clone(), param));
                }
                return;
            }
            Some(memory) if memory.clock.time == clock.time => return,
            Some(memory) => {
                of_rule.is_uneven = true;
                if memory.clock.time > clock.time {
                    return;
                }
            }
            None => {}
        }
        of_rule.memory = Some(Memory {
            clock: *clock,
            sums: sums.to_vec(),
        });
    });
}

/// Adds these to the sums, if parameters are added up.
pub(super) fn add(rule: TypeId, more: &Few<Option<DispatchTensor>>) -> bool {
    PASS.with_borrow_mut(|pass| {
        let Pass::Adds(all) = pass else {
            return false;
        };
        let totals = &mut all.0.entry(rule).or_default().totals;
        let one = Shape::from(vec![1]);
        for (index, more) in more.iter().flatten().enumerate() {
            match totals.get_mut(index) {
                Some(total) => {
                    let more = fitted(more.clone(), one.clone(), total);
                    *total = Dispatch::float_add(total.clone(), more);
                }
                None => totals.push(Dispatch::float_reshape(more.clone(), one.clone())),
            }
        }
        true
    })
}

/// The sums of the module, for a step of this parameter, if they are known.
pub(super) fn known(rule: TypeId, param: &DispatchTensor) -> Option<Few<Option<DispatchTensor>>> {
    PASS.with_borrow(|pass| {
        let Pass::Steps(all) = pass else {
            return None;
        };
        let one = Shape::from(vec![1; param.shape().num_dims()]);
        let totals = all.0.get(&rule)?.totals.iter();
        let totals = totals.map(|total| Some(fitted(total.clone(), one.clone(), param)));
        Some(totals.collect())
    })
}

/// A sum in this shape, on the device of another tensor, and wide enough for its numbers.
fn fitted(sum: DispatchTensor, shape: Shape, like: &DispatchTensor) -> DispatchTensor {
    let sum = cast(Dispatch::float_reshape(sum, shape), wide(like.dtype()));
    match sum.device() == like.device() {
        true => sum,
        false => Dispatch::float_to_device(sum, &like.device()),
    }
}
