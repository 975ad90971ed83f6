//! The loops of a formula over blocks of numbers, compiled for the machine's vectors.

use super::computed::Computed;
use super::span::{Block, LANES, Span};
use crate::fused::Pointwise;
use crate::fused::kernel::slope_at;

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
        for index in 0..self.x.read().len() {
            let x = self.x.read()[index];
            let mut y = [E::zeroed(); LANES];
            for lane in 0..LANES {
                y[lane] = E::from_number(formula.value(x[lane].number()));
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
        for (index, kept) in self.kept.iter().enumerate() {
            let (grad, kept) = (self.grad.read()[index], *kept);
            let mut result = [E::zeroed(); LANES];
            for lane in 0..LANES {
                let slope = slope_at(&formula, kept[lane].number());
                result[lane] = E::from_number(grad[lane].number() * slope);
            }
            self.grad.write(index, result);
        }
    }
}
