use burn::tensor::{AsIndex, FloatDType, Int, Tensor};

use super::declare::rows;
use super::softmax::SoftmaxConfig;
use crate::activation::declare::Range;
use crate::activation::random::{narrowed, uniform_like};
use crate::fused::{Number, Pointwise, apply};
use crate::registry::SpecError;

rows! {
    /// Gumbel softmax: [softmax](super::Softmax) of `(x + n) / T` along an axis, with noise `n = -ln(-ln u)` for a
    /// uniform `u`: a differentiable draw from the categories that `x` are the logarithms of.
    ///
    /// `dx = y (dy - sum y dy) / T`. A hard draw gives 1 for the largest result, the first one where there are several,
    /// and 0 for the others; its gradient is that of the soft one (straight through).
    ///
    /// Each forward pass draws anew, when evaluating too. The noise is drawn in `f32` at least, and is never infinite.
    ///
    /// Source: [Jang et al.](https://arxiv.org/abs/1611.01144); `torch.nn.functional.gumbel_softmax`.
    GumbelSoftmax, GumbelSoftmaxConfig {
        /// The temperature `T`: small ones are close to a hard draw. Default: 1. Range: from 1e-15 to 1e15.
        temperature / with_temperature: f64 = 1.0,
        /// Whether the draw is hard. Default: no.
        hard / with_hard: bool = false,
    }, check check, named "gumbel_softmax"
}

fn check(config: &GumbelSoftmaxConfig) -> Result<(), SpecError> {
    let temperature = config.temperature;
    Range::Positive.check("GumbelSoftmaxConfig", "temperature", temperature)
}

impl GumbelSoftmax {
    /// Draws from each row along the axis.
    ///
    /// # Panics
    ///
    /// When the tensor has no such axis.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let noise = noise_like(&input);
        self.forward_with_noise(input, noise)
    }

    /// The same with noise that is given, as large as the input: to draw the same again, or from elsewhere.
    ///
    /// # Panics
    ///
    /// When the tensor has no such axis.
    pub fn forward_with_noise<const D: usize>(
        &self,
        input: Tensor<D>,
        noise: Tensor<D>,
    ) -> Tensor<D> {
        let axis = self.axis_of(D);
        let soft = SoftmaxConfig::new()
            .with_axis(axis as isize)
            .with_temperature(self.temperature)
            .init()
            .forward(input + noise);
        if self.hard {
            straight_through(soft, axis)
        } else {
            soft
        }
    }
}

/// [`GumbelSoftmax`] as a function, along an axis that may be negative.
///
/// # Panics
///
/// When the tensor has no such axis, or the temperature is outside its range.
pub fn gumbel_softmax<const D: usize>(
    tensor: Tensor<D>,
    axis: impl AsIndex,
    temperature: f64,
    hard: bool,
) -> Tensor<D> {
    GumbelSoftmaxConfig::new()
        .with_axis(axis.as_index())
        .with_temperature(temperature)
        .with_hard(hard)
        .init()
        .forward(tensor)
}

/// 1 for the first of the largest numbers of a row, 0 for the others, with the gradient of the numbers.
fn straight_through<const D: usize>(soft: Tensor<D>, axis: usize) -> Tensor<D> {
    let (shape, device, dtype) = (soft.dims(), soft.device(), soft.dtype());
    let value = soft.clone().detach();
    let mut row = [1; D];
    row[axis] = shape[axis];
    let places = Tensor::<1, Int>::arange(0..shape[axis] as i64, &device).reshape(row);
    let winner = value.clone().argmax(axis);
    let hard = places
        .expand(shape)
        .equal(winner.expand(shape))
        .float()
        .cast(FloatDType::from(dtype));
    // In this order rounding is undone: what is left is 0 or 1.
    (hard - value) + soft
}

/// Gumbel noise, as large as a tensor and in its type.
fn noise_like<const D: usize>(tensor: &Tensor<D>) -> Tensor<D> {
    narrowed(apply(&Gumbel, uniform_like(tensor, 0.0, 1.0)), tensor)
}

/// `-ln(-ln u)`, the quantiles of the Gumbel distribution, from -4.3 to 69.
#[derive(Clone, Debug)]
struct Gumbel;

impl Pointwise for Gumbel {
    #[inline(always)]
    fn value<N: Number>(&self, u: N) -> N {
        // A uniform number may be 0, and round to 1.
        let least = N::literal(1e-30);
        -(-u.max(least).ln()).max(least).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::Double;

    #[test]
    fn noise_is_never_infinite() {
        for u in [0.0, 1e-40, 0.5, 1.0] {
            let Double(noise) = Gumbel.value(Double(u));
            assert!(noise.is_finite(), "{noise} for {u}");
        }
        let Double(median) = Gumbel.value(Double(0.5));
        assert!((median - 0.366_512_920_581_664_35).abs() < 1e-12);
    }
}
