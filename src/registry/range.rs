use super::SpecError;

/// The numbers that a setting may be, all of them finite. The first three are parameters of formulas, none larger in size
/// than 1e15: formulas multiply and divide them by each other, and the results must fit in an `f32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Range {
    /// Any number.
    Finite,
    /// Greater than 0, and not below 1e-15.
    Positive,
    /// Greater than 0, however small.
    AboveZero,
    /// 0 or more.
    NonNegative,
    /// Below 0.
    Negative,
    /// From 0 to 1.
    Share,
    /// From 0 to below 1: what decays.
    Fraction,
    /// Above 0, and at most 1.
    Portion,
    /// Above 0 and below 1.
    Shrinking,
    /// 1 or more.
    AtLeastOne,
    /// Above 1.
    Growing,
    /// A whole number, 0 or more and at most 2^53.
    Whole,
    /// A whole number above 0 and at most 2^53.
    Count,
    /// A switch, 0 or 1.
    Flag,
}

const LARGEST: f64 = 1e15;
const SMALLEST: f64 = 1e-15;
/// Up to here an `f64` has every whole number.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

impl Range {
    /// Whether `value` is one of them; NaN never is.
    pub fn contains(self, value: f64) -> bool {
        let is_whole = value.fract() == 0.0;
        value.is_finite()
            && match self {
                Self::Finite => value.abs() <= LARGEST,
                Self::Positive => (SMALLEST..=LARGEST).contains(&value),
                Self::AboveZero => value > 0.0,
                Self::NonNegative => (0.0..=LARGEST).contains(&value),
                Self::Negative => value < 0.0,
                Self::Share => (0.0..=1.0).contains(&value),
                Self::Fraction => (0.0..1.0).contains(&value),
                Self::Portion => value > 0.0 && value <= 1.0,
                Self::Shrinking => value > 0.0 && value < 1.0,
                Self::AtLeastOne => value >= 1.0,
                Self::Growing => value > 1.0,
                Self::Whole => (0.0..=LARGEST_WHOLE).contains(&value) && is_whole,
                Self::Count => (1.0..=LARGEST_WHOLE).contains(&value) && is_whole,
                Self::Flag => value == 0.0 || value == 1.0,
            }
    }

    /// The range in words, to follow "must be".
    pub fn words(self) -> &'static str {
        match self {
            Self::Finite => "a finite number",
            Self::Positive | Self::AboveZero => "greater than 0",
            Self::NonNegative => "at least 0",
            Self::Negative => "below 0",
            Self::Share => "from 0 to 1",
            Self::Fraction => "at least 0 and below 1",
            Self::Portion => "above 0 and at most 1",
            Self::Shrinking => "above 0 and below 1",
            Self::AtLeastOne => "at least 1",
            Self::Growing => "greater than 1",
            Self::Whole => "a whole number of at least 0",
            Self::Count => "a whole number of at least 1",
            Self::Flag => "0 or 1",
        }
    }

    /// `Ok` if `value` is one of them.
    ///
    /// # Errors
    ///
    /// Names the type, the field, the value, and the range.
    pub fn check(
        self,
        type_name: &'static str,
        field: &'static str,
        value: f64,
    ) -> Result<(), SpecError> {
        if self.contains(value) {
            return Ok(());
        }
        let words = match self {
            _ if !value.is_finite() && self == Self::Finite => self.words(),
            // Too large, or too small.
            Self::Finite => "between -1e15 and 1e15",
            Self::Positive if value > 0.0 && value.is_finite() => "between 1e-15 and 1e15",
            Self::NonNegative if value > 0.0 && value.is_finite() => "between 0 and 1e15",
            Self::Whole | Self::Count if value > LARGEST_WHOLE => "a whole number of at most 2^53",
            _ => self.words(),
        };
        Err(SpecError::out_of_range(type_name, field, value, words))
    }
}
