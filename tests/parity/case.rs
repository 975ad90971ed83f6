use core::fmt;

use burn::tensor::Device;

/// A row of the table: something to compute, and how far a device may be from the reference.
pub struct Case {
    pub what: &'static str,
    pub measure: fn(&Device) -> Distance,
    /// For a CPU, and for a GPU.
    pub tolerance: [f64; 2],
    /// Why no less.
    pub why: &'static str,
}

impl Case {
    pub fn tolerance_on(&self, device: &str) -> f64 {
        let [cpu, gpu] = self.tolerance;
        match device {
            // The server of the test offers Flex.
            "flex" | "ndarray" | "remote" => cpu,
            _ => gpu,
        }
    }
}

/// The largest of many distances, and where it is.
#[derive(Clone, Debug, Default)]
pub struct Distance {
    pub size: f64,
    pub at: String,
}

impl Distance {
    /// Relative to the larger of 1 and what is expected.
    pub fn include(&mut self, found: f64, expected: f64, at: impl fmt::Display) {
        let size = (found - expected).abs() / expected.abs().max(1.0);
        // Infinity where infinity is expected is no distance, every other NaN the largest.
        let size = match (found == expected, size.is_nan()) {
            (true, _) => 0.0,
            (_, true) => f64::INFINITY,
            _ => size,
        };
        if size > self.size {
            *self = Self {
                size,
                at: at.to_string(),
            };
        }
    }
}

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.size {
            0.0 => f.write_str("0"),
            size if self.at.is_empty() => write!(f, "{size:.1e}"),
            size => write!(f, "{size:.1e} ({})", self.at),
        }
    }
}
