//! Dual numbers: the derivative of each building block, against differences and in the tails.

use burn_extras::fused::{Double, Dual, Number};

type Single = Dual<Double, 1>;

fn derivative(function: impl Fn(Single) -> Single, x: f64) -> f64 {
    let [x] = Dual::variables([Double(x)]);
    let [slope] = function(x).slopes();
    slope.0
}

/// Its name, the function, and points where it is defined.
type Function = (&'static str, fn(Single) -> Single, [f64; 4]);

/// Every function of one number.
fn functions() -> Vec<Function> {
    let anywhere = [-2.3, -0.7, 0.4, 1.9];
    let positive = [0.2, 0.9, 1.7, 5.3];
    vec![
        ("neg", |x| -x, anywhere),
        ("abs", |x| x.abs(), anywhere),
        ("recip", |x| x.recip(), anywhere),
        ("sqrt", |x| x.sqrt(), positive),
        ("exp", |x| x.exp(), anywhere),
        ("exp_m1", |x| x.exp_m1(), anywhere),
        ("ln", |x| x.ln(), positive),
        ("cbrt", |x| x.cbrt(), anywhere),
        ("ln_1p", |x| x.ln_1p(), positive),
        ("tanh", |x| x.tanh(), anywhere),
        ("atan", |x| x.atan(), anywhere),
        ("erf", |x| x.erf(), anywhere),
        ("erfc", |x| x.erfc(), anywhere),
        ("normal_cdf", |x| x.normal_cdf(), anywhere),
        ("normal_density", |x| x.normal_density(), anywhere),
        ("sin", |x| x.sin(), anywhere),
        ("cos", |x| x.cos(), anywhere),
        ("square", |x| x.square(), anywhere),
        ("sigmoid", |x| x.sigmoid(), anywhere),
        ("sigmoid_slope", |x| x.sigmoid_slope(), anywhere),
        ("softplus", |x| x.softplus(), anywhere),
        ("sech_squared", |x| x.sech_squared(), anywhere),
        ("signum", |x| x.signum(), anywhere),
        ("heaviside", |x| x.heaviside(), anywhere),
        ("clamp", |x| x.clamp(-1.0, 1.5), anywhere),
        ("inside", |x| x.inside(-1.0, 1.5), anywhere),
        ("times", |x| x.times(0.1), anywhere),
        ("literals", |x| (x * 3.0 + 1.0 - 0.5) / 7.0, anywhere),
        ("add", |x| x + x.square(), anywhere),
        ("sub", |x| Dual::literal(2.0) - x.square() - x, anywhere),
        ("mul", |x| x * x.sin() * Dual::literal(0.3), anywhere),
        ("div", |x| x.sin() / (x.square() + 1.0), anywhere),
        ("mul_add", |x| x.mul_add(x.cos(), x.exp()), anywhere),
        ("max", |x| x.max(Dual::literal(0.5)), anywhere),
        ("min", |x| x.square().min(x), anywhere),
        (
            "if_positive",
            |x| x.if_positive(x.square(), x.exp()),
            anywhere,
        ),
        (
            "if_negative",
            |x| x.if_negative(x.square(), Dual::literal(1.0)),
            anywhere,
        ),
    ]
}

#[test]
fn each_function_has_the_derivative_of_its_differences() {
    for (name, function, points) in functions() {
        for x in points {
            let value = |x: f64| function(Dual::constant(Double(x))).value().0;
            let step = 1e-5;
            // Of fourth order: the error of the central difference is taken off.
            let wide = (value(x + 2.0 * step) - value(x - 2.0 * step)) / (4.0 * step);
            let near = (value(x + step) - value(x - step)) / (2.0 * step);
            let difference = (4.0 * near - wide) / 3.0;
            let slope = derivative(function, x);
            assert!(
                (slope - difference).abs() <= 2e-9 * slope.abs().max(1.0),
                "{name} at {x}: {slope}, by differences {difference}"
            );
        }
    }
}

/// Where a difference would see nothing: tiny derivatives keep their digits, and nothing overflows.
#[test]
fn derivatives_are_exact_in_the_tails() {
    let close = |name: &str, got: f64, wanted: f64| {
        let error = (got - wanted).abs();
        assert!(
            error <= 1e-13 * wanted.abs(),
            "{name}: {got:e}, wanted {wanted:e}"
        );
    };
    close(
        "exp_m1",
        derivative(|x| x.exp_m1(), -50.0),
        (-50.0f64).exp(),
    );
    close(
        "tanh",
        derivative(|x| x.tanh(), 30.0),
        4.0 * (-60.0f64).exp(),
    );
    close(
        "sigmoid",
        derivative(|x| x.sigmoid(), 40.0),
        (-40.0f64).exp(),
    );
    close(
        "sigmoid",
        derivative(|x| x.sigmoid(), -600.0),
        (-600.0f64).exp(),
    );
    close(
        "softplus",
        derivative(|x| x.softplus(), -600.0),
        (-600.0f64).exp(),
    );
    close("ln_1p", derivative(|x| x.ln_1p(), 1e300), 1e-300);
    let erfc = -2.0 / core::f64::consts::PI.sqrt() * (-100.0f64).exp();
    close("erfc", derivative(|x| x.erfc(), 10.0), erfc);
    assert_eq!(derivative(|x| x.softplus(), 1e300), 1.0);
    assert_eq!(derivative(|x| x.sigmoid(), -1e300), 0.0);
    assert_eq!(derivative(|x| x.normal_cdf(), 1e300), 0.0);
    assert_eq!(derivative(|x| x.tanh(), f64::INFINITY), 0.0);
}

#[test]
fn at_a_tie_the_other_decides() {
    let zero = Dual::literal(0.0);
    assert_eq!(derivative(|x| x.max(zero), 0.0), 0.0);
    assert_eq!(derivative(|x| x.min(zero), 0.0), 0.0);
    assert_eq!(derivative(|x| zero.max(x), 0.0), 1.0);
    assert_eq!(derivative(|x| x.clamp(0.0, 1.0), 1.0), 0.0);
    assert_eq!(derivative(|x| x.if_positive(x * 3.0, x * 2.0), 0.0), 2.0);
    assert_eq!(derivative(|x| x.abs(), 0.0), 0.0);
}

/// The branch that is not taken may overflow, and a constant may be infinite.
#[test]
fn what_is_not_taken_does_not_matter() {
    let kept = derivative(
        |x| x.if_positive(x, x.exp() * Dual::literal(f64::INFINITY)),
        800.0,
    );
    assert_eq!(kept, 1.0);
    let constant = derivative(
        |x| x + Dual::literal(f64::INFINITY) * Dual::literal(2.0),
        1.0,
    );
    assert_eq!(constant, 1.0);
}

#[test]
fn there_can_be_several_variables_and_derivatives_of_derivatives() {
    let [x, y] = Dual::variables([Double(1.3), Double(0.4)]);
    let [by_x, by_y] = (x.square() * y.sin() + y).slopes();
    assert!((by_x.0 - 2.6 * 0.4f64.sin()).abs() < 1e-15);
    assert!((by_y.0 - (1.69 * 0.4f64.cos() + 1.0)).abs() < 1e-15);

    // The second derivative of sin is -sin.
    let [inner] = Dual::variables([Double(0.7)]);
    let [outer] = Dual::<Dual<Double, 1>, 1>::variables([inner]);
    let [first] = outer.sin().slopes();
    let [second] = first.slopes();
    assert!((first.value().0 - 0.7f64.cos()).abs() < 1e-15);
    assert!((second.0 + 0.7f64.sin()).abs() < 1e-15);
}
