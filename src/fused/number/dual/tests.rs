//! The derivatives of all that formulas are written in, against differences of the values, and where those
//! say nothing against what is known of the limits.

use super::*;
use crate::fused::number::{Double, Single};

/// A function of one number, as it is and with its derivative.
struct Function {
    name: &'static str,
    value: fn(Double) -> Double,
    dual: fn(Dual<Double, 1>) -> Dual<Double, 1>,
    points: &'static [f64],
}

impl Function {
    fn value(&self, x: f64) -> f64 {
        (self.value)(Double(x)).0
    }

    /// The value and the derivative.
    fn dual(&self, x: f64) -> (f64, f64) {
        let [x] = Dual::variables([Double(x)]);
        let y = (self.dual)(x);
        (y.value().0, y.slopes()[0].0)
    }
}

macro_rules! table {
    ($($name:literal, |$x:ident| $y:expr, $points:expr;)*) => {
        vec![$(Function {
            name: $name,
            value: |$x| $y,
            dual: |$x| $y,
            points: &$points,
        }),*]
    };
}

/// A constant of the type of `_x`.
fn like<N: Number>(_x: N, value: f64) -> N {
    N::literal(value)
}

/// Every method of the language, at ordinary points.
fn table() -> Vec<Function> {
    table! {
        "neg", |x| -x, [-1.5, 0.0, 2.0];
        "add", |x| x + x.square(), [-1.5, 0.0, 2.0];
        "add a constant", |x| like(x, 3.0) + x.square(), [-1.5, 0.0, 2.0];
        "add a literal", |x| x.square() + 3.0, [-1.5, 0.0, 2.0];
        "sub", |x| x - x.square(), [-1.5, 0.0, 2.0];
        "sub from a constant", |x| like(x, 3.0) - x.square(), [-1.5, 0.0, 2.0];
        "sub a constant", |x| x.square() - like(x, 3.0), [-1.5, 0.0, 2.0];
        "sub a literal", |x| x.square() - 3.0, [-1.5, 0.0, 2.0];
        "mul", |x| x * x.sin(), [-1.5, 0.0, 2.0];
        "mul by a constant", |x| x.sin() * like(x, 3.0), [-1.5, 0.0, 2.0];
        "mul a constant", |x| like(x, 3.0) * x.sin(), [-1.5, 0.0, 2.0];
        "mul by a literal", |x| x.sin() * -3.0, [-1.5, 0.0, 2.0];
        "div", |x| x.sin() / (x + 3.0), [-1.5, 0.0, 2.0];
        "div by a constant", |x| x.sin() / like(x, 3.0), [-1.5, 0.0, 2.0];
        "div a constant", |x| like(x, 3.0) / x, [-1.5, 0.3, 2.0];
        "div by a literal", |x| x.sin() / -3.0, [-1.5, 0.0, 2.0];
        "mul_add", |x| x.mul_add(x.sin(), x.square()), [-1.5, 0.0, 2.0];
        "mul_add a constant", |x| x.mul_add(x, like(x, 1.0)), [-1.5, 0.0, 2.0];
        "mul_add to a constant", |x| like(x, 2.0).mul_add(like(x, 3.0), x.sin()), [-1.5, 0.4];
        "times", |x| x.sin().times(0.1), [-1.5, 0.0, 2.0];
        "abs", |x| x.abs(), [-1.5, 0.3, 2.0];
        "recip", |x| x.recip(), [-1.5, 0.3, 2.0];
        "sqrt", |x| x.sqrt(), [0.1, 1.0, 30.0];
        "exp", |x| x.exp(), [-3.0, 0.0, 2.0];
        "exp_m1", |x| x.exp_m1(), [-3.0, 0.0, 2.0];
        "ln", |x| x.ln(), [0.1, 1.0, 30.0];
        "cbrt", |x| x.cbrt(), [-8.0, 0.1, 2.0];
        "ln_1p", |x| x.ln_1p(), [-0.5, 0.0, 30.0];
        "tanh", |x| x.tanh(), [-1.5, 0.0, 0.5, 2.0];
        "atan", |x| x.atan(), [-1.5, 0.0, 2.0];
        "erf", |x| x.erf(), [-1.5, 0.0, 0.2, 0.6, 2.0];
        "erfc", |x| x.erfc(), [-1.5, 0.0, 0.2, 0.6, 2.0];
        "normal_cdf", |x| x.normal_cdf(), [-1.5, 0.0, 2.0];
        "normal_density", |x| x.normal_density(), [-1.5, 0.0, 2.0];
        "sin", |x| x.sin(), [-1.5, 0.0, 2.0];
        "cos", |x| x.cos(), [-1.5, 0.0, 2.0];
        "gated_by", |x| x.gated_by(x.tanh()), [-1.5, 0.0, 2.0];
        "gated_by a constant", |x| x.sin().gated_by(like(x, 0.3)), [-1.5, 0.0, 2.0];
        "square", |x| x.square(), [-1.5, 0.0, 2.0];
        "sigmoid", |x| x.sigmoid(), [-3.0, 0.0, 2.0];
        "sigmoid_slope", |x| x.sigmoid_slope(), [-3.0, 0.1, 2.0];
        "softplus", |x| x.softplus(), [-3.0, 0.0, 2.0];
        "sech_squared", |x| x.sech_squared(), [-1.5, 0.0, 0.3, 2.0];
        "max", |x| x.max(x.square()), [-1.5, 0.3, 2.0];
        "max of a constant", |x| like(x, 1.0).max(x.square()), [-1.5, 0.3];
        "max with a constant", |x| x.square().max(like(x, 1.0)), [-1.5, 0.3];
        "min", |x| x.min(x.square()), [-1.5, 0.3, 2.0];
        "min of a constant", |x| like(x, 1.0).min(x.square()), [-1.5, 0.3];
        "min with a constant", |x| x.square().min(like(x, 1.0)), [-1.5, 0.3];
        "clamp", |x| x.square().clamp(0.5, 2.0), [0.3, -1.1, 1.7];
        "if_positive", |x| x.if_positive(x.sin(), x.exp()), [-1.5, 0.3];
        "if_positive, a constant", |x| x.if_positive(like(x, 1.0), x.exp()), [-1.5, 0.3];
        "if_positive, else a constant", |x| x.if_positive(x.exp(), like(x, 1.0)), [-1.5, 0.3];
        "if_negative", |x| x.if_negative(x.sin(), x.exp()), [-1.5, 0.3];
        "signum", |x| x.signum(), [-1.5, 0.3];
        "heaviside", |x| x.heaviside(), [-1.5, 0.3];
        "inside", |x| x.inside(-1.0, 1.0), [-1.5, 0.3];
    }
}

