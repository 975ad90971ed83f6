use core::f64::consts::{LN_2, LOG2_E};

use burn::backend::{Dispatch, DispatchTensor, TensorMetadata, ops::FloatTensorOps};
use burn::tensor::{DType, Distribution, FloatDType};

use super::codes::{self, are_codes};
use super::compose::compose;
use super::function::Operation;
use super::map::{Few, Kernel, Output};
#[cfg(feature = "remote")]
use super::remote;

/// Runs a map on whatever device the tensors are on, without a gradient. Where results can take the memory
/// of inputs that nobody else holds, they do.
///
/// The first input is as large as the results. `f16` and `bf16` are computed in `f32`.
pub(crate) fn run(
    kernel: &dyn Kernel,
    inputs: &mut Few<Option<DispatchTensor>>,
    outputs: &[Output],
) -> Few<Option<DispatchTensor>> {
    #[cfg(feature = "flex")]
    if let Some(results) = flex::run(kernel, inputs, outputs) {
        return results;
    }
    #[cfg(feature = "remote")]
    if let Some(results) = remote::run_map(kernel, inputs, outputs) {
        return results;
    }
    composed(kernel, inputs.drain(..).collect(), outputs)
}

/// Runs a map as [`run`] does, and puts its results in the places of the inputs that they are like.
pub(crate) fn run_over(
    kernel: &dyn Kernel,
    inputs: &mut [&mut Option<DispatchTensor>],
    outputs: &[Output],
) {
    #[cfg(feature = "flex")]
    if flex::run_over(kernel, inputs, outputs) {
        return;
    }
    let mut taken = inputs.iter_mut().map(|input| input.take()).collect();
    let results = run(kernel, &mut taken, outputs);
    for (result, output) in results.into_iter().zip(outputs) {
        if let Some(input) = output.like() {
            *inputs[input] = result;
        }
    }
}

/// Runs a map as tensor operations.
fn composed(
    kernel: &dyn Kernel,
    inputs: Few<Option<DispatchTensor>>,
    outputs: &[Output],
) -> Few<Option<DispatchTensor>> {
    let dtypes: Few<_> = inputs
        .iter()
        .map(|input| input.as_ref().map(|tensor| tensor.dtype()))
        .collect();
    let shape = inputs[0].as_ref().expect("the first input").shape();
    let wide = |tensor: DispatchTensor| match are_codes(&tensor) {
        true => codes::decoded(tensor, &shape),
        false => widened(tensor),
    };
    let inputs = inputs.into_iter().map(|input| input.map(wide)).collect();
    let results = compose::<Dispatch>(Operation::Each(kernel), inputs, outputs).into_iter();
    let narrowed = |(result, output): (Option<_>, &Output)| match (result, output.like()) {
        (Some(result), Some(input)) => {
            let dtype = dtypes[input].expect("an input that is present");
            if dtype == codes::DTYPE {
                return Some(codes::encoded(result));
            }
            let result = match (output, dtype) {
                (Output::Stochastic { .. }, DType::BF16) => with_noise(result),
                _ => result,
            };
            Some(cast(result, dtype.into()))
        }
        (result, _) => result,
    };
    results.zip(outputs).map(narrowed).collect()
}

/// The tensor with noise of at most half of what the last bit of `bf16` is worth, either way: the nearest `bf16` is then one
/// above or below by chance.
fn with_noise(tensor: DispatchTensor) -> DispatchTensor {
    let (shape, device, dtype) = (tensor.shape(), tensor.device(), tensor.dtype().into());
    let half = Distribution::Uniform(-0.5, 0.5);
    let noise = Dispatch::float_random(shape, half, &device, dtype);
    // The power of two below each number. An infinity has none, and is to stay one: this is 1.5 times the largest.
    let size = Dispatch::float_clamp_max(Dispatch::float_abs(tensor.clone()), 2.55e38.into());
    let exponent = Dispatch::float_mul_scalar(Dispatch::float_log(size), LOG2_E.into());
    let exponent = Dispatch::float_mul_scalar(Dispatch::float_floor(exponent), LN_2.into());
    let last_bit = Dispatch::float_mul_scalar(Dispatch::float_exp(exponent), (1.0 / 128.0).into());
    Dispatch::float_add(tensor, Dispatch::float_mul(noise, last_bit))
}

/// The type that numbers of this one are computed in.
pub(crate) fn wide(dtype: DType) -> FloatDType {
    match dtype {
        DType::F64 => FloatDType::F64,
        _ => FloatDType::F32,
    }
}

/// The tensor in the type that its numbers are computed in.
pub(crate) fn widened(tensor: DispatchTensor) -> DispatchTensor {
    match tensor.dtype() {
        DType::F16 | DType::BF16 => cast(tensor, FloatDType::F32),
        _ => tensor,
    }
}

/// The tensor in another float type; the same tensor if it has it already.
pub(crate) fn cast(tensor: DispatchTensor, dtype: FloatDType) -> DispatchTensor {
    if FloatDType::from(tensor.dtype()) == dtype {
        tensor
    } else {
        Dispatch::float_cast(tensor, dtype)
    }
}

