use super::declare::activation;
use super::parametric::Parametric;
use crate::fused::{Number, Pointwise};

activation! {
    /// Unit step: 1 above zero, 0 below.
    ///
    /// `f(x) = 1` for `x > 0`, `0` for `x < 0`, `at_zero` at 0.
    ///
    /// Its derivative is 0 wherever it has one, so **no gradient passes**: layers below do not train.
    ///
    /// Source: McCulloch and Pitts (1943); `numpy.heaviside`.
    Step {
        /// The value at 0. Default: 0.
        at_zero / with_at_zero: Finite = 0.0,
    }, StepConfig, step, ["heaviside", "binary_step"],
    constant "at_zero matters at 0 alone, and no gradient passes a step"
}

impl Parametric<1> for Step {
    #[inline(always)]
    fn value_with<N: Number>(x: N, [at_zero]: [N; 1]) -> N {
        // Only 0 and NaN reach the sum.
        let level = x.if_negative(N::literal(0.0), x + at_zero);
        x.if_positive(N::literal(1.0), level)
    }

    // Exact at 0, and 0 by itself: nothing is kept for the backward pass.
    #[inline(always)]
    fn slope_with<N: Number>(_x: N, _at_zero: [N; 1]) -> Option<N> {
        Some(N::literal(0.0))
    }
}

activation! {
    /// Sign: 1 above zero, -1 below, 0 at zero.
    ///
    /// Its derivative is 0 wherever it has one, so **no gradient passes**: layers below do not train.
    ///
    /// Source: `torch.sign`, `numpy.sign`.
    Sign, sign, ["sgn", "signum"]
}

impl Pointwise for Sign {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x.if_positive(N::literal(1.0), x.if_negative(N::literal(-1.0), x))
    }

    // Exact at 0, and 0 by itself: nothing is kept for the backward pass.
    #[inline(always)]
    fn slope<N: Number>(&self, _x: N) -> N {
        N::literal(0.0)
    }
}
