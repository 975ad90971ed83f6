use core::ops::{Add, Div, Mul, Neg, Sub};

use super::language::sealed::Sealed;
use super::{Number, math};

/// An `f32` in a formula: arithmetic that the compiler turns into vector instructions.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Single(pub f32);

/// An `f64` in a formula, and the reference that `f32` is measured against.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Double(pub f64);

macro_rules! operators {
    ($number:ident, $float:ty, $($operator:ident::$method:ident),*) => {
        impl Neg for $number {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        $(
            impl $operator for $number {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    Self(self.0.$method(other.0))
                }
            }
            impl $operator<f64> for $number {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: f64) -> Self {
                    Self(self.0.$method(other as $float))
                }
            }
        )*
    };
}

operators!(Single, f32, Add::add, Sub::sub, Mul::mul, Div::div);
operators!(Double, f64, Add::add, Sub::sub, Mul::mul, Div::div);

/// The methods of [`Number`] that take one number, each worked out by the function named.
macro_rules! functions {
    ($($method:ident => $function:expr),* $(,)?) => {
        $(
            #[inline(always)]
            fn $method(self) -> Self {
                Self($function(self.0))
            }
        )*
    };
}

/// The methods that the two types share.
macro_rules! shared {
    ($float:ty) => {
        #[inline(always)]
        fn literal(value: f64) -> Self {
            Self(value as $float)
        }

        #[inline(always)]
        fn mul_add(self, factor: Self, addend: Self) -> Self {
            Self(self.0.mul_add(factor.0, addend.0))
        }

        #[inline(always)]
        fn max(self, other: Self) -> Self {
            if other.0 > self.0 { other } else { self }
        }

        #[inline(always)]
        fn min(self, other: Self) -> Self {
            if other.0 < self.0 { other } else { self }
        }

        #[inline(always)]
        fn if_positive(self, then: Self, otherwise: Self) -> Self {
            if self.0 > 0.0 { then } else { otherwise }
        }

        #[inline(always)]
        fn if_negative(self, then: Self, otherwise: Self) -> Self {
            if self.0 < 0.0 { then } else { otherwise }
        }
    };
}

impl Sealed for Single {}

impl Number for Single {
    shared!(f32);
    functions! {
        abs => f32::abs,
        recip => f32::recip,
        sqrt => f32::sqrt,
        exp => math::exp,
        exp_m1 => math::exp_m1,
        ln => math::ln,
        cbrt => math::cbrt,
        ln_1p => math::ln_1p,
        tanh => math::tanh,
        atan => math::atan,
        erf => math::erf,
        erfc => math::erfc,
        normal_cdf => math::normal_cdf,
        sin => math::sin,
        cos => math::cos,
    }
}

impl Sealed for Double {}

impl Number for Double {
    shared!(f64);
    functions! {
        abs => f64::abs,
        recip => f64::recip,
        sqrt => f64::sqrt,
        exp => f64::exp,
        exp_m1 => f64::exp_m1,
        ln => f64::ln,
        cbrt => f64::cbrt,
        ln_1p => f64::ln_1p,
        tanh => f64::tanh,
        atan => f64::atan,
        erf => libm::erf,
        erfc => libm::erfc,
        sin => f64::sin,
        cos => f64::cos,
    }
}
