use super::declare::{any, exponentials, rows};
use crate::activation::declare::Range;
use crate::fused::{Number, RowFormula, passed};
use crate::registry::SpecError;

rows! {
    /// Softmax: `y = e^((x - m) / T) / sum e^((x - m) / T)` along an axis, with the row's largest number `m`.
    ///
    /// `dx = y (dy - sum y dy) / T`. The backward pass keeps `y` and nothing else.
    ///
    /// Minus infinity gives 0; a row of nothing else is NaN, as in PyTorch, and so is a row with infinity or NaN in it.
    ///
    /// Source: `torch.nn.Softmax`.
    Softmax, SoftmaxConfig {
        /// The temperature `T`: small ones sharpen. Default: 1. Range: from 1e-15 to 1e15.
        temperature / with_temperature: f64 = 1.0,
    }, check check, named "softmax"
}

fn check(config: &SoftmaxConfig) -> Result<(), SpecError> {
    let temperature = config.temperature;
    Range::Positive.check("SoftmaxConfig", "temperature", temperature)
}

rows!(@forward Softmax);

rows!(@function softmax, Softmax, SoftmaxConfig);

impl RowFormula<1> for Softmax {
    #[inline(always)]
    fn term<N: Number>(&self, x: N, shift: N) -> N {
        ((x - shift) * self.temperature.recip()).exp()
    }

    #[inline(always)]
    fn next<N: Number>(&self, _shift: N, _known: [N; 1], [sum]: [N; 1]) -> [N; 1] {
        [sum.recip()]
    }

    exponentials!();

    #[inline(always)]
    fn gradient<N: Number>(&self, y: N, grad: N, [sum]: [N; 1]) -> N {
        passed(grad - sum, y) * self.temperature.recip()
    }
}

rows! {
    /// Softmin: `y = e^(m - x) / sum e^(m - x)` along an axis, with the row's smallest number `m`: [`Softmax`] of `-x`.
    ///
    /// `dx = -y (dy - sum y dy)`. The backward pass keeps `y` and nothing else.
    ///
    /// Infinity gives 0; a row of nothing else is NaN, and so is a row with minus infinity or NaN in it.
    ///
    /// Source: `torch.nn.Softmin`.
    Softmin, SoftminConfig {}, check any, named "softmin"
}

rows!(@forward Softmin);

rows!(@function softmin, Softmin, SoftminConfig);

impl RowFormula<1> for Softmin {
    #[inline(always)]
    fn prepare<N: Number>(&self, x: N) -> N {
        -x
    }

    #[inline(always)]
    fn term<N: Number>(&self, x: N, shift: N) -> N {
        (x - shift).exp()
    }

    #[inline(always)]
    fn next<N: Number>(&self, _shift: N, _known: [N; 1], [sum]: [N; 1]) -> [N; 1] {
        [sum.recip()]
    }

    exponentials!();

    #[inline(always)]
    fn gradient<N: Number>(&self, y: N, grad: N, [sum]: [N; 1]) -> N {
        passed(sum - grad, y)
    }
}
