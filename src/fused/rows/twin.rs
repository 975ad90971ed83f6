//! Both ways of a function of rows, the one pass and the composed one, forward and backward.

use burn::backend::Dispatch;
use burn::tensor::Tensor;
use smallvec::smallvec;

use crate::fused::compose::compose;
use crate::fused::differentiate::{FunctionOps, single};
use crate::fused::function::{Operation, Shared};
use crate::fused::map::Output;
use crate::fused::tensors::Tensors;

/// The same result twice.
pub(crate) struct Twins<const D: usize> {
    pub(crate) fused: Tensor<D>,
    pub(crate) composed: Tensor<D>,
}

pub(crate) fn forward<const D: usize>(function: &Shared, x: &Tensor<D>) -> Twins<D> {
    let inputs = Tensors(smallvec![x.clone().into_dispatch()]);
    let fused = <Dispatch as FunctionOps>::forward(function.clone(), inputs);
    Twins {
        fused: Tensor::from_dispatch(fused),
        composed: composed(function.forward(), &[x]),
    }
}

pub(crate) fn backward<const D: usize>(
    function: &Shared,
    y: &Tensor<D>,
    grad: &Tensor<D>,
) -> Twins<D> {
    let inputs = smallvec![y.clone().into_dispatch(), grad.clone().into_dispatch()];
    let outputs = smallvec![Output::Like(0)];
    let fused = <Dispatch as FunctionOps>::backward(function.clone(), outputs, Tensors(inputs));
    Twins {
        fused: Tensor::from_dispatch(fused.0.into_iter().next().expect("a gradient")),
        composed: composed(function.backward(), &[y, grad]),
    }
}

fn composed<const D: usize>(operation: Operation<'_>, inputs: &[&Tensor<D>]) -> Tensor<D> {
    let inputs = inputs
        .iter()
        .map(|tensor| Some((*tensor).clone().into_dispatch()));
    let outputs = [Output::Like(0)];
    Tensor::from_dispatch(single(compose::<Dispatch>(
        operation,
        inputs.collect(),
        &outputs,
    )))
}
