use super::declare::activation;
use crate::fused::{Number, Pointwise};

activation! {
    /// Gaussian: `f(x) = e^(-x^2)`, `f'(x) = -2 x f(x)`.
    Gaussian, gaussian, ["gauss"]
}

impl Pointwise for Gaussian {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        (-x.square()).exp()
    }

    // More exact: finite at infinity, with a bound that the value would pay for.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        // Beyond 40 the bell is 0 in every float type; the bound keeps infinity out of the product.
        let x = x.clamp(-40.0, 40.0);
        x * -2.0 * (-x.square()).exp()
    }
}
