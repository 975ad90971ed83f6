use burn::module::{Module, Param};
use burn::tensor::Tensor;

use crate::fused::{Few, Shared, apply_shared};

/// An activation whose parameters are learned, made by a [`LearnedConfig`](super::LearnedConfig).
///
/// The backward pass keeps the input and the parameters. The gradient of a parameter is the sum over the
/// features that share it, whose bits do not depend on the number of threads.
#[derive(Module, Debug)]
pub struct Learned {
    /// In the order of the formula: one number, or one a channel.
    pub parameters: Vec<Param<Tensor<1>>>,
    #[module(skip)]
    axis: usize,
    #[module(skip)]
    function: Shared,
}

impl Learned {
    pub(super) fn new(parameters: Vec<Param<Tensor<1>>>, axis: usize, function: Shared) -> Self {
        Self {
            parameters,
            axis,
            function,
        }
    }

    /// Applies the activation to each element.
    ///
    /// # Shapes
    ///
    /// Those of the input, whose channels lie along the configuration's axis.
    ///
    /// # Panics
    ///
    /// When a parameter is one a channel, and the input has another number of channels.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let parameters = self.parameters.iter().map(|parameter| parameter.val());
        apply(self.function.clone(), input, self.axis, parameters)
    }
}

/// The formula of an input and parameters along its channels.
pub(in crate::activation) fn apply<const D: usize>(
    function: Shared,
    input: Tensor<D>,
    axis: usize,
    parameters: impl IntoIterator<Item = Tensor<1>>,
) -> Tensor<D> {
    let dims = input.dims();
    let mut inputs: Few<Tensor<D>> = Few::new();
    inputs.push(input);
    for parameter in parameters {
        let [count] = parameter.dims();
        let mut shape = [1; D];
        if count != 1 {
            assert!(
                dims.get(axis) == Some(&count),
                "a parameter for {count} channels does not fit an input of {dims:?} along axis {axis}"
            );
            shape[axis] = count;
        }
        inputs.push(parameter.reshape(shape));
    }
    apply_shared(function, inputs)
}
