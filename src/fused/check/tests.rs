use super::*;
use crate::fused::{Number, Pointwise};

/// A formula of one number whose slope is written by hand.
macro_rules! formula {
    ($name:ident, |$x:ident| $value:expr, $slope:expr $(, |$y:ident| $from_output:expr)?) => {
        #[derive(Clone, Debug)]
        struct $name;

        impl Pointwise for $name {
            fn value<N: Number>(&self, $x: N) -> N {
                $value
            }

            fn slope<N: Number>(&self, $x: N) -> N {
                $slope
            }

            $(fn slope_from_output<N: Number>(&self, $y: N) -> Option<N> {
                Some($from_output)
            })?
        }
    };
}

const POINTS: [f64; 13] = [
    -300.0, -20.0, -2.0, -0.9, -1e-3, -1e-9, 0.0, 1e-9, 1e-3, 0.9, 2.0, 20.0, 300.0,
];

fn points() -> impl Iterator<Item = [f64; 1]> {
    POINTS.into_iter().map(|x| [x])
}

#[track_caller]
fn passes(formula: impl Pointwise) {
    assert_eq!(check_slopes(&formula, points()), Ok(()));
}

/// Where it is wrong, and no other point fails on its own.
#[track_caller]
fn fails(formula: impl Pointwise, wrong: &[f64]) {
    let failed = POINTS
        .into_iter()
        .filter(|x| check_slopes(&formula, [[*x]]).is_err());
    assert_eq!(failed.collect::<Vec<_>>(), wrong, "{formula:?}");
    let first = check_slopes(&formula, points()).unwrap_err();
    assert_eq!(first.point, wrong[..1]);
}

#[test]
fn right_slopes_pass() {
    formula!(Tanh, |x| x.tanh(), x.sech_squared(), |y| -y.square() + 1.0);
    passes(Tanh);
    formula!(Sine, |x| (x * 100.0).sin(), (x * 100.0).cos() * 100.0);
    passes(Sine);
    // A hundred waves in the longest of the steps.
    formula!(Fast, |x| (x * 1e6).sin(), (x * 1e6).cos() * 1e6);
    passes(Fast);
    formula!(Exponential, |x| x.exp(), x.exp(), |y| y);
    passes(Exponential);
    formula!(Offset, |x| x.square() + 1e6, x * 2.0);
    passes(Offset);
    formula!(Root, |x| x.cbrt(), (x.cbrt().square() * 3.0).recip());
    passes(Root);
    formula!(Flat, |x| N::literal(1.0) - x.exp() / x.exp(), x * 0.0);
    assert_eq!(check_slopes(&Flat, [[-2.0], [0.0], [2.0]]), Ok(()));
}

#[test]
fn wrong_slopes_are_found() {
    formula!(Factor, |x| x.tanh(), x.sech_squared() * 1.001);
    // Further out it is lost beside the steepest slope, and beside the value.
    fails(Factor, &POINTS[2..11]);
    formula!(Sign, |x| x.square(), x * -2.0);
    fails(
        Sign,
        &[
            -300.0, -20.0, -2.0, -0.9, -1e-3, -1e-9, 1e-9, 1e-3, 0.9, 2.0, 20.0, 300.0,
        ],
    );
    formula!(
        OnePiece,
        |x| x.if_positive(x, x * 0.1),
        x.if_positive(N::literal(1.0), N::literal(0.2))
    );
    fails(OnePiece, &[-300.0, -20.0, -2.0, -0.9, -1e-3, -1e-9]);
    formula!(Output, |x| x.exp(), x.exp(), |y| y * 2.0);
    fails(Output, &POINTS);
    // Both branches of a choice by a product: infinite times 0.
    formula!(Lost, |x| x.square(), (x * x.exp() / x.exp()) * 2.0);
    let wrong = check_slopes(&Lost, [[-2.0], [1e3]]).unwrap_err();
    assert_eq!((wrong.point, wrong.automatic), (vec![1e3], 2e3));
    assert!(wrong.slope.is_nan());
}

/// Every slope between those of the two sides, and no other.
#[test]
fn a_kink_has_many_slopes() {
    formula!(Zero, |x| x.max(N::literal(0.0)), x.heaviside());
    passes(Zero);
    formula!(
        One,
        |x| x.max(N::literal(0.0)),
        x.if_negative(x * 0.0, N::literal(1.0))
    );
    passes(One);
    formula!(Half, |x| x.max(N::literal(0.0)), x.signum() * 0.5 + 0.5);
    passes(Half);
    formula!(
        Two,
        |x| x.max(N::literal(0.0)),
        x.if_positive(N::literal(1.0), x.if_negative(x * 0.0, N::literal(2.0)))
    );
    fails(Two, &[0.0]);
}

/// The automatic slope multiplies an exponential that has overflown by 0.
#[test]
fn a_slope_by_hand_may_be_better() {
    formula!(Falling, |x| (x.exp() + 1.0).recip(), -x.sigmoid_slope());
    let far = [[0.5], [800.0]];
    assert_eq!(check_slopes(&Falling, far), Ok(()));

    #[derive(Clone, Debug)]
    struct Automatic;

    impl Pointwise for Automatic {
        fn value<N: Number>(&self, x: N) -> N {
            Pointwise::value(&Falling, x)
        }
    }
    let lost = check_slopes(&Automatic, far).unwrap_err();
    assert_eq!((lost.point, lost.difference), (vec![800.0], Some(0.0)));
    assert!(lost.slope.is_nan());
}

/// Softplus: smooth, but put together from two pieces that each have a kink at 0.
#[test]
fn a_seam_is_found() {
    #[derive(Clone, Debug)]
    struct Seam;

    impl Pointwise for Seam {
        fn value<N: Number>(&self, x: N) -> N {
            x.max(N::literal(0.0)) + (-x.abs()).exp().ln_1p()
        }
    }
    let wrong = check_slopes(&Seam, points()).unwrap_err();
    assert_eq!((wrong.point, wrong.automatic), (vec![0.0], 0.0));
    assert!((wrong.difference.unwrap() - 0.5).abs() < 1e-4);
}

#[test]
fn each_input_is_checked() {
    #[derive(Clone, Debug)]
    struct Product {
        wrong: f64,
    }

    impl Formula<2> for Product {
        fn value<N: Number>(&self, [x, y]: [N; 2]) -> N {
            x * y.exp()
        }

        fn slopes<N: Number>(&self, [x, y]: [N; 2]) -> [N; 2] {
            [y.exp(), x * y.exp() + self.wrong]
        }
    }

    let points = [[1.0, 0.0], [-2.0, 3.0]];
    assert_eq!(check_slopes(&Product { wrong: 0.0 }, points), Ok(()));
    let mismatch = check_slopes(&Product { wrong: 0.5 }, points).unwrap_err();
    assert_eq!((mismatch.input, &mismatch.point), (1, &vec![1.0, 0.0]));
    let text = mismatch.to_string();
    assert!(
        text.starts_with(
            "Product { wrong: 0.5 }: slope 1.5 by input 1 at [1.0, 0.0], but 1.0 from the value and "
        ),
        "{text}"
    );
}