#[test]
fn derivatives_are_those_of_the_values() {
    for function in table() {
        for x in function.points.iter().copied() {
            let f = |x| function.value(x);
            let (value, slope) = function.dual(x);
            assert_eq!(value, f(x), "{} at {x}", function.name);
            // Two central differences, so combined that what is left is of fourth order.
            let central = |step: f64| (f(x + step) - f(x - step)) / (2.0 * step);
            let expected = (4.0 * central(5e-4) - central(1e-3)) / 3.0;
            let allowed = 1e-9 * slope.abs().max(1.0);
            assert!(
                (slope - expected).abs() < allowed,
                "{} at {x}: {slope}, {expected} by differences",
                function.name
            );
        }
    }
}

/// Far out, where differences of the value are 0 or noise.
#[test]
fn derivatives_keep_their_digits_in_the_tails() {
    let e = f64::exp;
    let cases: Vec<(&str, f64, f64)> = vec![
        ("exp", -700.0, e(-700.0)),
        ("exp_m1", -50.0, e(-50.0)),
        ("exp_m1", 1e-20, 1.0),
        ("ln", 1e300, 1e-300),
        ("ln_1p", 1e300, 1e-300),
        ("ln_1p", 1e-300, 1.0),
        ("sqrt", 1e300, 5e-151),
        ("cbrt", 1e300, 1e-200 / 3.0),
        ("recip", 1e100, -1e-200),
        ("recip", 1e300, 0.0),
        ("tanh", 20.0, 4.0 * e(-40.0)),
        ("tanh", -20.0, 4.0 * e(-40.0)),
        ("tanh", 1e300, 0.0),
        ("sech_squared", 20.0, -8.0 * e(-40.0)),
        ("sech_squared", -20.0, 8.0 * e(-40.0)),
        ("atan", 1e10, 1e-20),
        ("atan", -1e200, 0.0),
        ("erf", 10.0, FRAC_2_SQRT_PI * e(-100.0)),
        ("erf", 1e200, 0.0),
        ("erfc", 10.0, -FRAC_2_SQRT_PI * e(-100.0)),
        ("erfc", -10.0, -FRAC_2_SQRT_PI * e(-100.0)),
        // 1 / sqrt(2 pi) = 0.3989...
        ("normal_cdf", -30.0, 0.398_942_280_401_432_7 * e(-450.0)),
        ("normal_cdf", -1e200, 0.0),
        ("sigmoid", 50.0, e(-50.0)),
        ("sigmoid", -50.0, e(-50.0)),
        ("sigmoid", 1e300, 0.0),
        ("sigmoid_slope", 50.0, -e(-50.0)),
        ("sigmoid_slope", -50.0, e(-50.0)),
        ("softplus", -50.0, e(-50.0)),
        ("softplus", 50.0, 1.0),
        ("softplus", 1e300, 1.0),
        // A product that overflows has the derivative of what is left, and no NaN.
        ("square", 1e200, 2e200),
        ("abs", -1e300, -1.0),
        // Infinity times the gate's derivative of 0 would be NaN.
        ("gated_by", f64::INFINITY, 1.0),
        ("gated_by", f64::NEG_INFINITY, -1.0),
        ("normal_density", f64::INFINITY, 0.0),
        ("normal_density", f64::NEG_INFINITY, 0.0),
    ];
    let table = table();
    for (name, x, expected) in cases {
        let function = table.iter().find(|function| function.name == name);
        let (_, slope) = function.expect("it is in the table").dual(x);
        assert!(
            (slope - expected).abs() <= 1e-14 * expected.abs(),
            "{name} at {x:e}: {slope:e}, not {expected:e}"
        );
    }
}

