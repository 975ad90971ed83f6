use core::ops::{Add, Div, Mul, Neg, Sub};

use super::language::sealed::Sealed;
use super::{Number, math};

/// An `f32` in a formula: arithmetic that the compiler turns into vector instructions.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Single(pub f32);

/// An `f64` in a formula: its functions are the standard library's, good for any argument.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Double(pub f64);

/// An `f64` in a kernel: its functions are compiled to vectors. Sines of huge angles are NaN, and the kernel works them
/// out anew.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[repr(transparent)]
#[cfg_attr(
    not(feature = "flex"),
    allow(dead_code, reason = "the kernels of the Flex backend ask for it")
)]
pub(crate) struct Vectored(pub f64);

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
operators!(Vectored, f64, Add::add, Sub::sub, Mul::mul, Div::div);

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

        functions! {
            abs => <$float>::abs,
            recip => <$float>::recip,
            sqrt => <$float>::sqrt,
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

/// A literal is exact.
macro_rules! exact_factors {
    () => {
        #[inline(always)]
        fn times(self, factor: f64) -> Self {
            self * factor
        }
    };
}

/// The functions of both widths that are compiled to vectors.
macro_rules! vectors {
    () => {
        functions! {
            exp => math::exp,
            exp_m1 => math::exp_m1,
            ln => math::ln,
            cbrt => math::cbrt,
            ln_1p => math::ln_1p,
            tanh => math::Float::tanh,
            atan => math::atan,
            erf => math::Float::erf,
            erfc => math::erfc,
            normal_cdf => math::Float::normal_cdf,
            sin => math::sin,
            cos => math::cos,
        }
    };
}

impl Sealed for Single {}

impl Number for Single {
    shared!(f32);
    vectors!();
}

impl Sealed for Vectored {}

impl Number for Vectored {
    shared!(f64);
    exact_factors!();
    vectors!();
}

impl Sealed for Double {}

impl Number for Double {
    shared!(f64);
    exact_factors!();
    functions! {
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
