//! The list of learned activations.

use burn::tensor::Tensor;

use super::super::declare::Range;
use super::config::LearnedConfig;
use super::kind::{Count, Kind, Maker, Parameter};
use super::module::apply;
use super::polynomial::{PauA, PauB};
use super::rectified::{Apl, PRelu, RPRelu, SRelu, Tlu};
use super::smooth::{
    AconC, Aptx, DynamicErf, DynamicTanh, SnakeBeta, SnakeBetaLog, SnakeLog, Telu, Xielu,
};
use crate::fused::shared;

/// The name as it is written: that of an activation which has constant parameters too needs a word more.
macro_rules! written {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident learned) => {
        concat!("learned(", stringify!($name), ")")
    };
}

/// Declares learned activations: the entry of the list, the configuration and the function of each.
///
/// Those of activations with constant parameters follow from their own declarations.
macro_rules! learned {
    ($(
        $(#[$doc:meta])*
        $name:ident $($learned:ident)?: $formula:expr, { $($parameter:ident: $range:ident = $start:literal $count:ident),+ }
    )*) => {
        pub(in crate::activation) const KINDS: &[Kind] = &[$(
            Kind {
                name: stringify!($name),
                written: written!($name $($learned)?),
                function: Maker::Listed(|| shared($formula)),
                parameters: &[$(Parameter {
                    name: stringify!($parameter),
                    range: Range::$range,
                    start: $start,
                    count: Count::$count,
                }),+],
                check: None,
            },
        )*];

        impl LearnedConfig {
            $(
                $(#[$doc])*
                pub fn $name() -> Self {
                    const NAME: &str = stringify!($name);
                    match KINDS.iter().find(|kind| kind.name == NAME) {
                        Some(kind) => Self::of(kind),
                        None => unreachable!("{NAME} is in the list"),
                    }
                }
            )*
        }

        $(
            $(#[$doc])*
            ///
            /// # Shapes
            ///
            /// The output has the tensor's. A parameter is one number, or one for each place along the axis.
            ///
            /// # Panics
            ///
            /// When a parameter has another number of places.
            #[allow(clippy::too_many_arguments, reason = "as many as the formula has")]
            pub fn $name<const D: usize>(
                tensor: Tensor<D>,
                axis: usize,
                $($parameter: Tensor<1>),+
            ) -> Tensor<D> {
                apply(shared($formula), tensor, axis, [$($parameter),+])
            }
        )*
    };
}

learned! {
    /// PReLU: `x`; `alpha x` for `x <= 0`.
    ///
    /// `alpha` starts at 0.25. Source: [He et al.](https://arxiv.org/abs/1502.01852); `torch.nn.PReLU`.
    prelu: PRelu, { alpha: Finite = 0.25 Either }
    /// SReLU: `x` between two thresholds; beyond them straight lines of their own.
    ///
    /// `t_left + a_left (x - t_left)` for `x < t_left`, `t_right + a_right (x - t_right)` for `x > t_right`.
    /// They start at -1, 0.1, 1, 0.1. Source: [Jin et al.](https://arxiv.org/abs/1512.07030).
    srelu: SRelu, {
        t_left: Finite = -1.0 Either, a_left: Finite = 0.1 Either,
        t_right: Finite = 1.0 Either, a_right: Finite = 0.1 Either
    }
    /// TLU, thresholded linear unit: `max(x, tau)`, one threshold a channel.
    ///
    /// `tau` starts at 0. Source: [Singh and Krishnan](https://arxiv.org/abs/1911.09737); timm.
    tlu: Tlu, { tau: Finite = 0.0 Either }
    /// RPReLU: `u + beta`; `gamma u + beta` for `u <= 0`, with `u = x - alpha`.
    ///
    /// They start at 0, 0, 1. Source: [ReActNet](https://arxiv.org/abs/2003.03488).
    rprelu: RPRelu, {
        alpha: Finite = 0.0 Either, beta: Finite = 0.0 Either, gamma: Finite = 1.0 Either
    }
    /// APL, adaptive piecewise linear unit: `max(x, 0)` and five hinges `a_i max(b_i - x, 0)`.
    ///
    /// The hinges start at -1, -0.5, 0, 0.5, 1 with `a_i = 0`, that is as ReLU. Source:
    /// [Agostinelli et al.](https://arxiv.org/abs/1412.6830), who draw both at random.
    apl: Apl, {
        a_1: Finite = 0.0 Either, a_2: Finite = 0.0 Either, a_3: Finite = 0.0 Either,
        a_4: Finite = 0.0 Either, a_5: Finite = 0.0 Either,
        b_1: Finite = -1.0 Either, b_2: Finite = -0.5 Either, b_3: Finite = 0.0 Either,
        b_4: Finite = 0.5 Either, b_5: Finite = 1.0 Either
    }
    /// Snake with the logarithm of its frequency: `x + sin^2(a x) / a` with `a = e^alpha`.
    ///
    /// `alpha` starts at 0. Source: [BigVGAN](https://arxiv.org/abs/2206.04658).
    snake_log: SnakeLog, { alpha: Finite = 0.0 Either }
    /// SnakeBeta: `x + sin^2(alpha x) / (beta + 1e-9)`.
    ///
    /// Both start at 1. Source: [BigVGAN](https://arxiv.org/abs/2206.04658).
    snake_beta: SnakeBeta, { alpha: Finite = 1.0 Either, beta: Positive = 1.0 Either }
    /// SnakeBeta with the logarithms of both parameters, `alpha_logscale` in BigVGAN.
    ///
    /// Both start at 0. Source: [BigVGAN](https://arxiv.org/abs/2206.04658).
    snake_beta_log: SnakeBetaLog, { alpha: Finite = 0.0 Either, beta: Finite = 0.0 Either }
    /// ACON-C: `d s(beta d) + p_2 x` with `d = (p_1 - p_2) x` and `s` the sigmoid.
    ///
    /// They start at 1, 0, 1, that is as SiLU; the paper draws the first two at random. Source:
    /// [Ma et al.](https://arxiv.org/abs/2009.04759).
    acon_c: AconC, { p_1: Finite = 1.0 Either, p_2: Finite = 0.0 Either, beta: Finite = 1.0 Either }
    /// APTx: `(alpha + tanh(beta x)) gamma x`.
    ///
    /// They start at 1, 1, 0.5. Source: [Kumar](https://arxiv.org/abs/2209.06119).
    aptx: Aptx, { alpha: Finite = 1.0 Either, beta: Finite = 1.0 Either, gamma: Finite = 0.5 Either }
    /// PAU, Padé activation unit, version A: a quotient of polynomials of degree 5 and 4 with `a_i` above and
    /// `1 + |b_1 x| + .. + |b_4 x^4|` below.
    ///
    /// It starts as leaky ReLU, to which it was fitted on -3 to 3. Source:
    /// [Molina et al.](https://arxiv.org/abs/1907.06732); the package `rational_activations`.
    pau_a: PauA, {
        a_0: Finite = 0.0297928 Either, a_1: Finite = 0.6183735 Either, a_2: Finite = 2.3233091 Either,
        a_3: Finite = 3.0519362 Either, a_4: Finite = 1.4854203 Either, a_5: Finite = 0.2510245 Either,
        b_1: Finite = -1.1419548 Either, b_2: Finite = 4.39316 Either, b_3: Finite = 0.8714712 Either,
        b_4: Finite = 0.3471966 Either
    }
    /// PAU, version B, the paper's safe form: `1 + |b_1 x + .. + b_4 x^4|` below.
    ///
    /// It starts as leaky ReLU, to which it was fitted on -3 to 3. Source:
    /// [Molina et al.](https://arxiv.org/abs/1907.06732); the package `rational_activations`.
    pau_b: PauB, {
        a_0: Finite = 0.0335582 Either, a_1: Finite = 0.5050059 Either, a_2: Finite = 1.6534697 Either,
        a_3: Finite = 2.0100502 Either, a_4: Finite = 0.9319196 Either, a_5: Finite = 0.1524265 Either,
        b_1: Finite = 0.00004813 Either, b_2: Finite = 3.9802479 Either, b_3: Finite = 0.00001584 Either,
        b_4: Finite = 0.3018338 Either
    }
    /// xIELU: `A x^2 + x / 2` for `x > 0`, else `B (e^x - 1 - x) + x / 2`, with `A = sp(alpha_p)` and
    /// `B = 1/2 + sp(alpha_n)`, where `sp` is softplus.
    ///
    /// `A` and `B` start at 0.8. Source: [Huang and Schlag](https://arxiv.org/abs/2411.13010).
    xielu: Xielu, {
        alpha_p: Finite = 0.2033823208110246 Either, alpha_n: Finite = -1.0502256128148468 Either
    }
    /// DyT, dynamic tanh, in place of layer normalization: `weight tanh(alpha x) + bias`.
    ///
    /// `alpha`, one for all, starts at 0.5; `weight` and `bias`, one a channel, at 1 and 0. Source:
    /// [Zhu et al.](https://arxiv.org/abs/2503.10622).
    dyt: DynamicTanh, { alpha: Finite = 0.5 One, weight: Finite = 1.0 Each, bias: Finite = 0.0 Each }
    /// Derf, in place of layer normalization: `weight erf(alpha x + shift) + bias`.
    ///
    /// `alpha` and `shift`, one for all, start at 0.5 and 0; `weight` and `bias`, one a channel, at 1 and 0.
    /// Source: [Chen et al.](https://arxiv.org/abs/2512.10938).
    derf: DynamicErf, {
        alpha: Finite = 0.5 One, shift: Finite = 0.0 One, weight: Finite = 1.0 Each, bias: Finite = 0.0 Each
    }
    /// TeLU with a learned sharpness, `learned(telu)`: `x tanh(e^(alpha x))`.
    ///
    /// `alpha` starts at 1. Source: [Fernandez and Mali](https://arxiv.org/abs/2412.20269), where it is 1.
    telu learned: Telu, { alpha: Finite = 1.0 Either }
}
