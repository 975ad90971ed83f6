//! A formula's derivatives, held against what follows from its value.

use core::fmt;

use super::formula::Formula;
use super::number::{Double, Dual};

/// Checks the derivatives that a formula has of its own, at some points, in `f64`.
///
/// [`slopes`](Formula::slopes), and [`slopes_from_output`](Formula::slopes_from_output) where there are any,
/// are compared with the automatic derivatives, those of the value by [`Dual`] numbers, and with quotients of
/// differences of the value to the left and to the right. A formula without derivatives of its own passes,
/// unless the automatic ones are wrong at a point: because something overflows on the way, or at a seam where
/// pieces with kinks make up a smooth function ([`Dual`] says more).
///
/// What it can tell and what not:
///
/// - Where the function is smooth, a slope that is off by more than a millionth of itself is found, unless
///   that is less than 1e-12 of the steepest slope at these points, or of the value.
/// - At a kink or a jump every slope between those of the two sides passes: which side is right is a matter of
///   choice. So a ReLU may have the slope 0, 1/2 or 1 at 0.
/// - Where the automatic derivative is wrong and the differences confirm the one by hand, it passes: such
///   places are what slopes by hand are for.
/// - Differences are taken over a ten-thousandth, a ten-millionth and a ten-billionth of the input (of 1 at
///   0). What cancels at all of these, or is infinite, says nothing; then the automatic derivative alone does.
/// - Only the points that are given are looked at, so give some for each piece of the formula, and some far
///   out. What `f32` loses by rounding is not looked at.
///
/// # Errors
///
/// Names the first derivative that is wrong: which input's, where, and what the three ways of it say.
///
/// ```
/// use burn_extras::fused::{Number, Pointwise, check_slopes};
///
/// /// `x / (1 + |x|)`
/// #[derive(Clone, Debug)]
/// struct Right;
///
/// impl Pointwise for Right {
///     fn value<N: Number>(&self, x: N) -> N {
///         x / (x.abs() + 1.0)
///     }
///
///     fn slope<N: Number>(&self, x: N) -> N {
///         (x.abs() + 1.0).square().recip()
///     }
/// }
///
/// /// The same, but somebody forgot the square.
/// #[derive(Clone, Debug)]
/// struct Wrong;
///
/// impl Pointwise for Wrong {
///     fn value<N: Number>(&self, x: N) -> N {
///         Right.value(x)
///     }
///
///     fn slope<N: Number>(&self, x: N) -> N {
///         (x.abs() + 1.0).recip()
///     }
/// }
///
/// let points = [[-100.0], [-1.0], [0.0], [0.25], [3.0]];
/// assert_eq!(check_slopes(&Right, points), Ok(()));
///
/// let mismatch = check_slopes(&Wrong, points).unwrap_err();
/// assert_eq!(mismatch.point, [-100.0]);
/// assert!(mismatch.to_string().starts_with("Wrong: slope 0.0099"), "{mismatch}");
/// ```
pub fn check_slopes<F: Formula<I>, const I: usize>(
    formula: &F,
    points: impl IntoIterator<Item = [f64; I]>,
) -> Result<(), Mismatch> {
    let points: Vec<_> = points.into_iter().map(|x| Point::new(formula, x)).collect();
    for input in 0..I {
        let slopes = points.iter().map(|point| point.automatic[input].abs());
        let steepest = slopes.filter(|slope| slope.is_finite()).fold(0.0, f64::max);
        for point in &points {
            let differences = Differences::new(formula, point.x, input);
            let own = [Some(point.slopes), point.from_output];
            for slopes in own.into_iter().flatten() {
                let claim = Claim {
                    slope: slopes[input],
                    automatic: point.automatic[input],
                    rounding: 1e-12 * steepest.max(point.value.abs()),
                };
                if !claim.holds(&differences) {
                    return Err(Mismatch {
                        formula: format!("{formula:?}"),
                        input,
                        point: point.x.to_vec(),
                        slope: claim.slope,
                        automatic: claim.automatic,
                        difference: differences.best(claim.slope),
                    });
                }
            }
        }
    }
    Ok(())
}

/// A derivative that is not that of the value: found by [`check_slopes`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The formula, as it is printed for debugging.
    pub formula: String,
    /// The input that the derivative is by, counted from 0.
    pub input: usize,
    /// The inputs there.
    pub point: Vec<f64>,
    /// The derivative that the formula has of its own.
    pub slope: f64,
    /// What dual numbers work out from the value.
    pub automatic: f64,
    /// The quotient of differences of the value; `None` where they say nothing.
    pub difference: Option<f64>,
}

impl core::error::Error for Mismatch {}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: slope {:?}", self.formula, self.slope)?;
        match self.point.as_slice() {
            [x] => write!(f, " at {x:?}")?,
            point => write!(f, " by input {} at {point:?}", self.input)?,
        }
        write!(f, ", but {:?} from the value", self.automatic)?;
        match self.difference {
            Some(difference) => write!(f, " and {difference:?} by differences"),
            None => f.write_str("; differences say nothing there"),
        }
    }
}