/// The one pass over memory of the Flex backend.
#[cfg(feature = "flex")]
mod flex {
    use burn::backend::flex::FlexTensor;
    use burn::backend::{
        BackendTensor, DispatchAutodiffContext, DispatchTensor, DispatchTensorKind, Flex,
    };

    use crate::fused::codes::DTYPE;
    use crate::fused::flex::{self, Made};
    use crate::fused::map::{Few, Kernel, Output};

    type Tensors = Few<Option<DispatchTensor>>;

    /// The tensor, if it is one of the Flex backend's. Integers are codes.
    fn flex_tensor(tensor: &mut DispatchTensor) -> Option<&mut FlexTensor> {
        match &mut tensor.kind {
            DispatchTensorKind::Flex(BackendTensor::Float(tensor) | BackendTensor::Int(tensor)) => {
                Some(tensor)
            }
            _ => None,
        }
    }

    /// `None` where the pass cannot do it: other backends, a machine without the vectors for it, a smaller input that
    /// cannot be read in one pass.
    pub(super) fn run(
        kernel: &dyn Kernel,
        inputs: &mut Tensors,
        outputs: &[Output],
    ) -> Option<Tensors> {
        let mut given = given(inputs.iter_mut())?;
        let made = flex::run(kernel, &mut given, outputs)?;
        drop(given);
        let autodiff = inputs.iter().flatten().next_back()?.autodiff;
        let results = made.into_iter().map(|made| match made {
            Made::Nothing => None,
            Made::Over(input) => inputs[input].take(),
            Made::New(tensor) => Some(wrapped(*tensor, autodiff)),
        });
        Some(results.collect())
    }

    /// Whether it was done; see [`run`].
    pub(super) fn run_over(
        kernel: &dyn Kernel,
        inputs: &mut [&mut Option<DispatchTensor>],
        outputs: &[Output],
    ) -> bool {
        let Some(mut given) = given(inputs.iter_mut().map(|input| &mut **input)) else {
            return false;
        };
        let Some(made) = flex::run(kernel, &mut given, outputs) else {
            return false;
        };
        drop(given);
        let mut tensors = inputs.iter().filter_map(|input| input.as_ref());
        let autodiff = tensors
            .next_back()
            .map(|it| it.autodiff)
            .unwrap_or_default();
        for (made, output) in made.into_iter().zip(outputs) {
            let Some(place) = output.like() else {
                continue;
            };
            match made {
                Made::Nothing => {}
                Made::Over(input) if input == place => {}
                // Its own memory somebody else holds, or an earlier result took: no later result is in it.
                Made::Over(input) => *inputs[place] = inputs[input].take(),
                Made::New(tensor) => *inputs[place] = Some(wrapped(*tensor, autodiff)),
            }
        }
        true
    }

    fn given<'a>(
        inputs: impl Iterator<Item = &'a mut Option<DispatchTensor>>,
    ) -> Option<Few<Option<&'a mut FlexTensor>>> {
        let mut given = Few::new();
        for input in inputs {
            given.push(match input {
                None => None,
                Some(tensor) => Some(flex_tensor(tensor)?),
            });
        }
        flex::is_supported().then_some(given)
    }

    fn wrapped(tensor: FlexTensor, autodiff: DispatchAutodiffContext) -> DispatchTensor {
        let tensor = match tensor.dtype() {
            DTYPE => BackendTensor::<Flex>::Int(tensor),
            _ => BackendTensor::Float(tensor),
        };
        DispatchTensor {
            kind: DispatchTensorKind::Flex(tensor),
            autodiff,
        }
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::*;

    #[test]
    fn noise_rounds_up_or_down_by_chance() {
        const LEN: usize = 1 << 14;
        let device = Device::flex();
        for number in [1.002f32, -1.006, 3e30, 5e-30, 0.999] {
            let tensor = Tensor::<1>::full([LEN], number, &device);
            let noisy = cast(with_noise(tensor.into_dispatch()), FloatDType::BF16);
            let narrow = Tensor::<1>::from_dispatch(noisy).cast(FloatDType::F32);
            let number = f64::from(number);
            let far = (narrow.clone() - number).abs().max().into_scalar::<f32>();
            assert!(f64::from(far) <= number.abs() / 128.0, "{number}: {far}");
            let mean: f64 = narrow.mean().into_scalar::<f32>().into();
            assert!((mean / number - 1.0).abs() < 2e-4, "{number}: {mean}");
        }
        for number in [0.0f32, -2.5, f32::INFINITY] {
            let tensor = Tensor::<1>::full([64], number, &device);
            let same = cast(with_noise(tensor.into_dispatch()), FloatDType::BF16);
            let same = Tensor::<1>::from_dispatch(same).cast(FloatDType::F32);
            assert!(
                same.equal_elem(number).all().into_scalar::<bool>(),
                "{number}"
            );
        }
    }
}
