//! Numbers in 8 bits, for the states of optimizers: codes in blocks of 64, each block with a scale of its own.
//!
//! A code is a small float with a sign, 4 bits of exponent `E` and 3 of mantissa `M`; in a block without negative numbers
//! the exponent has the bit of the sign too. It stands for
//!
//! ```text
//! without negative numbers  2^(e - 158) ((1 + M/8) 2^E - 1)       E from 0 to 31
//! with                    +-2^(e - 142) ((1 + M/8) 2^E - 1)       E from 0 to 15
//! ```
//!
//! where `e` is such that the largest number of the block is among the largest that there are. The steps from code to code
//! are an eighth of a number at most where numbers are large, and all the same near zero, which is a code itself: the
//! mu-law by which telephones digitize speech (G.711). The exponent of the largest as scale is that of the microscaling
//! formats (MX). Adding and taking away the 1 of the formula makes it the bits of an `f32`, so that neither way takes
//! a table, a logarithm or a root.
//!
//! Numbers are rounded up or down by chance, in proportion to how near both are. A positive one of a block without
//! negative numbers never becomes 0: the root of a second moment is divided by, and what is above would still be there.
//!
//! A tensor of codes has 17 words of 32 bits a block. Byte `k` of word `j` is the code of number `16 k + j`, so that
//! vectors are taken apart and put together by shifts; the last word is `e`, and [`SIGNED`] where that holds.

use burn::backend::{Dispatch, DispatchTensor, TensorMetadata, ops::FloatTensorOps};
use burn::tensor::{DType, Distribution, FloatDType, Int, IntDType, Shape, Tensor, TensorData};
use smallvec::smallvec;

use super::map::{Map, Output};
use super::number::Number;
use super::pack::Array;
use super::run::run;
use super::tensors::flattened;

/// Numbers of a block.
pub(super) const BLOCK: usize = 64;
/// Words of a block that hold codes.
pub(super) const CODES: usize = BLOCK / 4;
/// Words of a block.
pub(super) const WORDS: usize = CODES + 1;
/// The type of the words.
pub(crate) const DTYPE: DType = DType::U32;
/// Beside the exponent, where numbers of a block are negative.
pub(super) const SIGNED: u32 = 1 << 8;
/// The exponents that a block can have: so many that neither the smallest step is subnormal nor the inverse of the scale
/// zero.
pub(super) const EXPONENTS: [u32; 2] = [36, 253];
/// Larger numbers than this become as large as this one.
pub(super) const LARGEST: f32 = f32::from_bits(0x7eef_0000);

/// The shape of the codes of numbers of this shape.
pub(crate) fn shape(numbers: &Shape) -> Shape {
    Shape::from(vec![numbers.num_elements().div_ceil(BLOCK), WORDS])
}

/// Whether a tensor is codes.
pub(crate) fn are_codes(tensor: &DispatchTensor) -> bool {
    tensor.dtype() == DTYPE
}

/// The codes of numbers.
pub(crate) fn encode(numbers: DispatchTensor, seed: u32) -> DispatchTensor {
    let [blocks, words] = [0, 1].map(|axis| shape(&numbers.shape())[axis]);
    let device = flattened(numbers.clone()).device();
    let codes = Tensor::<2, Int>::zeros([blocks, words], (&device, DTYPE)).into_dispatch();
    let output = Output::Stochastic { like: 1, seed };
    let results = run(
        &Pick::<0>,
        &mut smallvec![Some(numbers), Some(codes)],
        &[output],
    );
    results.into_iter().flatten().next().expect("the codes")
}

/// The numbers of this shape that codes stand for, in `f32`.
pub(crate) fn decode(codes: DispatchTensor, shape: &Shape) -> DispatchTensor {
    let like = Dispatch::float_zeros(shape.clone(), &codes.device(), FloatDType::F32);
    let results = run(
        &Pick::<1>,
        &mut smallvec![Some(like), Some(codes)],
        &[Output::Wide(0)],
    );
    results.into_iter().flatten().next().expect("the numbers")
}

/// One of two inputs as it is: a pass that does nothing but convert.
#[derive(Clone)]
struct Pick<const PLACE: usize>;

impl<const PLACE: usize> Map for Pick<PLACE> {
    type In = Array<2>;
    type Out = Array<1>;

    #[inline(always)]
    fn map<N: Number>(&self, [first, second]: [N; 2]) -> [N; 1] {
        [if PLACE == 0 { first } else { second }]
    }
}

/// `2^(index - 127)`; what no block has is 0.
fn powers() -> Vec<f32> {
    (0..255).map(|field| f32::from_bits(field << 23)).collect()
}

