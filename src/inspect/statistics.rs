use burn::tensor::{Bool, DType, Tensor};
use serde::Serialize;

/// Bins of a histogram.
const BINS: usize = 32;

/// Numbers that describe a tensor, before its histogram.
const NUMBERS: usize = 5;

/// What the values of a tensor are like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statistics {
    /// The mean.
    pub mean: f64,
    /// The standard deviation of all values, `sqrt(mean((x - mean)^2))`.
    pub std: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The share of values that are neither infinite nor NaN; where it is below 1, the others say
    /// nothing.
    pub finite: f64,
    /// How the values are distributed.
    pub histogram: Histogram,
}

/// Shares of values in 32 bins of the same width.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// Where the first bin starts: the smallest value.
    pub from: f64,
    /// Where the last bin ends, itself included: the largest value.
    pub to: f64,
    /// The share of all values in each bin. Where all values are the same, they are in the last.
    pub shares: Vec<f64>,
}

/// Describes a tensor, on its device, for [`Statistics::take`].
pub(super) fn describe(values: Tensor<1>) -> Tensor<1> {
    let values = values.cast(DType::F32);
    let (mean, min, max) = (
        values.clone().mean(),
        values.clone().min(),
        values.clone().max(),
    );
    let std = (values.clone() - mean.clone()).square().mean().sqrt();
    let finite = indicator(values.clone().is_finite()).mean();
    let width = (max.clone() - min.clone()) / BINS as f64;
    let mut row = vec![mean, std, min.clone(), max, finite];
    // A pass for each edge needs no scatter, which GPUs do one value after the other.
    row.extend((1..BINS).map(|edge| {
        let edge = min.clone() + width.clone() * edge as f64;
        indicator(values.clone().lower(edge)).mean()
    }));
    Tensor::cat(row, 0)
}

/// 1 where it is true, 0 where it is not; in `f32`, whatever the device's default.
pub(super) fn indicator<const D: usize>(condition: Tensor<D, Bool>) -> Tensor<D> {
    condition.float().cast(DType::F32)
}

impl Statistics {
    /// Reads what [`describe`] wrote.
    pub(super) fn take(numbers: &mut impl Iterator<Item = f64>) -> Option<Self> {
        let row: Vec<f64> = numbers.take(NUMBERS + BINS - 1).collect();
        let (numbers, below) = row.split_at_checked(NUMBERS)?;
        let [mean, std, min, max, finite] = numbers.try_into().ok()?;
        let mut last = 0.0;
        let shares = below.iter().chain([&1.0]).map(|share| {
            let inside = share - last;
            last = *share;
            inside
        });
        Some(Self {
            mean,
            std,
            min,
            max,
            finite,
            histogram: Histogram {
                from: min,
                to: max,
                shares: shares.collect(),
            },
        })
    }
}
