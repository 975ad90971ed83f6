use burn::backend::{
    Backend, BackendTensor, Dispatch, DispatchAutodiffContext, DispatchTensor, DispatchTensorKind,
    ExtensionType, TensorMetadata, ops::FloatTensorOps, tensor::FloatTensor,
};
use burn::tensor::{Shape, Tensor};

use super::map::Few;

/// Some tensors on one device, to be handed to a backend together.
pub(crate) struct Tensors<B: Backend>(pub(crate) Few<FloatTensor<B>>);

impl<B: Backend> ExtensionType<B> for Tensors<B> {
    type Target = Tensors<Dispatch>;

    fn map_to_dispatch<F>(self, map_kind: F, autodiff: DispatchAutodiffContext) -> Self::Target
    where
        F: Fn(BackendTensor<B>) -> DispatchTensorKind,
    {
        let wrap = |tensor| DispatchTensor {
            kind: map_kind(BackendTensor::Float(tensor)),
            autodiff,
        };
        Tensors(self.0.into_iter().map(wrap).collect())
    }

    fn map_from_dispatch<F>(target: Self::Target, unwrap_kind: F) -> Self
    where
        F: Fn(DispatchTensor) -> BackendTensor<B>,
    {
        let unwrap = |tensor| unwrap_kind(tensor).float();
        Self(target.0.into_iter().map(unwrap).collect())
    }

    fn routing_tensor(target: &Self::Target) -> Option<&DispatchTensor> {
        target.0.first()
    }

    fn routing_float_tensor(target: &Self::Target) -> Option<&DispatchTensor> {
        target.0.first()
    }

    fn autodiff_context(target: &Self::Target) -> DispatchAutodiffContext {
        let contexts = target.0.iter().map(|tensor| tensor.autodiff);
        contexts.fold(DispatchAutodiffContext::Disabled, |all, one| all.merge(one))
    }
}

/// What holds the tensor, whether autodiff records it or not.
pub(crate) fn holder(tensor: &DispatchTensorKind) -> &DispatchTensorKind {
    match tensor {
        DispatchTensorKind::Autodiff(inner) => holder(inner),
        other => other,
    }
}

/// Whether a tensor has this shape: without a copy of its own, where that can be.
pub(crate) fn has_shape(tensor: &DispatchTensor, shape: &Shape) -> bool {
    #[cfg(feature = "flex")]
    if let DispatchTensorKind::Flex(BackendTensor::Float(tensor)) = &tensor.kind {
        return tensor.layout().shape() == shape;
    }
    tensor.shape() == *shape
}

/// The elements one behind the other.
pub(crate) fn flattened(tensor: DispatchTensor) -> Tensor<1> {
    let len = tensor.shape().num_elements();
    Tensor::from_dispatch(Dispatch::float_reshape(tensor, [len].into()))
}

/// A tensor of this shape, whose elements these are.
pub(crate) fn shaped<const D: usize>(tensor: Tensor<D>, shape: Shape) -> DispatchTensor {
    Dispatch::float_reshape(tensor.into_dispatch(), shape)
}
