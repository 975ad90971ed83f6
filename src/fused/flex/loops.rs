//! The loops of a formula over blocks of numbers, compiled for the machine's vectors.

use super::computed::Computed;
use super::span::{Block, LANES, Span};
use crate::fused::kernel::{passed, slope_at};
use crate::fused::trace::{has_periodic_slope, has_periodic_value};
use crate::fused::{Double, Pointwise};

/// The loops are types of their own because a closure cannot be `inline(always)`, and code that is
/// not inlined is not compiled for the instructions of this machine.
pub(crate) struct Value<'a, F, E> {
    pub(crate) formula: &'a F,
    pub(crate) x: Span<'a, E>,
}

impl<F: Pointwise, E: Computed> pulp::NullaryFnOnce for Value<'_, F, E> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        // A copy of our own, which no write to a tensor can change: read once, not for each number.
        let formula = self.formula.clone();
        let periodic = has_periodic_value(&formula);
        for index in 0..self.x.read().len() {
            let x = self.x.read()[index];
            let mut y = [E::zeroed(); LANES];
            for lane in 0..LANES {
                y[lane] = E::from_number(formula.value(x[lane].number()));
            }
            if periodic && any_lost(&y) {
                restore(&x, &mut y, |x| self.formula.value(Double(x)).0);
            }
            self.x.write(index, y);
        }
    }
}

pub(crate) struct Slope<'a, F, E> {
    pub(crate) formula: &'a F,
    pub(crate) grad: Span<'a, E>,
    pub(crate) kept: &'a [Block<E>],
}

impl<F: Pointwise, E: Computed> pulp::NullaryFnOnce for Slope<'_, F, E> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let formula = self.formula.clone();
        let periodic = has_periodic_slope(&formula);
        for (index, kept) in self.kept.iter().enumerate() {
            let (grad, kept) = (self.grad.read()[index], *kept);
            let mut slope = [E::zeroed(); LANES];
            for lane in 0..LANES {
                slope[lane] = E::from_number(slope_at(&formula, kept[lane].number()));
            }
            if periodic && any_lost(&slope) {
                restore(&kept, &mut slope, |x| slope_at(self.formula, Double(x)).0);
            }
            let mut result = [E::zeroed(); LANES];
            for lane in 0..LANES {
                let gradient = passed(grad[lane].number(), slope[lane].number());
                result[lane] = E::from_number(gradient);
            }
            self.grad.write(index, result);
        }
    }
}

/// Whether a result is not a number.
#[inline(always)]
fn any_lost<E: Computed>(results: &Block<E>) -> bool {
    let mut lost = false;
    for result in results {
        lost |= result.is_nan();
    }
    lost
}

/// Works out anew what sines and cosines of large numbers have lost, one by one in `f64`.
#[cold]
#[inline(never)]
fn restore<E: Computed>(inputs: &Block<E>, results: &mut Block<E>, formula: impl Fn(f64) -> f64) {
    for (input, result) in inputs.iter().zip(results) {
        if result.is_nan() && !input.is_nan() {
            *result = E::from_f64(formula(input.to_f64()));
        }
    }
}
