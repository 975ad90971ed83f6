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
        // The bound keeps the square finite.
        let size = x.abs();
        let bounded = size.min(N::literal(1e16));
        let square = bounded.square();
        let root = (square + 1.0).sqrt();
        // t = r - 1 has lost digits near 0, but no more than t^2 + 2 t falls short of x^2: that, over 2 r, comes on
        // top. Where r is 2 nothing was lost, and so 2 - r will do for 1 / r.
        let t = root - 1.0;
        let short = (-t).mul_add(root + 1.0, square);
        let share = (-root + 2.0).max(N::literal(0.0));
        let t = (short * share).mul_add(N::literal(0.5), t);
        let near = t.mul_add(N::literal(0.5), x);
        // Beyond the bound r is |x|.
        let far = x * x.if_positive(N::literal(1.5), N::literal(0.5));
        (size - bounded).if_positive(far, near)
    }

    // Faster: no choice of a side, and finite at infinity.
    #[inline(always)]
    fn slope<N: Number>(&self, x: N) -> N {
        let u = x.clamp(-1e15, 1e15);
        u / (u.square() + 1.0).sqrt() * 0.5 + 1.0
    }
}
