//! Where the products meet autodiff.

use burn::backend::{
    Autodiff, Backend, BackendTensor, Dispatch, DispatchTensor, DispatchTensorKind, Flex,
    TensorMetadata,
    autodiff::{
        NodeId,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    backend_extension,
    tensor::FloatTensor,
};
use burn::nn::Linear;
use burn::tensor::{DType, Tensor};

use super::flex;
use crate::fused::{Few, Tensors, holder};
use crate::product::MatmulPrecision;

/// The layer's output, where this is for it: on the Flex backend, in `f32` or `f64`.
pub(super) fn linear<const D: usize>(
    layer: &Linear,
    input: &Tensor<D>,
    precision: MatmulPrecision,
) -> Option<Tensor<D>> {
    let (weight, bias) = (layer.weight.val(), layer.bias.as_ref().map(|it| it.val()));
    let [d_input, d_output] = weight.dims();
    let mut dims = input.dims();
    if dims[D - 1] != d_input || dims.contains(&0) || d_output == 0 {
        return None;
    }
    let mut tensors: Few<DispatchTensor> = Few::new();
    tensors.push(input.clone().into_dispatch());
    tensors.push(weight.into_dispatch());
    tensors.extend(bias.map(Tensor::into_dispatch));
    let dtype = tensors[0].dtype();
    let fits = |it: &DispatchTensor| it.dtype() == dtype && is_on_flex(&it.kind);
    if !matches!(dtype, DType::F32 | DType::F64) || !tensors.iter().all(fits) {
        return None;
    }
    if D != 2 {
        // Rows, whatever they are rows of.
        tensors[0] = input.clone().reshape([-1, d_input as i32]).into_dispatch();
    }
    let output = <Dispatch as LinearOps>::affine(precision, Tensors(tensors));
    dims[D - 1] = d_output;
    Some(match D {
        2 => Tensor::from_dispatch(output),
        _ => Tensor::<2>::from_dispatch(output).reshape(dims),
    })
}

fn is_on_flex(tensor: &DispatchTensorKind) -> bool {
    matches!(
        holder(tensor),
        DispatchTensorKind::Flex(BackendTensor::Float(_) | BackendTensor::Autodiff(_))
    )
}

#[backend_extension(Flex, Autodiff)]
trait LinearOps: Backend {
    /// `x W + b` of rows `x`, weights and, where there is one, a bias.
    fn affine(
        precision: MatmulPrecision,
        #[extension_type] tensors: Tensors<Self>,
    ) -> FloatTensor<Self>;
}

/// The gradients of a layer.
pub(super) trait LinearGrads: Backend {
    fn of_input(
        weight: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        precision: MatmulPrecision,
    ) -> FloatTensor<Self>;
    fn of_weight(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        precision: MatmulPrecision,
    ) -> FloatTensor<Self>;
    fn of_bias(grad: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl LinearOps for Flex {
    fn affine(precision: MatmulPrecision, tensors: Tensors<Self>) -> FloatTensor<Self> {
        flex::affine(&tensors.0, precision)
    }
}

#[derive(Debug)]
struct Layer(MatmulPrecision);

impl<B: LinearOps + LinearGrads, const N: usize> Backward<B, N> for Layer {
    /// The input and the weights, each where the other's gradient is wanted.
    type State = [Option<NodeId>; 2];

    fn backward(
        self,
        ops: Ops<Self::State, N>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let grad = grads.consume::<B>(&ops.node);
        let [x, weight] = ops
            .state
            .map(|node| node.map(|node| checkpointer.retrieve_node_output::<FloatTensor<B>>(node)));
        let mut parents = ops.parents.into_iter();
        let mut next = || parents.next().flatten();
        if let (Some(parent), Some(weight)) = (next(), weight) {
            grads.register::<B>(parent.id, B::of_input(weight, grad.clone(), self.0));
        }
        if let (Some(parent), Some(x)) = (next(), x) {
            grads.register::<B>(parent.id, B::of_weight(x, grad.clone(), self.0));
        }
        if let Some(parent) = next() {
            grads.register::<B>(parent.id, B::of_bias(grad));
        }
    }
}

impl<B: LinearOps + LinearGrads, C: CheckpointStrategy> LinearOps for Autodiff<B, C> {
    fn affine(precision: MatmulPrecision, tensors: Tensors<Self>) -> FloatTensor<Self> {
        match tensors.0.len() {
            2 => record::<B, C, 2>(precision, tensors.0),
            _ => record::<B, C, 3>(precision, tensors.0),
        }
    }
}

/// Runs the layer, and leaves what its backward pass needs.
fn record<B: LinearOps + LinearGrads, C: CheckpointStrategy, const N: usize>(
    precision: MatmulPrecision,
    tensors: Few<FloatTensor<Autodiff<B, C>>>,
) -> FloatTensor<Autodiff<B, C>> {
    let nodes = core::array::from_fn(|index| tensors[index].node());
    let step = Backward::<B, N>::prepare::<C>(Layer(precision), nodes);
    let run = |tensors: Few<FloatTensor<Autodiff<B, C>>>| {
        let inner = tensors.into_iter().map(|it| it.into_primitive());
        B::affine(precision, Tensors(inner.collect()))
    };
    match step.compute_bound().stateful() {
        OpsKind::Tracked(mut prep) => {
            let (x, weight) = (&tensors[0], &tensors[1]);
            let kept = [
                weight.is_tracked().then(|| prep.checkpoint(x)),
                x.is_tracked().then(|| prep.checkpoint(weight)),
            ];
            prep.finish(kept, run(tensors))
        }
        OpsKind::UnTracked(prep) => prep.finish(run(tensors)),
    }
}
