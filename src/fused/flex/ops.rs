use burn::backend::{Flex, tensor::FloatTensor};

use super::pass::{self, Made};
use super::vectorize::is_supported;
use crate::fused::compose::compose;
use crate::fused::differentiate::{FunctionOps, single};
use crate::fused::function::Shared;
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
    kernel: &dyn Kernel,
    inputs: Tensors<Flex>,
    outputs: &[Output],
) -> Few<Option<FloatTensor<Flex>>> {
    let mut inputs: Few<_> = inputs.0.into_iter().map(Some).collect();
    if !is_supported() {
        return compose::<Flex>(kernel, inputs, outputs);
    }
    let mut given: Few<_> = inputs.iter_mut().map(Option::as_mut).collect();
    let made = pass::run(kernel, &mut given, outputs);
    drop(given);
    let results = made.into_iter().map(|made| match made {
        Made::Nothing => None,
        Made::Over(input) => inputs[input].take(),
        Made::New(tensor) => Some(tensor),
    });
    results.collect()
}
