//! A formula as what autodiff and the backends see of it: two maps, and what the second needs.

use core::fmt::{self, Debug};
use core::marker::PhantomData;
use std::sync::Arc;

use super::formula::Formula;
use super::map::{Kernel, Map};
use super::number::{Double, Number, Trace};
use super::pack::{Array, Pair};
use super::rows::RowKernel;

/// What the backward pass is given, besides the output's gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Keeps {
    /// Nothing: there is one input, and the derivative is 0 everywhere.
    Nothing,
    /// All inputs.
    Inputs,
    /// The output.
    Output,
}

/// What is run over tensors.
#[derive(Clone, Copy)]
pub(crate) enum Operation<'a> {
    /// A map over their elements.
    Each(&'a dyn Kernel),
    /// A map over their rows along an axis. There is one result, like the first input.
    Rows(&'a dyn RowKernel, usize),
}

/// A formula behind a pointer, so that backends and autodiff are compiled once for all formulas.
pub(crate) trait Function: Debug + Send + Sync {
    /// The inputs to the output.
    fn forward(&self) -> Operation<'_>;
    /// What is kept, and the output's gradient after it, to the gradient of each input.
    fn backward(&self) -> Operation<'_>;
    fn keeps(&self) -> Keeps;
    /// The same function with a backward pass that is given the inputs, where this one's is given the output.
    fn keeping_inputs(&self) -> Option<Shared> {
        None
    }
    /// Whether it gives its input back.
    fn is_identity(&self) -> bool;
    /// The value and the derivatives at a point; NaN where it takes more than a point.
    fn evaluate(&self, x: &[f64]) -> (f64, Vec<f64>) {
        (f64::NAN, vec![f64::NAN; x.len()])
    }
    /// The derivatives at a point in `f64` and in `f32`, each beside the one that follows from the value; none
    /// where it takes more than a point.
    #[cfg(test)]
    fn compare(&self, _x: &[f64]) -> [Vec<(f64, f64)>; 2] {
        [const { Vec::new() }; 2]
    }
}

/// A function that many tensors' graphs can hold.
pub(crate) type Shared = Arc<dyn Function>;

/// A formula as a function that can be shared.
pub(crate) fn shared<F: Formula<I>, const I: usize>(formula: F) -> Shared {
    Arc::new(Differentiable {
        forward: Value(formula.clone(), PhantomData),
        backward: Gradient {
            formula,
            from_inputs: false,
        },
    })
}

struct Differentiable<F, const I: usize> {
    forward: Value<F, I>,
    backward: Gradient<F, I>,
}

impl<F: Formula<I>, const I: usize> Function for Differentiable<F, I> {
    fn forward(&self) -> Operation<'_> {
        Operation::Each(&self.forward)
    }

    fn backward(&self) -> Operation<'_> {
        match self.keeps() {
            Keeps::Nothing => Operation::Each(&Stopped),
            _ => Operation::Each(&self.backward),
        }
    }

    fn keeps(&self) -> Keeps {
        let formula = &self.forward.0;
        if keeps_output::<F, I>(formula) && !self.backward.from_inputs {
            Keeps::Output
        } else if I == 1 && formula.slopes([Trace::INPUT; I])[0].zero {
            Keeps::Nothing
        } else {
            Keeps::Inputs
        }
    }

    fn keeping_inputs(&self) -> Option<Shared> {
        if self.keeps() != Keeps::Output {
            return None;
        }
        let formula = self.forward.0.clone();
        Some(Arc::new(Self {
            forward: Value(formula.clone(), PhantomData),
            backward: Gradient {
                formula,
                from_inputs: true,
            },
        }))
    }

    fn is_identity(&self) -> bool {
        I == 1 && self.forward.0.value([Trace::INPUT; I]).input
    }

    fn evaluate(&self, x: &[f64]) -> (f64, Vec<f64>) {
        let (value, slopes) = evaluate::<F, Double, I>(&self.forward.0, numbers(x));
        (value.0, slopes.iter().map(|slope| slope.0).collect())
    }

    #[cfg(test)]
    fn compare(&self, x: &[f64]) -> [Vec<(f64, f64)>; 2] {
        use super::number::Single;

        let formula = &self.forward.0;
        [
            compare::<F, Double, I>(formula, x, |number| number.0),
            compare::<F, Single, I>(formula, x, |number| number.0.into()),
        ]
    }
}

impl<F: Formula<I>, const I: usize> Debug for Differentiable<F, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.forward.0.fmt(f)
    }
}

/// The value of a formula.
#[derive(Clone)]
struct Value<F, const I: usize>(F, PhantomData<[(); I]>);

impl<F: Formula<I>, const I: usize> Map for Value<F, I> {
    type In = Array<I>;
    type Out = Array<1>;
    const SPREADS: bool = I > 1;

    #[inline(always)]
    fn map<N: Number>(&self, x: [N; I]) -> [N; 1] {
        [self.0.value(x)]
    }
}

/// The gradient of each input of a formula: the output's, times the derivative.
#[derive(Clone)]
struct Gradient<F, const I: usize> {
    formula: F,
    /// Whether the inputs are kept, though the output would do.
    from_inputs: bool,
}

impl<F: Formula<I>, const I: usize> Map for Gradient<F, I> {
    type In = Pair<Array<I>, Array<1>>;
    type Out = Array<I>;
    const SPREADS: bool = I > 1;
    const PREPARES: bool = I == 1;

