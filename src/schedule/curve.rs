use core::f64::consts::PI;

/// The way from one learning rate to another.
///
/// With `f` from 0 to 1, the rate is `to + (from - to) left(f)`:
///
/// ```text
/// Linear         left(f) = 1 - f
/// Cosine         left(f) = (1 + cos(pi f)) / 2
/// OneMinusSqrt   left(f) = 1 - sqrt(f)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Curve {
    /// A straight line.
    Linear,
    /// Half a period of the cosine: slow at both ends.
    Cosine,
    /// Fast at first.
    OneMinusSqrt,
}

impl Curve {
    /// Where the way is after `done` of `length` steps; at its end where it has no length.
    pub(super) fn between(self, [from, to]: [f64; 2], done: f64, length: f64) -> f64 {
        // Both ends are exact.
        if done >= length {
            return to;
        }
        if done <= 0.0 {
            return from;
        }
        let f = done / length;
        let left = match self {
            Self::Linear => 1.0 - f,
            Self::Cosine => (1.0 + (PI * f).cos()) / 2.0,
            Self::OneMinusSqrt => 1.0 - f.sqrt(),
        };
        to + (from - to) * left
    }
}
