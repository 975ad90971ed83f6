use burn::backend::{Flex, tensor::FloatTensor};
use smallvec::smallvec;

use super::pass::{self, Made};
use super::rows::run_rows;
use super::vectorize::is_supported;
use crate::fused::compose::compose;
use crate::fused::differentiate::{FunctionOps, single};
use crate::fused::function::{Operation, Shared};
use crate::fused::map::{Few, Kernel, Output};
use crate::fused::tensors::Tensors;

impl FunctionOps for Flex {
    fn forward(function: Shared, inputs: Tensors<Self>) -> FloatTensor<Self> {
        single(run(function.forward(), inputs, &[Output::Like(0)]))
    }

    fn backward(function: Shared, outputs: Few<Output>, inputs: Tensors<Self>) -> Tensors<Self> {
        let gradients = run(function.backward(), inputs, &outputs);
        Tensors(gradients.into_iter().flatten().collect())
    }
}

fn run(
    operation: Operation<'_>,
    inputs: Tensors<Flex>,
    outputs: &[Output],
) -> Few<Option<FloatTensor<Flex>>> {
    match operation {
        Operation::Each(kernel) if is_supported() => run_each(kernel, inputs, outputs),
        // A sine of a large number is worked out anew, which takes what led to it.
        Operation::Rows(kernel, axis) if is_supported() && !kernel.is_periodic() => {
            smallvec![Some(run_rows(kernel, axis, inputs.0))]
        }
        composed => {
            let inputs = inputs.0.into_iter().map(Some).collect();
            compose::<Flex>(composed, inputs, outputs)
        }
    }
}

fn run_each(
    kernel: &dyn Kernel,
    inputs: Tensors<Flex>,
    outputs: &[Output],
) -> Few<Option<FloatTensor<Flex>>> {
    let mut inputs: Few<_> = inputs.0.into_iter().map(Some).collect();
    let mut given: Few<_> = inputs.iter_mut().map(Option::as_mut).collect();
    let made = pass::run(kernel, &mut given, outputs);
    drop(given);
    let made = made.expect("inputs that were spread where they have to be");
    let results = made.into_iter().map(|made| match made {
        Made::Nothing => None,
        Made::Over(input) => inputs[input].take(),
        Made::New(tensor) => Some(*tensor),
    });
    results.collect()
}