    #[inline(always)]
    fn map<N: Number>(&self, (kept, [grad]): ([N; I], [N; 1])) -> [N; I] {
        let mut gradients = slopes_at(&self.formula, kept);
        for gradient in &mut gradients {
            *gradient = passed(grad, *gradient);
        }
        gradients
    }

    #[inline(always)]
    fn prepares(&self) -> bool {
        keeps_output::<F, I>(&self.formula) && self.from_inputs
    }

    #[inline(always)]
    fn prepare<N: Number>(&self, (inputs, grad): ([N; I], [N; 1])) -> ([N; I], [N; 1]) {
        ([self.formula.value(inputs); I], grad)
    }
}

/// The gradient of an input that nothing passes to: 0, in the memory of the output's.
#[derive(Clone)]
struct Stopped;

impl Map for Stopped {
    type In = Array<1>;
    type Out = Array<1>;

    #[inline(always)]
    fn map<N: Number>(&self, _grad: [N; 1]) -> [N; 1] {
        [N::literal(0.0)]
    }
}

#[inline(always)]
fn keeps_output<F: Formula<I>, const I: usize>(formula: &F) -> bool {
    I == 1 && formula.slopes_from_output(Double(0.0)).is_some()
}

/// A point that a formula can be evaluated at.
fn numbers<N: Number, const I: usize>(x: &[f64]) -> [N; I] {
    let mut numbers = [N::literal(0.0); I];
    for (number, x) in numbers.iter_mut().zip(x) {
        *number = N::literal(*x);
    }
    numbers
}

/// The value at a point, and the derivatives as the backward pass works them out.
fn evaluate<F: Formula<I>, N: Number, const I: usize>(formula: &F, x: [N; I]) -> (N, [N; I]) {
    let value = formula.value(x);
    let kept = if keeps_output::<F, I>(formula) {
        [value; I]
    } else {
        x
    };
    (value, slopes_at(formula, kept))
}

#[cfg(test)]
fn compare<F: Formula<I>, N: Number, const I: usize>(
    formula: &F,
    x: &[f64],
    wide: fn(N) -> f64,
) -> Vec<(f64, f64)> {
    use super::number::Dual;

    let x = numbers(x);
    let (_, slopes) = evaluate(formula, x);
    let automatic = formula.value(Dual::variables(x)).slopes();
    slopes
        .map(wide)
        .into_iter()
        .zip(automatic.map(wide))
        .collect()
}

/// The derivatives from what the backward pass kept.
#[inline(always)]
pub(super) fn slopes_at<F: Formula<I>, N: Number, const I: usize>(
    formula: &F,
    kept: [N; I],
) -> [N; I] {
    if I == 1
        && let Some(slopes) = formula.slopes_from_output(kept[0])
    {
        return slopes;
    }
    formula.slopes(kept)
}

/// What of a gradient passes a slope: their product, and 0 where the slope is 0, whatever the gradient.
///
/// 0 times an infinite gradient would be NaN, and PyTorch's ReLU and its like let nothing through there.
#[inline(always)]
pub(crate) fn passed<N: Number>(grad: N, slope: N) -> N {
    // Only 0 and NaN are not above 0 in size, and both are what they should become.
    slope.abs().if_positive(grad * slope, slope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::Pointwise;

    macro_rules! formula {
        ($name:ident, |$x:ident| $value:expr) => {
            #[derive(Clone, Debug)]
            struct $name;

            impl Pointwise for $name {
                fn value<N: Number>(&self, $x: N) -> N {
                    $value
                }
            }
        };
    }

    formula!(Same, |x| x);
    formula!(Wave, |x| x.sin());
    formula!(Flat, |x| x.heaviside());
    formula!(Hinge, |x| x.max(N::literal(0.0)));

    #[derive(Clone, Debug)]
    struct Grown;

    impl Pointwise for Grown {
        fn value<N: Number>(&self, x: N) -> N {
            x.exp()
        }

        fn slope_from_output<N: Number>(&self, y: N) -> Option<N> {
            Some(y)
        }
    }

    #[test]
    fn the_identity_is_its_input_and_nothing_else_is() {
        assert!(shared(Same).is_identity());
        assert!(!shared(Wave).is_identity() && !shared(Hinge).is_identity());
    }

    #[test]
    fn what_the_backward_pass_needs_is_kept_and_nothing_else() {
        assert_eq!(shared(Flat).keeps(), Keeps::Nothing);
        assert_eq!(shared(Grown).keeps(), Keeps::Output);
        for function in [shared(Same), shared(Wave), shared(Hinge)] {
            assert_eq!(function.keeps(), Keeps::Inputs);
            assert!(function.keeping_inputs().is_none());
        }
        let function = shared(Grown).keeping_inputs().expect("another one");
        assert_eq!(function.keeps(), Keeps::Inputs);
    }

    #[test]
    fn what_has_a_sine_in_it_is_periodic() {
        use crate::fused::map::is_periodic;

        let gradient = |formula| Gradient::<_, 1> {
            formula,
            from_inputs: false,
        };

        assert!(is_periodic(&Value(Wave, PhantomData)) && is_periodic(&gradient(Wave)));
        assert!(!is_periodic(&Value(Hinge, PhantomData)));
    }
}
