//! Quotients of polynomials.

use crate::fused::{Formula, Number, polynomial};

/// `P(x) / Q(x)` with `P` of degree 5 and a `Q` of degree 4 that is at least 1.
///
/// Beyond 1 in size both are worked out in `1 / x`, where no power overflows.
macro_rules! rational {
    ($(#[$doc:meta])* $name:ident, |$terms:ident| $denominator:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(super) struct $name;

        impl Formula<11> for $name {
            #[inline(always)]
            fn value<N: Number>(&self, x: [N; 11]) -> N {
                let [x, a_0, a_1, a_2, a_3, a_4, a_5, b_1, b_2, b_3, b_4] = x;
                let far = x.abs() - 1.0;
                // 1 where it is not the branch that is taken.
                let u = far.if_positive(x, N::literal(1.0)).recip();
                let near = far.if_positive(N::literal(1.0), x);
                let denominator = |$terms: [N; 4]| $denominator;
                let small = polynomial(near, [a_0, a_1, a_2, a_3, a_4, a_5])
                    / (denominator(powers([b_1, b_2, b_3, b_4], near)) + 1.0);
                let v = u.square();
                let [c_3, c_2, c_1] = [b_3 * u, b_2 * v, b_1 * (u * v)];
                let large = polynomial(u, [a_5, a_4, a_3, a_2, a_1, a_0])
                    / (denominator([c_1, c_2, c_3, b_4]) + v * v);
                far.if_positive(x * large, small)
            }
        }
    };
}

/// `b_1 x, b_2 x^2, b_3 x^3, b_4 x^4`.
#[inline(always)]
fn powers<N: Number>([b_1, b_2, b_3, b_4]: [N; 4], x: N) -> [N; 4] {
    let square = x.square();
    [
        b_1 * x,
        b_2 * square,
        b_3 * (square * x),
        b_4 * (square * square),
    ]
}

rational! {
    /// Version A: `Q = 1 + |b_1 x| + |b_2 x^2| + |b_3 x^3| + |b_4 x^4|`.
    PauA, |terms| terms[0].abs() + terms[1].abs() + terms[2].abs() + terms[3].abs()
}

rational! {
    /// Version B, the safe form: `Q = 1 + |b_1 x + b_2 x^2 + b_3 x^3 + b_4 x^4|`.
    PauB, |terms| (terms[0] + terms[1] + terms[2] + terms[3]).abs()
}
