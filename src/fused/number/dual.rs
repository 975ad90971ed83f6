use core::f64::consts::FRAC_2_SQRT_PI;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::Number;
use super::language::sealed::Sealed;

/// A number with its derivatives by `I` variables: forward-mode differentiation.
///
/// It is a [`Number`] itself, so a formula that is given dual numbers works out its derivatives beside its
/// value, in floats and in recorded tensors alike. Each function brings its own derivative, which is exact
/// where the function is tiny and does not overflow where it is huge.
///
/// Where a formula has a kink, the derivative is that of the branch that the value comes from. At a tie
/// [`max`](Number::max) and [`min`](Number::min) take the derivative of `other`: `x.max(0)`, ReLU, has the
/// derivative 0 at 0. That of [`abs`](Number::abs) at 0 is 0. A comparison with NaN is false, so the derivative
/// at NaN may be a number.
///
/// Two kinks that make up something smooth are a trap: `max(x, 0) + ln(1 + e^-|x|)` is softplus, with the slope
/// 1/2 at 0, where the derivatives of its pieces add up to 0. Take what the language has for the whole,
/// [`softplus`](Number::softplus), or write the slope by hand. [`check_slopes`](crate::fused::check_slopes)
/// finds such seams, if it is given the point.
#[derive(Clone, Copy, Debug)]
pub struct Dual<N, const I: usize> {
    value: N,
    /// `None` is 0 whatever the variables are, which the compiler sees through: no constant costs a product,
    /// and none turns an infinite factor into NaN.
    slopes: [Option<N>; I],
}

impl<N: Number, const I: usize> Dual<N, I> {
    /// The variables themselves.
    #[inline(always)]
    pub fn variables(x: [N; I]) -> [Self; I] {
        let mut variables = x.map(Self::constant);
        let mut index = 0;
        while index < I {
            variables[index].slopes[index] = Some(N::literal(1.0));
            index += 1;
        }
        variables
    }

    /// A number that depends on no variable.
    #[inline(always)]
    pub fn constant(value: N) -> Self {
        Self {
            value,
            slopes: [None; I],
        }
    }

    /// The number itself.
    #[inline(always)]
    pub fn value(self) -> N {
        self.value
    }

    /// Its derivatives by each variable.
    #[inline(always)]
    pub fn slopes(self) -> [N; I] {
        let mut slopes = [N::literal(0.0); I];
        for (slope, known) in slopes.iter_mut().zip(self.slopes) {
            if let Some(known) = known {
                *slope = known;
            }
        }
        slopes
    }

    /// A function of this number: its value, and its derivative there.
    #[inline(always)]
    fn chain(self, value: N, slope: N) -> Self {
        let mut slopes = self.slopes;
        for known in &mut slopes {
            if let Some(inner) = *known {
                *known = Some(slope * inner);
            }
        }
        Self { value, slopes }
    }

    /// Another number with derivatives that are sums of `a` times those of one and `b` times those of the other.
    #[inline(always)]
    fn combined(value: N, (x, a): (Self, N), (y, b): (Self, N)) -> Self {
        let mut slopes = [None; I];
        for (index, slope) in slopes.iter_mut().enumerate() {
            *slope = match (x.slopes[index], y.slopes[index]) {
                (Some(x), Some(y)) => Some(x * a + y * b),
                (Some(x), None) => Some(x * a),
                (None, Some(y)) => Some(y * b),
                (None, None) => None,
            };
        }
        Self { value, slopes }
    }

    /// Derivatives that are taken from one of two numbers: by a test, as the value is.
    #[inline(always)]
    fn chosen(test: N, value: N, then: Self, otherwise: Self) -> Self {
        let zero = N::literal(0.0);
        let mut slopes = [None; I];
        for (index, slope) in slopes.iter_mut().enumerate() {
            *slope = match (then.slopes[index], otherwise.slopes[index]) {
                (Some(a), Some(b)) => Some(test.if_positive(a, b)),
                (Some(a), None) => Some(test.if_positive(a, zero)),
                (None, Some(b)) => Some(test.if_positive(zero, b)),
                (None, None) => None,
            };
        }
        Self { value, slopes }
    }
}

impl<N: Number, const I: usize> Neg for Dual<N, I> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        let mut slopes = self.slopes;
        for known in &mut slopes {
            if let Some(inner) = *known {
                *known = Some(-inner);
            }
        }
        let value = -self.value;
        Self { value, slopes }
    }
}

impl<N: Number, const I: usize> Add for Dual<N, I> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let mut slopes = [None; I];
        for (index, slope) in slopes.iter_mut().enumerate() {
            *slope = match (self.slopes[index], other.slopes[index]) {
                (Some(a), Some(b)) => Some(a + b),
                (a, None) => a,
                (None, b) => b,
            };
        }
        let value = self.value + other.value;
        Self { value, slopes }
    }
}

impl<N: Number, const I: usize> Sub for Dual<N, I> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let mut slopes = [None; I];
        for (index, slope) in slopes.iter_mut().enumerate() {
            *slope = match (self.slopes[index], other.slopes[index]) {
                (Some(a), Some(b)) => Some(a - b),
                (a, None) => a,
                (None, Some(b)) => Some(-b),
            };
        }
        let value = self.value - other.value;
        Self { value, slopes }
    }
}

