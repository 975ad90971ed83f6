//! Where a formula meets Burn's backends and autodiff.

#![cfg_attr(
    feature = "ndarray",
    allow(deprecated, reason = "a parity partner until Burn removes it")
)]

use std::sync::Arc;

use burn::backend::{
    Autodiff, Backend, BackendTensor, Dispatch, DispatchTensor, DispatchTensorKind,
    autodiff::{
        NodeId,
        checkpoint::{
            base::Checkpointer, retro_forward::RetroForward, state::BackwardStates,
            strategy::CheckpointStrategy,
        },
        grads::Gradients,
        ops::{Backward, Ops, OpsKind, unary},
    },
    backend_extension,
    tensor::FloatTensor,
};

use super::{
    Number, Pointwise,
    compose::compose,
    kernel::{Kernel, passed},
};

pub(crate) type Formula = Arc<dyn Kernel>;

/// The two operations of a pointwise formula. The default bodies compose tensor operations.
#[backend_extension(
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Cube: cfg(feature = "cube"),
    Autodiff,
    Fusion: cfg(feature = "cube")
)]
pub(crate) trait PointwiseOps: Backend {
    /// `f(x)`.
    #[fusion(default)]
    fn pointwise(formula: Formula, x: FloatTensor<Self>) -> FloatTensor<Self> {
        value_composed::<Self>(&*formula, x)
    }

    /// `grad * f'`, and 0 where `f'` is, from what the backward pass kept.
    #[fusion(default)]
    fn pointwise_backward(
        formula: Formula,
        kept: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        slope_composed::<Self>(&*formula, kept, grad)
    }
}

#[cfg(feature = "ndarray")]
impl PointwiseOps for burn::backend::NdArray {}

#[cfg(feature = "cube")]
impl PointwiseOps for burn_cubecl::CubeBackend {}

#[derive(Debug)]
struct Recompute<B: PointwiseOps> {
    formula: Formula,
    input: NodeId,
    backend: core::marker::PhantomData<B>,
}

impl<B: PointwiseOps> RetroForward for Recompute<B> {
    fn forward(&self, states: &mut BackwardStates, out_node: NodeId) {
        let input = states.get_state::<FloatTensor<B>>(&self.input);
        states.save(out_node, B::pointwise(self.formula.clone(), input));
    }
}

/// What the backward pass finds what it needs by.
#[derive(Clone, Debug)]
enum Kept<T> {
    /// The slope is 0 everywhere.
    Nothing,
    Input(NodeId),
    Output(T),
}

#[derive(Debug)]
struct Differentiate(Formula);

/// 0, whatever the number: no gradient.
#[derive(Clone, Debug)]
struct Zero;

impl Pointwise for Zero {
    #[inline(always)]
    fn value<N: Number>(&self, _x: N) -> N {
        N::literal(0.0)
    }

    #[inline(always)]
    fn slope<N: Number>(&self, _x: N) -> N {
        N::literal(0.0)
    }
}

impl<B: PointwiseOps> Backward<B, 1> for Differentiate {
    type State = Kept<FloatTensor<B>>;

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let kept = match ops.state {
            Kept::Nothing => None,
            Kept::Input(node) => Some(checkpointer.retrieve_node_output(node)),
            Kept::Output(tensor) => Some(tensor),
        };
        unary::<B, _>(ops.parents, ops.node, grads, |grad| match kept {
            Some(kept) => B::pointwise_backward(self.0, kept, grad),
            None => B::pointwise(Arc::new(Zero), grad),
        });
    }
}

impl<B: PointwiseOps, C: CheckpointStrategy> PointwiseOps for Autodiff<B, C> {
    fn pointwise(formula: Formula, x: FloatTensor<Self>) -> FloatTensor<Self> {
        let step = Backward::<B, 1>::prepare::<C>(Differentiate(formula.clone()), [x.node()]);
        let keeps_output = formula.keeps_output();
        let prepared = if keeps_output {
            // The output is kept as it is: there is nothing to recompute.
            step.compute_bound()
        } else {
            step.memory_bound()
                .retro_forward(Recompute::<B> {
                    formula: formula.clone(),
                    input: x.id(),
                    backend: core::marker::PhantomData,
                })
                .parents([&x])
        };
        match prepared.stateful() {
            OpsKind::Tracked(prep) if keeps_output => {
                let output = B::pointwise(formula, x.into_primitive());
                prep.finish(Kept::Output(output.clone()), output)
            }
            OpsKind::Tracked(prep) if formula.is_flat() => {
                prep.finish(Kept::Nothing, B::pointwise(formula, x.into_primitive()))
            }
            OpsKind::Tracked(mut prep) => {
                let kept = Kept::Input(prep.checkpoint(&x));
                prep.finish(kept, B::pointwise(formula, x.into_primitive()))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::pointwise(formula, x.into_primitive())),
        }
    }
}

/// `f(x)` on whatever device `x` is on.
pub(crate) fn apply(formula: Formula, x: DispatchTensor) -> DispatchTensor {
    if formula.is_identity() {
        x
    } else if is_wired(&x.kind) {
        <Dispatch as PointwiseOps>::pointwise(formula, x)
    } else {
        apply_composed(formula, x)
    }
}

/// `f(x)` composed of Burn's operations, which Burn differentiates: what serves backends that this
/// crate was not told of.
pub(crate) fn apply_composed(formula: Formula, x: DispatchTensor) -> DispatchTensor {
    value_composed::<Dispatch>(&*formula, x)
}

/// `f(x)` as tensor operations.
pub(super) fn value_composed<B: Backend>(
    formula: &dyn Kernel,
    x: FloatTensor<B>,
) -> FloatTensor<B> {
    let mut outputs = compose::<B>(vec![x], |x| vec![formula.record_value(x[0])]);
    outputs.remove(0)
}

/// `grad * f'`, and 0 where `f'` is, as tensor operations.
pub(super) fn slope_composed<B: Backend>(
    formula: &dyn Kernel,
    kept: FloatTensor<B>,
    grad: FloatTensor<B>,
) -> FloatTensor<B> {
    let mut outputs = compose::<B>(vec![kept, grad], |inputs| {
        vec![passed(inputs[1], formula.record_slope(inputs[0]))]
    });
    outputs.remove(0)
}

/// Whether the extension is wired to the tensor's backend; calling it on another one panics.
fn is_wired(tensor: &DispatchTensorKind) -> bool {
    match tensor {
        #[cfg(feature = "flex")]
        DispatchTensorKind::Flex(BackendTensor::Float(_) | BackendTensor::Autodiff(_)) => true,
        #[cfg(feature = "ndarray")]
        DispatchTensorKind::NdArray(BackendTensor::Float(_) | BackendTensor::Autodiff(_)) => true,
        #[cfg(feature = "cube")]
        DispatchTensorKind::Cube(BackendTensor::Float(_) | BackendTensor::Autodiff(_)) => true,
        DispatchTensorKind::Autodiff(inner) => is_wired(inner),
        #[allow(
            unreachable_patterns,
            reason = "which variants exist is Burn's features' choice"
        )]
        _ => false,
    }
}
