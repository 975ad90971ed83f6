use core::ops::{Add, Div, Mul, Neg, Sub};

use super::Number;
use super::language::sealed::Sealed;

/// What can be told of a formula without its input.
///
/// The compiler works a formula of this kind of number out, so that asking costs nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trace {
    /// Whether it is the input itself.
    pub(crate) input: bool,
    /// Whether it is 0 whatever the input is.
    pub(crate) zero: bool,
    /// Whether it depends on a sine or a cosine.
    pub(crate) periodic: bool,
}

const UNKNOWN: Trace = Trace {
    input: false,
    zero: false,
    periodic: false,
};

const PERIODIC: Trace = Trace {
    periodic: true,
    ..UNKNOWN
};

impl Trace {
    /// The input of a formula.
    pub(crate) const INPUT: Self = Self {
        input: true,
        ..UNKNOWN
    };

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
