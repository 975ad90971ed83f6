use burn::backend::{Dispatch, DispatchTensor, TensorMetadata, ops::FloatTensorOps};
use burn::tensor::{DType, FloatDType};

use super::compose::compose;
use super::function::Operation;
use super::map::{Few, Kernel, Output};

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
    let taken = inputs.iter_mut().map(|input| input.take()).collect();
    let results = composed(kernel, taken, outputs);
    for (result, output) in results.into_iter().zip(outputs) {
        if let Output::Like(input) = *output {
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
    let inputs = inputs.into_iter().map(|input| input.map(widened)).collect();
    let results = compose::<Dispatch>(Operation::Each(kernel), inputs, outputs).into_iter();
    let narrowed = |(result, output): (Option<_>, &Output)| match (result, output) {
        (Some(result), Output::Like(input)) => {
            let dtype = dtypes[*input].expect("an input that is present");
            Some(cast(result, dtype.into()))
        }
        (result, _) => result,
    };
    results.zip(outputs).map(narrowed).collect()
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

    use crate::fused::flex::{self, Made};
    use crate::fused::map::{Few, Kernel, Output};

    type Tensors = Few<Option<DispatchTensor>>;

    /// The tensor, if it is one of the Flex backend's.
    fn flex_tensor(tensor: &mut DispatchTensor) -> Option<&mut FlexTensor> {
        match &mut tensor.kind {
            DispatchTensorKind::Flex(BackendTensor::Float(tensor)) => Some(tensor),
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
            let Output::Like(place) = *output else {
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
        DispatchTensor {
            kind: DispatchTensorKind::Flex(BackendTensor::<Flex>::Float(tensor)),
            autodiff,
        }
    }
}
