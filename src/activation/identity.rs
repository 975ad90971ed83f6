use super::declare::activation;
use crate::fused::{Number, Pointwise};

activation! {
    /// Identity, the linear activation: `f(x) = x`, `f'(x) = 1`.
    ///
    /// Source: `torch.nn.Identity`, Keras' `linear`.
    Identity, identity, ["linear"], gain 1.0
}

impl Pointwise for Identity {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        x
    }
}

activation! {
    /// Bent identity: the identity, bent upwards on the right and flattened on the left.
    ///
    /// `f(x) = (sqrt(x^2 + 1) - 1) / 2 + x`, `f'(x) = x / (2 sqrt(x^2 + 1)) + 1`
    ///
    /// The slope lies between 1/2 and 3/2.
    BentIdentity, bent_identity, []
}

impl Pointwise for BentIdentity {
    #[inline(always)]
    fn value<N: Number>(&self, x: N) -> N {
        // r - 1 = x^2 / (r + 1) does not cancel near 0; beyond 1e15 x / (r + 1) is 1 or -1, so what
        // is left of x is scaled by a constant, and the square stays finite.
        let u = x.clamp(-1e15, 1e15);
        let root = (u.square() + 1.0).sqrt();
        let ratio = u / (root + 1.0);
        let near = (u * 0.5).mul_add(ratio, u) + (x - u) * (ratio * 0.5 + 1.0);
        // Further left that cancels, and r + x = 1 / (r - x) does not.
        let left = (x - 1.0 + (root - u).recip()) * 0.5;
        (x + 1.0).if_negative(left, near)
    }

    // Faster: no choice of a side, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let u = x.clamp(-1e15, 1e15);
        u / (u.square() + 1.0).sqrt() * 0.5 + 1.0
    }
}
