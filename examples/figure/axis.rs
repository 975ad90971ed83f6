/// One side of a panel.
#[derive(Clone, Debug)]
pub struct Axis {
    pub from: f64,
    pub to: f64,
    /// What it measures; nothing where the sheet says it.
    pub label: String,
    /// How many numbers stand at it at most.
    pub ticks: usize,
}

impl Axis {
    pub fn new(from: f64, to: f64) -> Self {
        Self {
            from,
            to,
            label: String::new(),
            ticks: 5,
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

    /// How a number at this axis is written: a 0 that has been missed by rounding is a 0.
    pub fn tick(&self, value: f64) -> String {
        let rounding = 1e-9 * (self.to - self.from);
        short(if value.abs() < rounding { 0.0 } else { value })
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
