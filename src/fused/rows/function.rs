use core::fmt::{self, Debug};
use std::sync::Arc;

use super::formula::RowFormula;
use super::map::RowMap;
use crate::fused::function::{Function, Keeps, Operation, Shared};
use crate::fused::number::Number;
use crate::fused::pack::Array;

/// A formula of the rows along an axis as a function that can be shared.
pub(crate) fn shared_rows<F: RowFormula<S>, const S: usize>(formula: F, axis: usize) -> Shared {
    Arc::new(Rows {
        forward: Value(formula.clone()),
        backward: Gradient(formula),
        axis,
    })
}

struct Rows<F, const S: usize> {
    forward: Value<F, S>,
    backward: Gradient<F, S>,
    axis: usize,
}

impl<F: RowFormula<S>, const S: usize> Function for Rows<F, S> {
    fn forward(&self) -> Operation<'_> {
        Operation::Rows(&self.forward, self.axis)
    }

    fn backward(&self) -> Operation<'_> {
        Operation::Rows(&self.backward, self.axis)
    }

    fn keeps(&self) -> Keeps {
        Keeps::Output
    }

    fn is_identity(&self) -> bool {
        false
    }
}

impl<F: RowFormula<S>, const S: usize> Debug for Rows<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} along axis {}", self.forward.0, self.axis)
    }
}

/// The value of a formula.
#[derive(Clone)]
struct Value<F, const S: usize>(F);

impl<F: RowFormula<S>, const S: usize> RowMap for Value<F, S> {
    type In = Array<1>;
    type Known = Array<S>;
    const CENTERED: bool = true;

    #[inline(always)]
    fn ranked<N: Number>(&self, [x]: [N; 1]) -> N {
        self.0.prepare(x)
    }

    #[inline(always)]
    fn shift<N: Number>(&self, max: N) -> N {
        self.0.shift(max)
    }

    #[inline(always)]
    fn term<N: Number>(&self, [x]: [N; 1], shift: N) -> N {
        self.0.term(self.0.prepare(x), shift)
    }

    #[inline(always)]
    fn start<N: Number>(&self) -> [N; S] {
        self.0.start()
    }

    #[inline(always)]
    fn rounds(&self, len: usize, epsilon: f64) -> usize {
        self.0.rounds(len, epsilon)
    }

    #[inline(always)]
    fn sums<N: Number>(&self, [term]: [N; 1], known: [N; S]) -> [N; S] {
        self.0.sums(term, known)
    }

    #[inline(always)]
    fn next<N: Number>(&self, shift: N, known: [N; S], sums: [N; S]) -> [N; S] {
        self.0.next(shift, known, sums)
    }

    #[inline(always)]
    fn value<N: Number>(&self, [term]: [N; 1], known: [N; S]) -> N {
        self.0.value(term, known)
    }
}

/// The gradient of the input of a formula, from the output and its gradient.
#[derive(Clone)]
struct Gradient<F, const S: usize>(F);

impl<F: RowFormula<S>, const S: usize> RowMap for Gradient<F, S> {
    type In = Array<2>;
    type Known = Array<S>;
    const CENTERED: bool = false;

    #[inline(always)]
    fn ranked<N: Number>(&self, [y, _]: [N; 2]) -> N {
        y
    }

    #[inline(always)]
    fn shift<N: Number>(&self, max: N) -> N {
        max
    }

    #[inline(always)]
    fn term<N: Number>(&self, [y, _]: [N; 2], _shift: N) -> N {
        self.0.weight(y)
    }

    #[inline(always)]
    fn start<N: Number>(&self) -> [N; S] {
        [N::literal(0.0); S]
    }

    #[inline(always)]
    fn rounds(&self, _len: usize, _epsilon: f64) -> usize {
        1
    }

    #[inline(always)]
    fn sums<N: Number>(&self, [weight, grad]: [N; 2], _known: [N; S]) -> [N; S] {
        self.0.gradient_sums(weight, grad)
    }

    #[inline(always)]
    fn next<N: Number>(&self, _shift: N, _known: [N; S], sums: [N; S]) -> [N; S] {
        self.0.gradient_known(sums)
    }

    #[inline(always)]
    fn value<N: Number>(&self, [weight, grad]: [N; 2], known: [N; S]) -> N {
        self.0.gradient(weight, grad, known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{LogSoftmax, Softmax, Sparsemax};

    #[test]
    fn the_output_is_all_that_is_kept() {
        for function in [
            shared_rows(Softmax::default(), 1),
            shared_rows(LogSoftmax::default(), 1),
            shared_rows(Sparsemax::default(), 1),
        ] {
            assert_eq!(function.keeps(), Keeps::Output);
        }
    }
}