/// The same in `f32`, whose exponential ends at -87.
#[test]
fn single_precision_keeps_its_digits_in_the_tails() {
    let slope = |f: fn(Dual<Single, 1>) -> Dual<Single, 1>, x: f32| {
        let [x] = Dual::variables([Single(x)]);
        f64::from(f(x).slopes()[0].0)
    };
    for (got, expected) in [
        (slope(|x| x.sigmoid(), -80.0), (-80f64).exp()),
        (slope(|x| x.sigmoid(), 80.0), (-80f64).exp()),
        (slope(|x| x.softplus(), -80.0), (-80f64).exp()),
        (slope(|x| x.tanh(), 20.0), 4.0 * (-40f64).exp()),
        (slope(|x| x.exp_m1(), -50.0), (-50f64).exp()),
        (slope(|x| x.erfc(), 9.0), -FRAC_2_SQRT_PI * (-81f64).exp()),
        (slope(|x| x.sigmoid(), 3e38), 0.0),
        (slope(|x| x.erf(), 3e38), 0.0),
    ] {
        let close = (got - expected).abs() <= 1e-5 * expected.abs();
        assert!(close, "{got:e}, not {expected:e}");
    }
}

#[test]
fn each_variable_has_its_own_derivative() {
    let (x, y, z) = (1.5, -0.5, 2.0);
    let [a, b, c] = Dual::variables([x, y, z].map(Double));
    let exp = f64::exp(y * z);
    for (what, got, expected) in [
        ("sum", a + b - c, [1.0, 1.0, -1.0]),
        ("product", a * b * c, [y * z, x * z, x * y]),
        ("quotient", a / c, [1.0 / z, 0.0, -x / (z * z)]),
        ("mul_add", a.mul_add(b, c), [y, x, 1.0]),
        ("mul_add of one", b.mul_add(b, b), [0.0, 2.0 * y + 1.0, 0.0]),
        ("chain", (b * c).exp(), [0.0, z * exp, y * exp]),
        ("max", a.max(c), [0.0, 0.0, 1.0]),
        ("min", a.min(c), [1.0, 0.0, 0.0]),
        ("choice", b.if_positive(a, c.square()), [0.0, 0.0, 2.0 * z]),
        ("constant", Dual::literal(2.0), [0.0; 3]),
    ] {
        let got = got.slopes().map(|slope| slope.0);
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-15, "{what}: {got}, {expected}");
        }
    }
}

