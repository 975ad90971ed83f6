use burn::tensor::{Bool, DType, IndexingUpdateOp, Tensor};
use serde::Serialize;

/// Bins of a histogram.
const BINS: usize = 32;

/// Numbers that describe a tensor, before its histogram.
const NUMBERS: usize = 5;

/// What the values of a tensor are like.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
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
#[non_exhaustive]
pub struct Histogram {
    /// Where the first bin starts: the smallest value.
    pub from: f64,
    /// Where the last bin ends, itself included: the largest value.
    pub to: f64,
    /// The share of all values in each bin. Where all values are the same, they are in the first.
    pub shares: Vec<f64>,
}

/// Describes a tensor, on its device, for [`Statistics::take`]. Rows are counted side by side.
pub(super) fn describe(values: Tensor<2>) -> Tensor<1> {
    let values = values.cast(DType::F32);
    let (min, max) = (values.clone().min(), values.clone().max());
    let mean = values.clone().mean();
    let centered = values.clone() - mean.clone().reshape([1, 1]);
    let std = centered.square().mean().sqrt();
    let finite = indicator(values.clone().is_finite()).mean();
    let shares = shares(values, min.clone(), max.clone());
    Tensor::cat(vec![mean, std, min, max, finite, shares], 0)
}

/// The share of the values in each bin between `min` and `max`.
fn shares(values: Tensor<2>, min: Tensor<1>, max: Tensor<1>) -> Tensor<1> {
    let [rows, columns] = values.dims();
    let width = (max - min.clone()) / BINS as f64;
    let same = width.clone().equal_elem(0.0);
    let width = width.mask_fill(same, 1.0);
    let bins = (values.clone() - min.reshape([1, 1])) / width.reshape([1, 1]);
    // No NaN may become an integer: it is anything on a GPU, and a panic on ndarray. WGSL lets a
    // compiler take the test for granted, hence the clamp after it.
    let not_finite = bins.clone().is_finite().bool_not();
    let bins = bins.mask_fill(not_finite, 0.0).int();
    let bins = bins.clamp(0, BINS as i64 - 1);
    let none = Tensor::<2>::zeros([rows, BINS], &values.device()).cast(DType::F32);
    let counts = none.scatter(1, bins, values.ones_like(), IndexingUpdateOp::Add);
    counts.sum_dim(0).reshape([BINS]) / (rows * columns) as f64
}

/// 1 where it is true, 0 where it is not; in `f32`, whatever the device's default.
pub(super) fn indicator<const D: usize>(condition: Tensor<D, Bool>) -> Tensor<D> {
    condition.float().cast(DType::F32)
}

impl Statistics {
    /// Whether all values are finite.
    ///
    /// WGSL lets a compiler assume that there are no others, so that none may be counted on a GPU:
    /// there the mean gives them away.
    pub fn is_finite(&self) -> bool {
        self.finite == 1.0 && self.mean.is_finite()
    }

    /// Reads what [`describe`] wrote.
    pub(super) fn take(numbers: &mut impl Iterator<Item = f64>) -> Option<Self> {
        let row: Vec<f64> = numbers.take(NUMBERS + BINS).collect();
        let (numbers, shares) = row.split_at_checked(NUMBERS)?;
        let [mean, std, min, max, finite] = numbers.try_into().ok()?;
        Some(Self {
            mean,
            std,
            min,
            max,
            finite,
            histogram: Histogram {
                from: min,
                to: max,
                shares: shares.to_vec(),
            },
        })
    }
}
