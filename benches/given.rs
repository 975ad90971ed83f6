//! A backward pass that starts from a given gradient, as `y.backward(gradient)` does in PyTorch.

use burn::backend::{
    Autodiff, Backend, Dispatch, Flex,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind, unary},
    },
    backend_extension,
    tensor::FloatTensor,
};
use burn::tensor::Tensor;

/// A number whose gradient with respect to `y` is `gradient`: `with_gradient(y, gradient).backward()`
/// takes the time of what made `y`, and next to none of its own. Burn alone starts from a tensor of
/// ones that it makes first.
pub fn with_gradient<const D: usize>(y: Tensor<D>, gradient: Tensor<D>) -> Tensor<1> {
    let (y, gradient) = (y.into_dispatch(), gradient.into_dispatch());
    Tensor::from_dispatch(<Dispatch as GivenOps>::given(y, gradient))
}

#[backend_extension(Flex, Autodiff)]
trait GivenOps: Backend {
    fn given(y: FloatTensor<Self>, gradient: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl GivenOps for Flex {
    fn given(y: FloatTensor<Self>, _gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        use burn::backend::ops::FloatTensorOps;

        Self::float_zeros([1].into(), &Default::default(), y.dtype().into())
    }
}

#[derive(Debug)]
struct Given;

impl<B: GivenOps> Backward<B, 1> for Given {
    type State = FloatTensor<B>;

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        grads: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        unary::<B, _>(ops.parents, ops.node, grads, |_| ops.state);
    }
}

impl<B: GivenOps, C: CheckpointStrategy> GivenOps for Autodiff<B, C> {
    fn given(y: FloatTensor<Self>, gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        let step = Backward::<B, 1>::prepare::<C>(Given, [y.node()]);
        let gradient = gradient.into_primitive();
        match step.compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let output = B::given(y.into_primitive(), gradient.clone());
                prep.finish(gradient, output)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::given(y.into_primitive(), gradient)),
        }
    }
}