/// What stands in the documentation of [`Dual`] and [`Number`].
#[test]
fn kinks_have_the_derivative_of_one_side() {
    fn slope(f: fn(Dual<Double, 1>) -> Dual<Double, 1>, x: f64) -> f64 {
        let [x] = Dual::variables([Double(x)]);
        f(x).slopes()[0].0
    }
    let zero = |_| Dual::literal(0.0);
    for at in [0.0, -0.0] {
        assert_eq!(slope(|x| x.max(Number::literal(0.0)), at), 0.0);
        assert_eq!(slope(|x| x.min(Number::literal(0.0)), at), 0.0);
        assert_eq!(slope(|x| Dual::literal(0.0).max(x), at), 1.0);
        assert_eq!(slope(|x| Dual::literal(0.0).min(x), at), 1.0);
        assert_eq!(slope(|x| (x * 2.0).max(x * 3.0), at), 3.0);
        assert_eq!(slope(|x| (x * 2.0).min(x * 3.0), at), 3.0);
        assert_eq!(slope(|x| x.abs(), at), 0.0);
        assert_eq!(slope(|x| x.if_positive(x * 2.0, x * 3.0), at), 3.0);
        assert_eq!(slope(|x| x.if_negative(x * 2.0, x * 3.0), at), 3.0);
        assert_eq!(slope(|x| x.signum(), at), 0.0);
        assert_eq!(slope(|x| x.heaviside(), at), 0.0);
        assert_eq!(slope(zero, at), 0.0);
    }
    // The derivative of a clamp is 1 strictly inside, as that of its formula in the libraries.
    let clamped = [-3.0, -2.0, 0.5, 1.0, 3.0].map(|x| slope(|x| x.clamp(-2.0, 1.0), x));
    assert_eq!(clamped, [0.0, 0.0, 1.0, 0.0, 0.0]);
    // A comparison with NaN is false.
    assert_eq!(slope(|x| x.if_positive(x * 2.0, x * 3.0), f64::NAN), 3.0);
    assert!(slope(|x| x.exp(), f64::NAN).is_nan());
}

/// The root has an infinite derivative at 0, of which a product with 0 would make NaN.
#[test]
fn constants_have_no_derivative_to_multiply() {
    let [x] = Dual::variables([Double(2.0)]);
    let root = Dual::literal(0.0).sqrt();
    assert_eq!((x + root).slopes(), [Double(1.0)]);
    assert_eq!((root + root.recip()).slopes(), [Double(0.0)]);
    let infinite = Dual::constant(Double(f64::INFINITY));
    assert_eq!((infinite + x).slopes(), [Double(1.0)]);
    assert_eq!(x.if_positive(infinite, x).slopes(), [Double(0.0)]);
}

/// Derivatives of derivatives: a dual number is a number like any other.
#[test]
fn duals_of_duals_are_second_derivatives() {
    fn second(f: fn(Dual<Dual<Double, 1>, 1>) -> Dual<Dual<Double, 1>, 1>, x: f64) -> f64 {
        let [inner] = Dual::variables([Double(x)]);
        let [x] = Dual::variables([inner]);
        let [slope] = f(x).slopes();
        slope.slopes()[0].0
    }
    let x = 0.7f64;
    let tanh = x.tanh();
    let logistic = 1.0 / (1.0 + (-x).exp());
    let slope = logistic * (1.0 - logistic);
    for (what, got, expected) in [
        ("cube", second(|x| x * x * x, x), 6.0 * x),
        ("sine", second(|x| x.sin(), x), -x.sin()),
        (
            "exponential",
            second(|x| (x * 2.0).exp(), x),
            4.0 * (2.0 * x).exp(),
        ),
        ("reciprocal", second(|x| x.recip(), x), 2.0 / (x * x * x)),
        (
            "quotient",
            second(|x| Dual::literal(1.0) / x, x),
            2.0 / (x * x * x),
        ),
        (
            "tanh",
            second(|x| x.tanh(), x),
            -2.0 * tanh * (1.0 - tanh * tanh),
        ),
        (
            "sigmoid",
            second(|x| x.sigmoid(), x),
            slope * (1.0 - 2.0 * logistic),
        ),
        ("softplus", second(|x| x.softplus(), x), slope),
        (
            "relu squared",
            second(|x| x.max(Number::literal(0.0)).square(), x),
            2.0,
        ),
        (
            "relu squared, left",
            second(|x| x.max(Number::literal(0.0)).square(), -x),
            0.0,
        ),
        ("product of variables", second(|x| x * x.ln(), x), 1.0 / x),
    ] {
        assert!((got - expected).abs() < 1e-14, "{what}: {got}, {expected}");
    }
}
