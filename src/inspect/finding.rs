use core::fmt;

use serde::Serialize;

/// Something that keeps a network from learning: what was measured, and where.
///
/// [`Display`](fmt::Display) says it in a sentence; [`advice`](Finding::advice) says what to try, and
/// [`explain`](Finding::explain) both.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Finding {
    /// A layer puts out infinities or NaN.
    NotFinite {
        /// The first such layer.
        place: Place,
        /// The root mean square of what the network reads, where it was measured.
        input: Option<f64>,
    },
    /// The weights of a layer are all 0, so that its units are all the same and stay the same.
    AllZero {
        /// The first such layer.
        place: Place,
    },
    /// The weights of a layer are all the same number, so that its units are all the same and stay the same.
    AllSame {
        /// The first such layer.
        place: Place,
    },
    /// A layer of one unit, through which everything has to pass, before an output of several.
    Bottleneck {
        /// The first such layer.
        place: Place,
    },
    /// The signal gets lost on the way.
    Vanishing {
        /// The first layer below the limit.
        place: Place,
        /// Its signal as a share of the input's.
        ratio: f64,
        /// The standard deviation of its weights, where they were found.
        weights: Option<f64>,
    },
    /// The signal grows without bounds.
    Exploding {
        /// The first layer above the limit.
        place: Place,
        /// Its signal as a multiple of the input's.
        ratio: f64,
        /// The standard deviation of its weights, where they were found.
        weights: Option<f64>,
    },
    /// Most units of a layer do nothing.
    Dead {
        /// The first such layer.
        place: Place,
        /// The share of dead units.
        share: f64,
    },
    /// A layer whose activation rests on one side by design rests there nearly always.
    Idle {
        /// The first such layer.
        place: Place,
        /// The share of values at which it is flat.
        share: f64,
        /// The same for standard normal inputs.
        expected: f64,
    },
    /// Most of a layer sits where its activation is flat.
    Saturated {
        /// The first such layer.
        place: Place,
        /// The share of values at which it is flat.
        share: f64,
        /// The same for standard normal inputs.
        expected: f64,
        /// The root mean square of what the network reads, where it was measured.
        input: Option<f64>,
    },
    /// The activation has no slope anywhere, like a step.
    NoSlope {
        /// The first such layer.
        place: Place,
    },
    /// The gradient of a weight is not a number.
    GradientNotFinite {
        /// The path of the weight.
        name: String,
    },
    /// The gradient of a weight is zero.
    NoGradient {
        /// The path of the weight.
        name: String,
    },
    /// A step changes a weight by much of what it is.
    LargeUpdate {
        /// The path of the weight.
        name: String,
        /// The change as a share of the weight.
        ratio: f64,
    },
    /// A step changes no weight by anything that counts.
    SmallUpdate {
        /// The path of the weight that changes most.
        name: String,
        /// The change as a share of the weight.
        ratio: f64,
    },
}

/// A layer, and how many others are like it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    /// The layer's number, from 1.
    pub number: usize,
    /// Its path in the module.
    pub name: String,
    /// How many of the layers behind it have the same trouble.
    pub others: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "layer {} ({})", self.number, self.name)?;
        match self.others {
            0 => Ok(()),
            1 => write!(f, " and 1 more"),
            others => write!(f, " and {others} more"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite { place, .. } => {
                write!(f, "{place}: some outputs are infinite or no numbers")
            }
            Self::AllZero { place } => write!(
                f,
                "{place}: all weights are 0, so its units are all the same and stay the same"
            ),
            Self::AllSame { place } => write!(
                f,
                "{place}: all weights are the same number, so its units are all the same and stay the same"
            ),
            Self::Bottleneck { place } => write!(
                f,
                "{place}: it has one unit, through which everything has to pass"
            ),
            Self::Vanishing {
                place,
                ratio,
                weights,
            } => write!(
                f,
                "{}: the signal has shrunk to {} of the input's, {}x a layer{}",
                first(place),
                number(*ratio),
                number(1.0 / per_layer(*ratio, place.number)),
                with(*weights)
            ),
            Self::Exploding {
                place,
                ratio,
                weights,
            } => write!(
                f,
                "{}: the signal has grown to {} times the input's, {}x a layer{}",
                first(place),
                number(*ratio),
                number(per_layer(*ratio, place.number)),
                with(*weights)
            ),
            Self::Dead { place, share } => write!(
                f,
                "{place}: {} % of the units are dead, the same or without slope for every input",
                percent(*share)
            ),
            Self::Idle {
                place,
                share,
                expected,
            } => write!(
                f,
                "{place}: at {} % of the values the activation rests, of normal ones it would be {} %",
                percent(*share),
                percent(*expected)
            ),
            Self::Saturated {
                place,
                share,
                expected,
                ..
            } => write!(
                f,
                "{place}: {} % of the values are where the activation is flat, of normal ones it \
                 would be {} %",
                percent(*share),
                percent(*expected)
            ),
            Self::NoSlope { place } => write!(
                f,
                "{place}: the activation has no slope, so nothing before it learns"
            ),
            Self::GradientNotFinite { name } => {
                write!(f, "{name}: its gradient is infinite or no number")
            }
            Self::NoGradient { name } => {
                write!(f, "{name}: its gradient is 0, so it does not learn")
            }
            Self::LargeUpdate { name, ratio } => write!(
                f,
                "{name}: a step changes it by {} % of what it is",
                percent(*ratio)
            ),
            Self::SmallUpdate { name, ratio } => write!(
                f,
                "{name}: a step changes it by {} % of what it is, and all other weights by less",
                percent(*ratio)
            ),
        }
    }
}

/// The layer alone: that those behind it have lost the signal too goes without saying.
fn first(place: &Place) -> String {
    format!("layer {} ({})", place.number, place.name)
}

fn with(weights: Option<f64>) -> String {
    weights.map_or(String::new(), |std| {
        format!(", with weights of standard deviation {}", number(std))
    })
}

fn per_layer(ratio: f64, layers: usize) -> f64 {
    ratio.powf(1.0 / layers as f64)
}

fn percent(share: f64) -> String {
    number(100.0 * share)
}

/// Two digits that count.
fn number(value: f64) -> String {
    match value {
        0.0 => "0".to_string(),
        0.001..1000.0 => {
            let decimals = (1 - value.log10().floor() as i32).max(0) as usize;
            let text = format!("{value:.decimals$}");
            match text.contains('.') {
                true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
                false => text,
            }
        }
        _ => format!("{value:.1e}"),
    }
}
