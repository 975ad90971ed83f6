//! Products of matrices: on the CPU by the crate that Burn's backend has them from, or in `bf16` where the processor
//! multiplies that faster.

use core::fmt;
use core::str::FromStr;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::registry::SpecError;

#[cfg(feature = "flex")]
#[cfg_attr(
    not(all(
        feature = "x86-v4",
        target_arch = "x86_64",
        target_os = "linux",
        not(miri)
    )),
    path = "without_amx.rs"
)]
mod amx;
#[cfg(feature = "flex")]
mod matrix;
#[cfg(feature = "flex")]
mod multiply;

#[cfg(feature = "flex")]
pub(crate) use multiply::{Real, product, product_and_row, tensor};

/// How exact the products of `f32` matrices have to be. The names are those of PyTorch's
/// [`set_float32_matmul_precision`](https://docs.pytorch.org/docs/stable/generated/torch.set_float32_matmul_precision.html).
///
/// It is a permission: a device that gains nothing by less takes them in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum MatmulPrecision {
    /// In full.
    #[default]
    Highest,
    /// Both matrices may be rounded to `bf16`, to two to three digits, whose products are added up in `f32`.
    ///
    /// Done on the Flex backend under Linux with processors that have AMX (Intel's Xeon from Sapphire Rapids on), which
    /// multiply them several times as fast; a number below 1.2e-38 counts as 0 there.
    Medium,
}

impl MatmulPrecision {
    const ALL: [Self; 2] = [Self::Highest, Self::Medium];

    const fn name(self) -> &'static str {
        match self {
            Self::Highest => "highest",
            Self::Medium => "medium",
        }
    }
}

impl fmt::Display for MatmulPrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for MatmulPrecision {
    type Err = SpecError;

    fn from_str(name: &str) -> Result<Self, SpecError> {
        let found = Self::ALL.into_iter().find(|it| it.name() == name);
        found
            .ok_or_else(|| SpecError::unknown("matmul precision", name, &Self::ALL.map(Self::name)))
    }
}

/// The product of two matrices, without a gradient.
pub(crate) fn matmul(lhs: Tensor<2>, rhs: Tensor<2>, precision: MatmulPrecision) -> Tensor<2> {
    #[cfg(feature = "flex")]
    if precision == MatmulPrecision::Medium
        && let Some(product) = on_flex(&lhs, &rhs)
    {
        return product;
    }
    let _ = precision;
    lhs.matmul(rhs)
}

