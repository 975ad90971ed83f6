use super::declare::activation;
use crate::fused::{Number, Pointwise};

activation! {
    /// Gaussian: `f(x) = e^(-x^2)`, `f'(x) = -2 x f(x)`.
    Gaussian, gaussian, ["gauss"]
}

impl Pointwise for Gaussian {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // Beyond 40 the bell is 0 in every float type; the bound keeps infinity out of the derivative.
        (-x.square().min(N::literal(1600.0))).exp()
    }
}
