use core::error::Error;
use core::fmt;

use super::formula::Formula;
use super::function::slopes_at;
use super::number::{Double, Dual};

/// A derivative that is not that of its formula.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WrongSlope {
    /// Which input it is the derivative by, from 0.
    pub input: usize,
    /// Where.
    pub point: Vec<f64>,
    /// What the formula's own derivative says.
    pub written: f64,
    /// What [`Dual`] numbers work out of the value.
    pub automatic: f64,
    /// What the value's differences come to.
    pub by_differences: f64,
}

impl Error for WrongSlope {}

impl fmt::Display for WrongSlope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the derivative by input {} at {:?} is written as {}, works out as {}, and is {} by differences",
            self.input, self.point, self.written, self.automatic, self.by_differences
        )
    }
}

/// How far the written derivative may be from the automatic one, and from the differences, as a share of the
/// larger of it and 1.
const AUTOMATIC: f64 = 1e-7;
const DIFFERENCES: f64 = 1e-4;

/// Compares a formula's derivatives with the automatic ones and with differences of its value, in `f64`.
///
/// At each point both are compared; where they contradict the derivative, both must: at a kink, the automatic
/// derivative is that of one side and differences are a mean of two, so that a derivative is wrong only where
/// neither agrees with it. Choose points on both sides of each kink, and in the tails.
///
/// ```
/// use burn_extras::fused::{Number, Pointwise, check};
///
/// /// `x^3`, with its derivative written by hand.
/// #[derive(Clone, Debug)]
/// struct Cube;
///
/// impl Pointwise for Cube {
///     #[inline(always)]
///     fn value<N: Number>(&self, x: N) -> N {
///         x.square() * x
///     }
///
///     #[inline(always)]
///     fn slope<N: Number>(&self, x: N) -> N {
///         // Wrong: 3 x^2 it should be.
///         x.square() * 2.0
///     }
/// }
///
/// let error = check(&Cube, &[[1.0]]).unwrap_err();
/// assert_eq!((error.written, error.automatic), (2.0, 3.0));
/// ```
///
/// # Errors
///
/// Names the first point where a derivative is wrong, and what it should be.
pub fn check<F: Formula<I>, const I: usize>(
    formula: &F,
    points: &[[f64; I]],
) -> Result<(), WrongSlope> {
    let value = |x: [f64; I]| formula.value(x.map(Double)).0;
    for point in points {
        let numbers = point.map(Double);
        let kept = match formula.slopes_from_output(Double(0.0)) {
            Some(_) if I == 1 => [formula.value(numbers); I],
            _ => numbers,
        };
        let written = slopes_at(formula, kept);
        let automatic = formula.value(Dual::variables(numbers)).slopes();
        for input in 0..I {
            let (written, automatic) = (written[input].0, automatic[input].0);
            let step = 1e-6 * point[input].abs().max(1.0);
            let (mut above, mut below) = (*point, *point);
            above[input] += step;
            below[input] -= step;
            let by_differences = (value(above) - value(below)) / (above[input] - below[input]);
            let far = |from: f64, share: f64| {
                let error = (written - from).abs();
                error > share * written.abs().max(1.0) || error.is_nan() && written != from
            };
            if far(automatic, AUTOMATIC) && far(by_differences, DIFFERENCES) {
                return Err(WrongSlope {
                    input,
                    point: point.to_vec(),
                    written,
                    automatic,
                    by_differences,
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::{Number, Pointwise};

    /// `max(x, 0) y`, with one derivative to choose.
    #[derive(Clone, Debug)]
    struct Hinge(f64);

    impl Formula<2> for Hinge {
        fn value<N: Number>(&self, [x, y]: [N; 2]) -> N {
            x.max(N::literal(0.0)) * y
        }

        fn slopes<N: Number>(&self, [x, y]: [N; 2]) -> [N; 2] {
            [
                x.if_positive(y, N::literal(0.0)),
                x.max(N::literal(0.0)) * self.0,
            ]
        }
    }

    #[test]
    fn the_wrong_input_is_named() {
        let points = [[-1.0, 2.0], [0.0, 3.0], [2.0, 0.5]];
        assert_eq!(check(&Hinge(1.0), &points), Ok(()));
        let error = check(&Hinge(0.9), &points).unwrap_err();
        assert_eq!((error.input, error.point.as_slice()), (1, &[2.0, 0.5][..]));
        assert_eq!((error.written, error.automatic), (1.8, 2.0));
    }

    /// `e^x`, whose derivative is worked out from its output.
    #[derive(Clone, Debug)]
    struct Grown(f64);

    impl Pointwise for Grown {
        fn value<N: Number>(&self, x: N) -> N {
            x.exp()
        }

        fn slope_from_output<N: Number>(&self, y: N) -> Option<N> {
            Some(y * self.0)
        }
    }

    #[test]
    fn what_is_worked_out_from_the_output_is_checked_too() {
        assert_eq!(check(&Grown(1.0), &[[-3.0], [0.0], [2.0]]), Ok(()));
        assert!(check(&Grown(1.1), &[[2.0]]).is_err());
    }

    #[test]
    fn what_is_no_number_is_wrong() {
        #[derive(Clone, Debug)]
        struct Lost;

        impl Pointwise for Lost {
            fn value<N: Number>(&self, x: N) -> N {
                x
            }

            fn slope<N: Number>(&self, _x: N) -> N {
                N::literal(f64::NAN)
            }
        }
        assert!(check(&Lost, &[[1.0]]).is_err());
    }
}