/// What a formula says of itself at a point.
struct Point<const I: usize> {
    x: [f64; I],
    value: f64,
    slopes: [f64; I],
    from_output: Option<[f64; I]>,
    automatic: [f64; I],
}

impl<const I: usize> Point<I> {
    fn new<F: Formula<I>>(formula: &F, x: [f64; I]) -> Self {
        let numbers = x.map(Double);
        let plain = |slopes: [Double; I]| slopes.map(|slope| slope.0);
        let value = formula.value(numbers);
        Self {
            x,
            value: value.0,
            slopes: plain(formula.slopes(numbers)),
            from_output: match I {
                1 => formula.slopes_from_output(value).map(plain),
                _ => None,
            },
            automatic: plain(formula.value(Dual::variables(numbers)).slopes()),
        }
    }
}

/// A derivative, the automatic one, and how much rounding may have taken from either.
struct Claim {
    slope: f64,
    automatic: f64,
    rounding: f64,
}

impl Claim {
    fn holds(&self, differences: &Differences) -> bool {
        let confirmed = differences.confirm(self.slope);
        if confirmed == Some(false) {
            return false;
        }
        let gap = (self.slope - self.automatic).abs();
        let size = self.slope.abs().min(self.automatic.abs());
        // NaN twice is the same where nothing says more.
        let same = self.slope == self.automatic
            || gap <= 1e-6 * size + self.rounding
            || (self.slope.is_nan() && self.automatic.is_nan());
        same || (confirmed == Some(true)
            && (differences.confirm(self.automatic) == Some(false) || differences.is_kink(gap)))
    }
}

/// Quotients of differences of the value by one input, over steps of several sizes.
struct Differences([Quotients; 3]);

impl Differences {
    fn new<F: Formula<I>, const I: usize>(formula: &F, x: [f64; I], input: usize) -> Self {
        let value = |moved: f64| {
            let mut x = x.map(Double);
            x[input] = Double(moved);
            formula.value(x).0
        };
        let scale = match x[input].abs() {
            0.0 => 1.0,
            size => size,
        };
        Self([1e-4, 1e-7, 1e-10].map(|step| Quotients::new(value, x[input], step * scale)))
    }

    /// Whether a slope agrees with any of those that can tell; `None` where none can.
    fn confirm(&self, slope: f64) -> Option<bool> {
        let telling = self.0.iter().filter(|it| it.can_tell(slope));
        telling.map(|it| it.allow(slope)).reduce(|a, b| a | b)
    }

    /// Whether the two sides are as far apart as two slopes, however small the step.
    fn is_kink(&self, gap: f64) -> bool {
        let mut sides = self.0.iter();
        sides.all(|it| (it.right - it.left).abs() + it.error >= 0.5 * gap)
    }

    /// The most certain one of those that can tell.
    fn best(&self, slope: f64) -> Option<f64> {
        let telling = self.0.iter().filter(|it| it.can_tell(slope));
        let best = telling.min_by(|a, b| a.error.total_cmp(&b.error));
        best.map(Quotients::central)
    }
}

/// The slopes of the value towards both sides, over half a step, and how uncertain their mean is.
struct Quotients {
    left: f64,
    right: f64,
    error: f64,
}

impl Quotients {
    fn new(value: impl Fn(f64) -> f64, x: f64, step: f64) -> Self {
        let here = value(x);
        let side = |step: f64| {
            let moved = x + step;
            (value(moved) - here) / (moved - x)
        };
        let central = |step: f64| 0.5 * (side(-step) + side(step));
        let half = 0.5 * step;
        let (left, right) = (side(-half), side(half));
        // What a formula rounds on its way, seen from its result and from its input.
        let lost = here.abs() + x.abs() * left.abs().max(right.abs());
        let rounding = 16.0 * f64::EPSILON * lost / half;
        let error = 4.0 * (central(step) - central(half)).abs() + rounding;
        Self { left, right, error }
    }

    fn central(&self) -> f64 {
        0.5 * (self.left + self.right)
    }

    fn size(&self) -> f64 {
        self.left.abs().max(self.right.abs())
    }

    /// Whether the error is a small part of the quotients, or of the slope that they are to judge.
    fn can_tell(&self, slope: f64) -> bool {
        let slope = if slope.is_finite() { slope.abs() } else { 0.0 };
        let size = self.size().max(slope);
        size.is_finite() && self.error <= 1e-3 * size
    }

    /// Whether a slope lies between the two sides, or is as near as can be told.
    fn allow(&self, slope: f64) -> bool {
        let (low, high) = (self.left.min(self.right), self.left.max(self.right));
        let slack = self.error + 1e-6 * self.size();
        (low - slack..=high + slack).contains(&slope)
    }
}

#[cfg(test)]
mod tests;
