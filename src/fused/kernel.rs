use core::fmt::Debug;

#[cfg(feature = "flex")]
use super::flex::{self, Block, Span, vectorize, vectorize_widest};
use super::{Double, Number, Pointwise, Symbol, trace};

/// A formula behind a pointer, so that backends and autodiff are compiled once for all formulas.
pub(crate) trait Kernel: Debug + Send + Sync {
    /// Replaces each `x` by `f(x)`.
    #[cfg(feature = "flex")]
    fn value_f32(&self, x: Span<'_, f32>);
    #[cfg(feature = "flex")]
    fn value_f64(&self, x: Span<'_, f64>);
    /// Multiplies each gradient by the slope at what the backward pass kept; a slope of 0 leaves 0.
    #[cfg(feature = "flex")]
    fn slope_f32(&self, grad: Span<'_, f32>, kept: &[Block<f32>]);
    #[cfg(feature = "flex")]
    fn slope_f64(&self, grad: Span<'_, f64>, kept: &[Block<f64>]);
    /// `f(x)` and `f'(x)`.
    fn evaluate(&self, x: f64) -> (f64, f64);
    /// Whether `f(x)` is `x`.
    fn is_identity(&self) -> bool;
    /// Whether `f'(x)` is 0 for every `x`.
    fn is_flat(&self) -> bool;
    /// Whether the backward pass keeps the output rather than the input.
    fn keeps_output(&self) -> bool;
    fn record_value<'g>(&self, x: Symbol<'g>) -> Symbol<'g>;
    fn record_slope<'g>(&self, kept: Symbol<'g>) -> Symbol<'g>;
}

/// The slope from what the backward pass kept.
#[inline(always)]
pub(super) fn slope_at<F: Pointwise, N: Number>(formula: &F, kept: N) -> N {
    match formula.slope_from_output(kept) {
        Some(slope) => slope,
        None => formula.slope(kept),
    }
}

/// What of a gradient passes a slope: their product, and 0 where the slope is 0, whatever the gradient.
///
/// 0 times an infinite gradient would be NaN, and PyTorch's ReLU and its like let nothing through there.
#[inline(always)]
pub(super) fn passed<N: Number>(grad: N, slope: N) -> N {
    // Only 0 and NaN are not above 0 in size, and both are what they should become.
    slope.abs().if_positive(grad * slope, slope)
}

impl<F: Pointwise> Kernel for F {
    #[cfg(feature = "flex")]
    fn value_f32(&self, x: Span<'_, f32>) {
        vectorize_widest(flex::Value { formula: self, x });
    }

    #[cfg(feature = "flex")]
    fn value_f64(&self, x: Span<'_, f64>) {
        vectorize(flex::Value { formula: self, x });
    }

    #[cfg(feature = "flex")]
    fn slope_f32(&self, grad: Span<'_, f32>, kept: &[Block<f32>]) {
        let formula = self;
        vectorize_widest(flex::Slope {
            formula,
            grad,
            kept,
        });
    }

    #[cfg(feature = "flex")]
    fn slope_f64(&self, grad: Span<'_, f64>, kept: &[Block<f64>]) {
        let formula = self;
        vectorize(flex::Slope {
            formula,
            grad,
            kept,
        });
    }

    fn evaluate(&self, x: f64) -> (f64, f64) {
        let value = self.value(Double(x));
        let kept = if self.keeps_output() {
            value
        } else {
            Double(x)
        };
        (value.0, slope_at(self, kept).0)
    }

    fn is_identity(&self) -> bool {
        trace::is_identity(self)
    }

    fn is_flat(&self) -> bool {
        trace::is_flat(self)
    }

    fn keeps_output(&self) -> bool {
        self.slope_from_output(Double(0.0)).is_some()
    }

    fn record_value<'g>(&self, x: Symbol<'g>) -> Symbol<'g> {
        self.value(x)
    }

    fn record_slope<'g>(&self, kept: Symbol<'g>) -> Symbol<'g> {
        slope_at(self, kept)
    }
}
