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
    if flex::serves(inputs) {
        return flex::run(kernel, inputs, outputs);
    }
    let dtypes: Few<_> = inputs
        .iter()
        .map(|input| input.as_ref().map(|tensor| tensor.dtype()))
        .collect();
    let widened = |tensor: DispatchTensor| match tensor.dtype() {
        DType::F16 | DType::BF16 => cast(tensor, FloatDType::F32),
        _ => tensor,
    };
    let inputs = inputs.drain(..).map(|input| input.map(widened)).collect();
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
    use burn::backend::{BackendTensor, DispatchTensor, DispatchTensorKind, Flex};

    use crate::fused::flex::{self, Made};
    use crate::fused::map::{Few, Kernel, Output};

    type Tensors = Few<Option<DispatchTensor>>;

    /// Whether the tensors are on the Flex backend, and the machine has the vectors for it.
    pub(super) fn serves(inputs: &Tensors) -> bool {
        let is_flex = |tensor: &DispatchTensor| {
            matches!(
                tensor.kind,
                DispatchTensorKind::Flex(BackendTensor::Float(_))
            )
        };
        flex::is_supported() && inputs.iter().flatten().all(is_flex)
    }

    pub(super) fn run(kernel: &dyn Kernel, inputs: &mut Tensors, outputs: &[Output]) -> Tensors {
        let mut autodiff = None;
        let mut given: Few<_> = inputs
            .iter_mut()
            .map(|input| match input.as_mut() {
                Some(DispatchTensor {
                    kind: DispatchTensorKind::Flex(BackendTensor::Float(tensor)),
                    autodiff: context,
                }) => {
                    autodiff = Some(*context);
                    Some(tensor)
                }
                _ => None,
            })
            .collect();
        let made = flex::run(kernel, &mut given, outputs);
        drop(given);
        let autodiff = autodiff.unwrap_or_default();
        let results = made.into_iter().map(|made| match made {
            Made::Nothing => None,
            Made::Over(input) => inputs[input].take(),
            Made::New(tensor) => Some(DispatchTensor {
                kind: DispatchTensorKind::Flex(BackendTensor::<Flex>::Float(tensor)),
                autodiff,
            }),
        });
        results.collect()
    }
}