impl<N: Number, const I: usize> Mul for Dual<N, I> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let value = self.value * other.value;
        Self::combined(value, (self, other.value), (other, self.value))
    }
}

impl<N: Number, const I: usize> Div for Dual<N, I> {
    type Output = Self;

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        let inverse = other.value.recip();
        // The quotient first: a product of two inverses overflows before the result does.
        Self::combined(value, (self, inverse), (other, -(value * inverse)))
    }
}

macro_rules! literals {
    ($($operator:ident::$method:ident, |$slope:ident, $literal:ident| $result:expr;)*) => {
        $(
            impl<N: Number, const I: usize> $operator<f64> for Dual<N, I> {
                type Output = Self;

                #[inline(always)]
                fn $method(self, $literal: f64) -> Self {
                    let mut slopes = self.slopes;
                    for known in &mut slopes {
                        if let Some($slope) = *known {
                            *known = Some($result);
                        }
                    }
                    let value = self.value.$method($literal);
                    Self { value, slopes }
                }
            }
        )*
    };
}

literals! {
    Add::add, |slope, _literal| slope;
    Sub::sub, |slope, _literal| slope;
    Mul::mul, |slope, literal| slope * literal;
    Div::div, |slope, literal| slope / literal;
}

/// The functions of one number: `name, |x, y| derivative` at `x`, where the value is `y`.
macro_rules! functions {
    ($($method:ident, |$x:ident, $y:ident| $slope:expr;)*) => {
        $(
            #[inline(always)]
            fn $method(self) -> Self {
                let $x = self.value;
                let $y = $x.$method();
                self.chain($y, $slope)
            }
        )*
    };
}

impl<N: Sealed, const I: usize> Sealed for Dual<N, I> {}

impl<N: Number, const I: usize> Number for Dual<N, I> {
    functions! {
        abs, |x, _y| x.signum();
        recip, |_x, y| -y.square();
        sqrt, |_x, y| y.recip() * 0.5;
        exp, |_x, y| y;
        exp_m1, |x, _y| x.exp();
        ln, |x, _y| x.recip();
        cbrt, |_x, y| (y.square() * 3.0).recip();
        ln_1p, |x, _y| (x + 1.0).recip();
        tanh, |x, _y| x.sech_squared();
        atan, |x, _y| (x.square() + 1.0).recip();
        erf, |x, _y| (-x.square()).exp() * FRAC_2_SQRT_PI;
        erfc, |x, _y| (-x.square()).exp() * -FRAC_2_SQRT_PI;
        normal_cdf, |x, _y| x.normal_density();
        sin, |x, _y| x.cos();
        cos, |x, _y| -x.sin();
        square, |x, _y| x * 2.0;
        sigmoid, |x, _y| x.sigmoid_slope();
        softplus, |x, _y| x.sigmoid();
        sech_squared, |x, y| y * x.tanh() * -2.0;
    }

    #[inline(always)]
    fn literal(value: f64) -> Self {
        Self::constant(N::literal(value))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        let value = self.value.mul_add(factor.value, addend.value);
        let product = Self::combined(value, (self, factor.value), (factor, self.value));
        let mut slopes = product.slopes;
        for (slope, addend) in slopes.iter_mut().zip(addend.slopes) {
            *slope = match (*slope, addend) {
                (Some(a), Some(b)) => Some(a + b),
                (a, None) => a,
                (None, b) => b,
            };
        }
        Self { value, slopes }
    }

    #[inline(always)]
    fn gated_by(self, gate: Self) -> Self {
        let value = self.value.gated_by(gate.value);
        // Finite in every float type that is computed in, and larger than any number whose gate still moves.
        let bounded = self.value.clamp(-1e30, 1e30);
        let mut product = Self::combined(value, (self, gate.value), (gate, bounded));
        for (index, slope) in product.slopes.iter_mut().enumerate() {
            if let (Some(x), Some(y)) = (self.slopes[index], gate.slopes[index]) {
                // Rounded once less.
                *slope = Some(y.mul_add(bounded, x * gate.value));
            }
        }
        product
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        let value = self.value.max(other.value);
        Self::chosen(self.value - other.value, value, self, other)
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        let value = self.value.min(other.value);
        Self::chosen(other.value - self.value, value, self, other)
    }

    #[inline(always)]
    fn if_positive(self, then: Self, otherwise: Self) -> Self {
        let value = self.value.if_positive(then.value, otherwise.value);
        Self::chosen(self.value, value, then, otherwise)
    }

    #[inline(always)]
    fn signum(self) -> Self {
        Self::constant(self.value.signum())
    }

    #[inline(always)]
    fn heaviside(self) -> Self {
        Self::constant(self.value.heaviside())
    }

    #[inline(always)]
    fn inside(self, min: f64, max: f64) -> Self {
        Self::constant(self.value.inside(min, max))
    }

    #[inline(always)]
    fn times(self, factor: f64) -> Self {
        let mut slopes = self.slopes;
        for known in &mut slopes {
            if let Some(inner) = *known {
                *known = Some(inner.times(factor));
            }
        }
        let value = self.value.times(factor);
        Self { value, slopes }
    }
}

#[cfg(test)]
mod tests;
