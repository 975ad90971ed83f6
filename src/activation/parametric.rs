//! Activations with parameters: one formula, whether they are constants or learned.

use core::fmt::Debug;
use core::marker::PhantomData;

use crate::fused::{Dual, Formula, Number};

/// The formula of an activation with `P` parameters, in the order of its declaration.
///
/// The activation itself has them as constants: its `Pointwise` is this with literals, which cost nothing where
/// derivatives are worked out. What follows from a constant can be worked out once, and in `f64`: for that, or
/// where a constant allows a better formula, are the methods that begin with `constant`.
pub(super) trait Parametric<const P: usize>: Clone + Debug + Send + Sync + 'static {
    /// `f(x)`.
    fn value_with<N: Number>(x: N, parameters: [N; P]) -> N;

    /// `f'(x)`, where something is better than what follows from the value.
    #[inline(always)]
    fn slope_with<N: Number>(_x: N, _parameters: [N; P]) -> Option<N> {
        None
    }

    /// `f(x)` with constant parameters, which are `literals` too.
    #[inline(always)]
    fn constant<N: Number>(&self, x: N, literals: [N; P]) -> N {
        Self::value_with(x, literals)
    }

    /// `f'(x)` with constant parameters, where something is better than what follows from the value.
    #[inline(always)]
    fn constant_slope<N: Number>(&self, x: N, literals: [N; P]) -> Option<N> {
        Self::slope_with(x, literals)
    }

    /// `f'(x)` worked out from `y = f(x)`, where that is cheaper.
    #[inline(always)]
    fn constant_slope_from_output<N: Number>(&self, _y: N) -> Option<N> {
        None
    }
}

/// An activation as a function of its parameters too, which can be learned then.
pub(super) struct Learnable<F>(PhantomData<fn() -> F>);

impl<F> Learnable<F> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<F> Clone for Learnable<F> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<F> Debug for Learnable<F> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Learnable<{}>", core::any::type_name::<F>())
    }
}

/// The size of a number cannot be a sum of two, so there is one of these for each number of parameters.
macro_rules! learnable {
    ($($inputs:literal: $count:literal = $($parameter:ident),+;)*) => {
        $(
            impl<F: Parametric<$count>> Formula<$inputs> for Learnable<F> {
                #[inline(always)]
                fn value<N: Number>(&self, [x, $($parameter),+]: [N; $inputs]) -> N {
                    F::value_with(x, [$($parameter),+])
                }

                #[inline(always)]
                fn slopes<N: Number>(&self, [x, $($parameter),+]: [N; $inputs]) -> [N; $inputs] {
                    // Finite: a parameter's derivative has the factor x, and what is 0 far out stays 0.
                    let far = f64::from(f32::MAX);
                    let variables = Dual::variables([x.clamp(-far, far), $($parameter),+]);
                    let mut slopes = self.value(variables).slopes();
                    if let Some(slope) = F::slope_with(x, [$($parameter),+]) {
                        slopes[0] = slope;
                    }
                    slopes
                }
            }
        )*
    };
}

learnable! {
    2: 1 = a;
    3: 2 = a, b;
}

#[cfg(test)]
mod tests;