#[cfg(feature = "flex")]
fn on_flex(lhs: &Tensor<2>, rhs: &Tensor<2>) -> Option<Tensor<2>> {
    use burn::backend::{BackendTensor, DispatchTensor, DispatchTensorKind, TensorMetadata};
    use burn::tensor::DType;

    let lhs = lhs.clone().into_dispatch();
    let rhs = rhs.clone().into_dispatch();
    let (
        DispatchTensorKind::Flex(BackendTensor::Float(first)),
        DispatchTensorKind::Flex(BackendTensor::Float(second)),
    ) = (&lhs.kind, &rhs.kind)
    else {
        return None;
    };
    if [first.dtype(), second.dtype()] != [DType::F32; 2] || first.shape()[1] != second.shape()[0] {
        return None;
    }
    let product = product(first, second, MatmulPrecision::Medium);
    Some(Tensor::from_dispatch(DispatchTensor {
        kind: DispatchTensorKind::Flex(BackendTensor::Float(product)),
        autodiff: lhs.autodiff,
    }))
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::tensor::{Device, Distribution, FloatDType, bf16};

    use super::*;

    fn random(dims: [usize; 2]) -> Tensor<2> {
        Tensor::random(dims, Distribution::Normal(0.0, 1.0), &Device::flex())
    }

    fn numbers(tensor: &Tensor<2>) -> Vec<f64> {
        tensor.to_data().iter().collect()
    }

    /// The product of the numbers, rounded before as `round` does, and the largest that its terms could add up to.
    fn expected(lhs: &Tensor<2>, rhs: &Tensor<2>, round: fn(f64) -> f64) -> Vec<(f64, f64)> {
        let ([rows, depth], [_, columns]) = (lhs.dims(), rhs.dims());
        let [lhs, rhs] =
            [lhs, rhs].map(|it| numbers(it).into_iter().map(round).collect::<Vec<_>>());
        let at = |place: usize| {
            let (row, column) = (place / columns, place % columns);
            let terms =
                (0..depth).map(|index| lhs[row * depth + index] * rhs[index * columns + column]);
            terms.fold((0.0, 0.0), |(sum, size), term| {
                (sum + term, size + term.abs())
            })
        };
        (0..rows * columns).map(at).collect()
    }

    fn in_bf16(number: f64) -> f64 {
        bf16::from_f32(number as f32).to_f64()
    }

    /// With tiles it is the product of the rounded numbers, without that of the others.
    fn is_right(lhs: Tensor<2>, rhs: Tensor<2>) {
        match amx::is_supported() {
            true => is_product(lhs, rhs, in_bf16),
            false => is_product(lhs, rhs, |number| number),
        }
    }

    /// As exact as sums in `f32` are.
    fn is_product(lhs: Tensor<2>, rhs: Tensor<2>, round: fn(f64) -> f64) {
        let expected = expected(&lhs, &rhs, round);
        let of = [lhs.dims(), rhs.dims()];
        let product = numbers(&matmul(lhs, rhs, MatmulPrecision::Medium));
        assert_eq!(product.len(), expected.len(), "{of:?}");
        for (ours, (sum, size)) in product.iter().zip(expected) {
            let far = (ours - sum).abs();
            assert!(far <= 2e-6 * size, "{ours} for {sum}, of {of:?}");
        }
    }

    #[test]
    fn tiles_of_any_matrix() {
        // On each side of a tile, a panel, a block and what is done at a time.
        for [rows, depth, columns] in [
            [1, 1, 1],
            [15, 31, 17],
            [16, 32, 16],
            [33, 65, 31],
            [64, 64, 128],
            [257, 100, 130],
            [3, 2100, 5],
        ] {
            let (lhs, rhs) = ([rows, depth], [depth, columns]);
            let turned = |[rows, columns]: [usize; 2]| random([columns, rows]).transpose();
            is_right(random(lhs), random(rhs));
            is_right(turned(lhs), random(rhs));
            is_right(random(lhs), turned(rhs));
            is_right(turned(lhs), turned(rhs));
        }
    }

    #[test]
    fn tiles_of_a_part_of_a_matrix() {
        let part = |it: Tensor<2>| it.slice([3..43, 5..75]);
        is_right(
            part(random([50, 80])),
            part(random([90, 80]).transpose()).transpose(),
        );
        is_right(random([40, 1]).expand([40, 70]), random([70, 20]));
        // Backwards, where neither rows nor columns lie beside each other, it is in full.
        is_product(random([40, 70]).flip([0, 1]), random([70, 20]), |it| it);
    }

    #[test]
    fn nothing_to_multiply() {
        for [rows, depth, columns] in [[0, 3, 4], [3, 0, 4], [3, 4, 0]] {
            let [lhs, rhs] =
                [[rows, depth], [depth, columns]].map(|it| Tensor::zeros(it, &Device::flex()));
            is_right(lhs, rhs);
        }
    }

    #[test]
    fn rounded_to_the_nearest() {
        for number in [
            1.0 + 3.0 / 256.0,
            1.0 + 1.0 / 256.0,
            -1.003,
            3e38,
            1e-30,
            f64::INFINITY,
        ] {
            let [one, number] =
                [1.0, number].map(|it| Tensor::<2>::full([1, 1], it, &Device::flex()));
            is_right_number(number.clone(), one.clone());
            is_right_number(one, number);
        }
        let [nan, one] = [f64::NAN, 1.0].map(|it| Tensor::<2>::full([1, 1], it, &Device::flex()));
        let product = numbers(&matmul(nan, one, MatmulPrecision::Medium));
        assert!(product[0].is_nan());
    }

    fn is_right_number(lhs: Tensor<2>, rhs: Tensor<2>) {
        let exact = numbers(&lhs)[0] * numbers(&rhs)[0];
        let wanted = match amx::is_supported() {
            true => in_bf16(exact),
            false => exact,
        };
        assert_eq!(
            numbers(&matmul(lhs, rhs, MatmulPrecision::Medium)),
            [wanted]
        );
    }

    #[test]
    fn other_types_are_multiplied_in_full() {
        for dtype in [FloatDType::F64, FloatDType::F16] {
            let [lhs, rhs] = [random([20, 30]), random([30, 10])].map(|it| it.cast(dtype));
            let full = lhs.clone().matmul(rhs.clone()).into_data();
            assert_eq!(matmul(lhs, rhs, MatmulPrecision::Medium).into_data(), full);
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn threads_change_no_bit() {
        let (lhs, rhs) = (random([300, 700]), random([700, 500]));
        let [alone, together] = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let product = || matmul(lhs.clone(), rhs.clone(), MatmulPrecision::Medium);
            pool.unwrap().install(product).into_data()
        });
        assert_eq!(alone, together);
    }

    #[test]
    fn names() {
        for precision in MatmulPrecision::ALL {
            assert_eq!(precision.to_string().parse(), Ok(precision));
        }
        let error = "bf16".parse::<MatmulPrecision>().unwrap_err().to_string();
        assert_eq!(
            error,
            "unknown matmul precision \"bf16\" (known: highest, medium)"
        );
    }
}
