//! The activations by what they are made of, and rows to give them.

use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_extras::activation::{
    EntmaxConfig, SoftmaxConfig, crelu, log_softmax, maxout, quiet_softmax, softmin, sparsemax,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Row {
    Softmax { temperature: f64 },
    LogSoftmax,
    Softmin,
    QuietSoftmax,
    Sparsemax,
    Entmax { alpha: f64 },
    Maxout { pieces: usize },
    CRelu,
}

/// Those that keep the shape, both halves of every formula among them.
pub const ALL: [Row; 11] = [
    Row::Softmax { temperature: 1.0 },
    Row::Softmax { temperature: 0.3 },
    Row::LogSoftmax,
    Row::Softmin,
    Row::QuietSoftmax,
    Row::Sparsemax,
    Row::Entmax { alpha: 1.5 },
    Row::Entmax { alpha: 1.01 },
    Row::Entmax { alpha: 1.7 },
    Row::Entmax { alpha: 2.0 },
    Row::Entmax { alpha: 2.75 },
];

impl Row {
    pub fn forward<const D: usize>(self, x: Tensor<D>, axis: isize) -> Tensor<D> {
        match self {
            Self::Softmax { temperature } => SoftmaxConfig::new()
                .with_axis(axis)
                .with_temperature(temperature)
                .init()
                .forward(x),
            Self::LogSoftmax => log_softmax(x, axis),
            Self::Softmin => softmin(x, axis),
            Self::QuietSoftmax => quiet_softmax(x, axis),
            Self::Sparsemax => sparsemax(x, axis),
            Self::Entmax { alpha } => EntmaxConfig::new()
                .with_axis(axis)
                .with_alpha(alpha)
                .init()
                .forward(x),
            Self::Maxout { pieces } => maxout(x, axis, pieces),
            Self::CRelu => crelu(x, axis),
        }
    }

    /// The formula in plain `f64`, from the definition: thresholds by halving, nothing clever.
    pub fn reference(self, x: &[f64]) -> Vec<f64> {
        let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let normalized = |terms: Vec<f64>, more: f64| -> Vec<f64> {
            let sum = terms.iter().sum::<f64>() + more;
            terms.iter().map(|term| term / sum).collect()
        };
        match self {
            Self::Softmax { temperature } => {
                let terms = x.iter().map(|x| ((x - max) / temperature).exp());
                normalized(terms.collect(), 0.0)
            }
            Self::LogSoftmax => {
                let sum: f64 = x.iter().map(|x| (x - max).exp()).sum();
                x.iter().map(|x| x - max - sum.ln()).collect()
            }
            Self::Softmin => {
                let negative: Vec<_> = x.iter().map(|x| -x).collect();
                Self::Softmax { temperature: 1.0 }.reference(&negative)
            }
            Self::QuietSoftmax => {
                let max = max.max(0.0);
                let terms = x.iter().map(|x| (x - max).exp()).collect();
                normalized(terms, (-max).exp())
            }
            Self::Sparsemax => entmax(x, max, 2.0),
            Self::Entmax { alpha } => entmax(x, max, alpha),
            Self::Maxout { .. } | Self::CRelu => unreachable!("they have another shape"),
        }
    }
}

impl Row {
    /// How far from `y` a result in `f32` may be: `tolerance`, and what becomes of it where the slope is large. At the
    /// edge of the support of an entmax above 2 it is infinite.
    pub fn slack(self, y: f64, tolerance: f64) -> f64 {
        let beyond = match self {
            Self::Entmax { alpha } if alpha > 2.0 => {
                (y.powf(alpha - 1.0) + tolerance).powf((alpha - 1.0).recip()) - y
            }
            _ => 0.0,
        };
        beyond + tolerance * y.abs().max(1.0)
    }

    #[track_caller]
    pub fn assert_values(self, got: &[f64], x: &[f64], tolerance: f64, what: &str) {
        let expected = self.reference(x);
        for (place, (got, expected)) in got.iter().zip(&expected).enumerate() {
            assert!(
                (got - expected).abs() <= self.slack(*expected, tolerance),
                "{what}, place {place}: {got:e}, expected {expected:e}"
            );
        }
    }
}

fn entmax(x: &[f64], max: f64, alpha: f64) -> Vec<f64> {
    let at = |tau: f64| -> Vec<f64> {
        let over = x.iter().map(|x| ((alpha - 1.0) * (x - max) - tau).max(0.0));
        over.map(|over| over.powf(1.0 / (alpha - 1.0))).collect()
    };
    let (mut low, mut high) = (-1.0, 0.0);
    for _ in 0..200 {
        let tau = 0.5 * (low + high);
        if at(tau).iter().sum::<f64>() >= 1.0 {
            low = tau;
        } else {
            high = tau;
        }
    }
    at(low)
}

/// Numbers that look random, the same ones each time, between -`scale` and `scale`.
pub fn numbers(count: usize, scale: f64, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // As an f16 holds it, so that all types are given the same.
        (state >> 54) as f64 / 512.0 - 1.0
    };
    (0..count).map(|_| next() * scale).collect()
}

pub fn tensor<const D: usize>(
    numbers: &[f64],
    shape: [usize; D],
    device: &Device,
    dtype: DType,
) -> Tensor<D> {
    Tensor::from_data(TensorData::new(numbers.to_vec(), shape), (device, dtype))
}

pub fn read<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// The output, and the gradient of the input from that of the output.
pub fn forward_backward<const D: usize>(
    row: Row,
    x: Tensor<D>,
    axis: isize,
    grad: Tensor<D>,
) -> (Vec<f64>, Vec<f64>) {
    let x = x.require_grad();
    let y = row.forward(x.clone(), axis);
    let gradients = (y.clone() * grad).sum().backward();
    let slopes = x.grad(&gradients).expect("the input requires a gradient");
    (read(y.inner()), read(slopes))
}

#[track_caller]
pub fn assert_close(got: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (place, (got, expected)) in got.iter().zip(expected).enumerate() {
        let close = (got - expected).abs() <= tolerance * expected.abs().max(1.0);
        assert!(
            close || got == expected || (got.is_nan() && expected.is_nan()),
            "{what}, place {place}: {got:e}, expected {expected:e}"
        );
    }
}

/// How far a number of a long row may be off, as a share of it: where Burn adds up, digits are lost to the length.
pub fn allowed(device: &str) -> f64 {
    if device == "flex" { 1e-6 } else { 5e-6 }
}
