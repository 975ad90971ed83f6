use core::ops::{Add, Div, Mul, Neg, Sub};

use super::kernel::slope_at;
use super::number::sealed::Sealed;
use super::{Number, Pointwise};

/// What can be told of a formula without its input.
///
/// The compiler works a formula of this kind of number out, so that asking costs nothing.
#[derive(Clone, Copy)]
struct Trace {
    /// Whether it is the input itself.
    input: bool,
    /// Whether it is 0 whatever the input is.
    zero: bool,
    /// Whether it depends on a sine or a cosine.
    periodic: bool,
}

const UNKNOWN: Trace = Trace {
    input: false,
    zero: false,
    periodic: false,
};

const INPUT: Trace = Trace {
    input: true,
    ..UNKNOWN
};

const PERIODIC: Trace = Trace {
    periodic: true,
    ..UNKNOWN
};

/// Whether the value of a formula is its input.
#[inline(always)]
pub(super) fn is_identity<F: Pointwise>(formula: &F) -> bool {
    formula.value(INPUT).input
}

/// Whether the slope of a formula is 0 everywhere.
#[inline(always)]
pub(super) fn is_flat<F: Pointwise>(formula: &F) -> bool {
    slope_at(formula, INPUT).zero
}

/// Whether the value of a formula depends on a sine or a cosine.
#[cfg(feature = "flex")]
#[inline(always)]
pub(super) fn has_periodic_value<F: Pointwise>(formula: &F) -> bool {
    formula.value(INPUT).periodic
}

/// Whether the slope of a formula depends on a sine or a cosine.
#[cfg(feature = "flex")]
#[inline(always)]
pub(super) fn has_periodic_slope<F: Pointwise>(formula: &F) -> bool {
    slope_at(formula, INPUT).periodic
}

impl Trace {
    /// What depends on both.
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self {
            periodic: self.periodic | other.periodic,
            ..UNKNOWN
        }
    }

    /// What depends on it alone.
    #[inline(always)]
    fn further(self) -> Self {
        self.and(self)
    }
}

impl Neg for Trace {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.further()
    }
}

macro_rules! operators {
    ($($operator:ident::$method:ident),*) => {
        $(
            impl $operator for Trace {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    self.and(other)
                }
            }
            impl $operator<f64> for Trace {
                type Output = Self;
                #[inline(always)]
                fn $method(self, _: f64) -> Self {
                    self.further()
                }
            }
        )*
    };
}

operators!(Add::add, Sub::sub, Mul::mul, Div::div);

macro_rules! functions {
    ($($method:ident),*) => {
        $(
            #[inline(always)]
            fn $method(self) -> Self {
                self.further()
            }
        )*
    };
}

impl Sealed for Trace {}

impl Number for Trace {
    functions!(
        abs, recip, sqrt, exp, exp_m1, ln, cbrt, ln_1p, tanh, atan, erfc
    );

    #[inline(always)]
    fn literal(value: f64) -> Self {
        Self {
            zero: value == 0.0,
            ..UNKNOWN
        }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        self.and(factor).and(addend)
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.and(other)
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.and(other)
    }

    #[inline(always)]
    fn if_positive(self, then: Self, otherwise: Self) -> Self {
        self.and(then).and(otherwise)
    }

    #[inline(always)]
    fn sin(self) -> Self {
        PERIODIC
    }

    #[inline(always)]
    fn cos(self) -> Self {
        PERIODIC
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{Identity, Relu, Sign, Sine, Step};

    #[test]
    fn the_identity_is_its_input_and_nothing_else_is() {
        assert!(is_identity(&Identity));
        assert!(!is_identity(&Relu) && !is_identity(&Sine::default()));
    }

    #[test]
    fn steps_are_flat_and_nothing_else_is() {
        assert!(is_flat(&Step::default()) && is_flat(&Sign));
        assert!(!is_flat(&Identity) && !is_flat(&Relu));
    }

    #[cfg(feature = "flex")]
    #[test]
    fn what_has_a_sine_in_it_is_periodic() {
        use crate::activation::{Gcu, Snake};

        assert!(has_periodic_value(&Gcu) && has_periodic_slope(&Snake::default()));
        assert!(!has_periodic_value(&Relu) && !has_periodic_slope(&Identity));
    }
}
