use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;

/// A logarithmic axis of so few decades has the numbers of a linear one.
const SHORT: f64 = 0.8;

/// One side of a panel.
///
/// What is drawn has a place at it: a value itself, or on a logarithmic axis its logarithm to base 10.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The places where it begins and ends.
    pub from: f64,
    pub to: f64,
    /// What it measures; nothing where the sheet says it.
    pub label: String,
    /// How many numbers stand at it at most.
    pub ticks: usize,
    is_logarithmic: bool,
}

impl Axis {
    pub fn new(from: f64, to: f64) -> Self {
        Self {
            from,
            to,
            label: String::new(),
            ticks: 5,
            is_logarithmic: false,
        }
    }

    /// An axis on which all finite `values` find room, with a little air at both ends.
    pub fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = values
            .into_iter()
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        if low > high {
            return Self::new(0.0, 1.0);
        }
        let air = match high - low {
            0.0 if low == 0.0 => 1.0,
            0.0 => low.abs() * 0.5,
            width => 0.05 * width,
        };
        Self::new(low - air, high + air)
    }

    /// The same with equal steps for equal factors; what is not above 0 has no place.
    pub fn logarithmic_around(values: impl IntoIterator<Item = f64>) -> Self {
        Self {
            is_logarithmic: true,
            ..Self::around(values.into_iter().map(f64::log10))
        }
    }

    /// Where a value stands.
    pub fn place(&self, value: f64) -> f64 {
        match self.is_logarithmic {
            true => value.log10(),
            false => value,
        }
    }

    /// Where numbers stand: round ones.
    fn places(&self) -> Vec<f64> {
        let round = |from, to| RangedCoordf64::from(from..to).key_points(self.ticks);
        if !self.is_logarithmic {
            return round(self.from, self.to);
        }
        if self.to - self.from < SHORT {
            let [from, to] = [self.from, self.to].map(|it| 10f64.powf(it));
            return round(from, to).into_iter().map(f64::log10).collect();
        }
        let finest = [&[1.0, 2.0, 5.0][..], &[1.0, 3.0]].map(|it| self.decades(it, 1));
        let coarser = (1..).map(|step| self.decades(&[1.0], step));
        let mut all = finest.into_iter().chain(coarser);
        let found = all.find(|it| it.len() <= self.ticks.max(1));
        found.expect("a step so long that there is one at most")
    }

    /// The numbers that stand at it.
    pub fn labels(&self) -> Vec<String> {
        self.places().into_iter().map(|it| self.tick(it)).collect()
    }

    /// The places of some numbers from 1 to 10 in every `step`th decade.
    fn decades(&self, numbers: &[f64], step: usize) -> Vec<f64> {
        let decades = (self.from.floor() as i32)..=(self.to.ceil() as i32);
        let meant = decades.filter(|it| it.rem_euclid(step as i32) == 0);
        let places =
            meant.flat_map(|decade| numbers.iter().map(move |it| f64::from(decade) + it.log10()));
        places
            .filter(|it| (self.from..=self.to).contains(it))
            .collect()
    }

    /// How the number at a place is written: a 0 that has been missed by rounding is a 0.
    fn tick(&self, place: f64) -> String {
        let rounding = 1e-9 * (self.to - self.from);
        short(match self.is_logarithmic {
            true => 10f64.powf(place),
            false if place.abs() < rounding => 0.0,
            false => place,
        })
    }

    pub fn with_label(mut self, label: &str) -> Self {
        self.label = label.to_string();
        self
    }

    pub fn with_ticks(mut self, ticks: usize) -> Self {
        self.ticks = ticks;
        self
    }
}

/// How the plotting crate draws along it.
impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, limit: (i32, i32)) -> i32 {
        RangedCoordf64::from(self.range()).map(place, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match hint.weight().allow_light_points() {
            true => Vec::new(),
            false => self.places(),
        }
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, place: &f64) -> String {
        self.tick(*place)
    }
}

/// A number in few characters: `0.25`, `-4`, `3e-7`.
pub fn short(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) {
        return trimmed(&format!("{value:.2e}"));
    }
    // Three digits that count, none of them behind a number that needs no more.
    let decimals = match size {
        0.0 => 0,
        size => (2 - size.log10().floor() as i32).max(0) as usize,
    };
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

/// `1.50e-7` as `1.5e-7`.
fn trimmed(scientific: &str) -> String {
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{digits}e{exponent}")
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn numbers_at_a_logarithmic_axis_are_round() {
        let written =
            |from: f64, to: f64| -> Vec<String> { Axis::logarithmic_around([from, to]).labels() };
        assert_eq!(written(0.001, 0.01), ["0.001", "0.002", "0.005", "0.01"]);
        assert_eq!(
            written(0.0009, 0.15),
            ["0.001", "0.003", "0.01", "0.03", "0.1"]
        );
        assert_eq!(written(1e-6, 10.0), ["1e-6", "1e-4", "0.01", "1"]);
        assert_eq!(written(0.27, 0.99), ["0.4", "0.6", "0.8", "1"]);
        assert_eq!(written(0.031, 0.034), ["0.031", "0.032", "0.033", "0.034"]);
    }
}
