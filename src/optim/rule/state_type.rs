use burn::backend::{Backend, Dispatch, DispatchTensor, TensorMetadata};
use burn::tensor::{DType, FloatDType, Shape};
use serde::{Deserialize, Serialize};

use crate::fused::{CODES, are_codes, cast, decode, encode, wide};
use crate::splitmix::GOLDEN;

/// What the states of a rule are stored in. Its arithmetic is the same.
///
/// States that a small error would spoil stay as they are: where a parameter started, sums of all steps. Each rule says
/// which ([`MeasuredRule::ROUNDS`](super::MeasuredRule::ROUNDS)). So do the states of modifiers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum StateType {
    /// `f32`, beside `f64` parameters `f64`.
    #[default]
    Full,
    /// `bf16`, half the memory, by stochastic rounding: up or down by chance, in proportion to how near both are. To the
    /// nearest, a mean that moves by a thousandth a step would not move at all. The noise follows from the number of the
    /// step and from the place in the tensor: the same run gives the same numbers.
    ///
    /// On a device whose steps are composed of tensor operations the noise is the device's own, which `Device::seed` sets.
    ///
    /// For `f32`, `f16` and `bf16` parameters, on devices that have `bf16`: a step panics elsewhere.
    Bf16,
    /// Floats of 8 bits in blocks of 64, each block with a scale of its own: 27 % of the memory, by stochastic rounding as
    /// above.
    ///
    /// A number has 3 bits of mantissa, and what is far below the largest of its block fewer. In a block that has negative
    /// numbers these go down to 4e-6 of the largest, in one that has none, as of second moments, to 6e-11; there a
    /// positive number never becomes 0. An infinity or NaN becomes the largest number that there is: the parameter has
    /// become one by then.
    ///
    /// For `f32`, `f16` and `bf16` parameters, on devices that have integers of 32 bits without a sign: a step panics
    /// elsewhere.
    Float8,
}

impl StateType {
    /// The type of a state beside a parameter of this type.
    pub(super) fn of(self, param: DType, rounds: bool) -> DType {
        match self {
            Self::Bf16 if rounds => DType::BF16,
            Self::Float8 if rounds => CODES,
            _ => wide(param).into(),
        }
    }

    /// # Panics
    ///
    /// Where states cannot be stored so.
    pub(super) fn check(self, rule: impl FnOnce() -> &'static str, param: &DispatchTensor) {
        let (bits, dtype, name) = match self {
            Self::Full => return,
            Self::Bf16 => (16, DType::BF16, "bf16"),
            Self::Float8 => (8, CODES, "words of 32 bits"),
        };
        assert!(
            param.dtype() != DType::F64,
            "{}: states of {bits} bits are for f32, f16 and bf16 parameters, this one is f64",
            rule()
        );
        assert!(
            Dispatch::supports_dtype(&param.device(), dtype),
            "{}: states of {bits} bits are {name}, which {:?} does not have: leave state_bits out",
            rule(),
            param.device()
        );
    }

    /// What the noise of a state follows from in a step; `None` where results become the nearest.
    pub(super) fn noise(self, time: u64) -> Option<Noise> {
        (self != Self::Full).then_some(Noise(time))
    }
}

/// The state of a parameter of this shape, in another type than it has.
pub(super) fn stored(
    state: DispatchTensor,
    dtype: DType,
    shape: &Shape,
    seed: u32,
) -> DispatchTensor {
    let state = match are_codes(&state) {
        true => decode(state, shape),
        false => state,
    };
    match dtype {
        CODES => encode(cast(state, FloatDType::F32), seed),
        _ => cast(state, dtype.into()),
    }
}

/// The noise of a step.
#[derive(Clone, Copy)]
pub(super) struct Noise(u64);

impl Noise {
    /// That of a state.
    pub(super) fn seed(self, state: usize) -> u32 {
        let number = self.0.wrapping_mul(31).wrapping_add(state as u64);
        // The upper half: numbers that are near lie far apart.
        (number.wrapping_mul(GOLDEN) >> 32) as u32
    }
}