/// What the codes stand for in a block whose `e` is 127: those without a sign, and then those with.
fn values() -> Vec<f32> {
    let value = |code: u32, top: i32| {
        let (exponent, mantissa) = ((code >> 3) as i32, code & 7);
        let grown = (1.0 + f64::from(mantissa) / 8.0) * 2f64.powi(exponent - top);
        (grown - 2f64.powi(-top)) as f32
    };
    let plain = (0..256).map(|code| value(code, 31));
    let signed = (0..256).map(|code| match code & 0x80 {
        0 => value(code, 15),
        _ => -value(code & 0x7f, 15),
    });
    plain.chain(signed).collect()
}

/// What tensor operations make of codes.
pub(super) fn decoded(codes: DispatchTensor, shape: &Shape) -> DispatchTensor {
    let words = Tensor::<2, Int>::from_dispatch(codes);
    let (device, [blocks, _]) = (words.device(), words.dims());
    let chosen = |table: Vec<f32>, at: Tensor<2, Int>| {
        let [rows, columns] = at.dims();
        let len = table.len();
        let table = Tensor::<1>::from_data(TensorData::new(table, [len]), (&device, DType::F32));
        let at = at.cast(IntDType::I32).reshape([rows * columns]);
        table.select(0, at).reshape([rows, columns])
    };
    let head = words.clone().slice([0..blocks, CODES..WORDS]);
    let words = words.slice([0..blocks, 0..CODES]);
    let bytes = (0..4).map(|byte| {
        let byte = words.clone().bitwise_right_shift_scalar(8 * byte);
        byte.bitwise_and_scalar(0xff)
    });
    let signed = head.clone().bitwise_and_scalar(SIGNED);
    let places = Tensor::cat(bytes.collect(), 1) + signed.expand([blocks, BLOCK]);
    let numbers = chosen(values(), places) * chosen(powers(), head.bitwise_and_scalar(0xff));
    let numbers = numbers.reshape([blocks * BLOCK]);
    let numbers = numbers.slice(0..shape.num_elements());
    Dispatch::float_reshape(numbers.into_dispatch(), shape.clone())
}

/// Codes by tensor operations. The noise is the device's own.
pub(super) fn encoded(numbers: DispatchTensor) -> DispatchTensor {
    let numbers = flattened(numbers);
    let (device, [len]) = (numbers.device(), numbers.dims());
    let blocks = len.div_ceil(BLOCK);
    let rest = Tensor::<1>::zeros([blocks * BLOCK - len], (&device, DType::F32));
    let x: Tensor<2> = Tensor::cat(vec![numbers, rest], 0).reshape([blocks, BLOCK]);
    let table = TensorData::new(powers(), [255]);
    let powers = Tensor::<1>::from_data(table, (&device, DType::F32));

    let negative = x.clone().lower_elem(0.0).float().cast(FloatDType::F32);
    let signed = negative.clone().max_dim(1);
    let size = x.abs().clamp_max(LARGEST);
    // From 15/16 of the next power of two on a number may become that one.
    let largest = size.clone().max_dim(1).clamp_min(1e-30) * (16.0 / 15.0);
    let [least, most] = EXPONENTS.map(f64::from);
    let exponent = floor_log_2(largest).add_scalar(127.0).clamp(least, most);
    let exponent = exponent.int().cast(IntDType::I32);
    let inverse = exponent.clone().neg().add_scalar(254).reshape([blocks]);
    let inverse = powers.select(0, inverse).reshape([blocks, 1]);
    // 2^31, or 2^15 where numbers are negative.
    let steps = signed.clone() * (2f64.powi(15) - 2f64.powi(31)) + 2f64.powi(31);

    let positive = size.clone().greater_elem(0.0).float().cast(FloatDType::F32);
    let grown = size * inverse * steps + 1.0;
    let power = floor_log_2(grown.clone()).clamp(0.0, 31.0);
    let mantissa = grown / (power.clone() * core::f64::consts::LN_2).exp() - 1.0;
    let place = (power + mantissa) * 8.0;
    let even = Distribution::Uniform(0.0, 1.0);
    let chance = Dispatch::float_random(place.shape(), even, device.as_dispatch(), FloatDType::F32);
    let code = (place + Tensor::from_dispatch(chance)).floor();
    let top = (signed.clone() * -128.0 + 255.0).expand([blocks, BLOCK]);
    let least = positive * (signed.clone() * -1.0 + 1.0);
    let code = code.min_pair(top).max_pair(least) + negative * 128.0;

    let code = code.int().cast(IntDType::U32);
    let byte = |byte: usize| {
        let code = code
            .clone()
            .slice([0..blocks, byte * CODES..(byte + 1) * CODES]);
        code.mul_scalar(1u32 << (8 * byte))
    };
    let words = byte(0) + byte(1) + byte(2) + byte(3);
    let head = exponent + signed.int().cast(IntDType::I32).mul_scalar(SIGNED);
    Tensor::cat(vec![words, head.cast(IntDType::U32)], 1).into_dispatch()
}

/// The largest integer that is not above the logarithm; one less than that, or more, very near to one.
fn floor_log_2(x: Tensor<2>) -> Tensor<2> {
    (x.log() * core::f64::consts::LOG2_E).floor()
}
