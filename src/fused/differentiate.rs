//! Where a function meets Burn's backends and autodiff.

#![cfg_attr(
    feature = "ndarray",
    allow(deprecated, reason = "a parity partner until Burn removes it")
)]

use core::marker::PhantomData;

use burn::backend::{
    Autodiff, Backend, BackendTensor, DType, Dispatch, DispatchTensor, DispatchTensorKind,
    TensorMetadata,
    autodiff::{
        NodeId,
        checkpoint::{
            base::Checkpointer, retro_forward::RetroForward, state::BackwardStates,
            strategy::CheckpointStrategy,
        },
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    backend_extension,
    tensor::FloatTensor,
};

use smallvec::smallvec;

use super::compose::compose;
use super::function::{Keeps, Shared};
use super::map::{Few, Output};
use super::tensors::{Tensors, holder};

/// The two operations of a function. The default bodies compose tensor operations.
#[backend_extension(
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Cube: cfg(feature = "cube"),
    Remote: cfg(feature = "remote"),
    Autodiff,
    Fusion: cfg(feature = "cube")
)]
pub(crate) trait FunctionOps: Backend {
    /// `f(x)`, as large as the first input.
    #[fusion(default)]
    fn forward(function: Shared, #[extension_type] inputs: Tensors<Self>) -> FloatTensor<Self> {
        let inputs = inputs.0.into_iter().map(Some).collect();
        single(compose::<Self>(
            function.forward(),
            inputs,
            &[Output::Like(0)],
        ))
    }

    /// The gradients of the inputs that want one, from what the backward pass kept and the output's gradient.
    #[fusion(default)]
    fn backward(
        function: Shared,
        outputs: Few<Output>,
        #[extension_type] inputs: Tensors<Self>,
    ) -> Tensors<Self> {
        let inputs = inputs.0.into_iter().map(Some).collect();
        let gradients = compose::<Self>(function.backward(), inputs, &outputs);
        Tensors(gradients.into_iter().flatten().collect())
    }
}

#[cfg(feature = "ndarray")]
impl FunctionOps for burn::backend::NdArray {}

#[cfg(feature = "cube")]
impl FunctionOps for burn_cubecl::CubeBackend {}

/// The one result that there is.
pub(super) fn single<T>(results: Few<Option<T>>) -> T {
    let result = results.into_iter().flatten().next();
    result.expect("one result is wanted")
}

#[derive(Debug)]
struct Recompute<B: FunctionOps> {
    function: Shared,
    inputs: Few<NodeId>,
    backend: PhantomData<B>,
}

impl<B: FunctionOps> RetroForward for Recompute<B> {
    fn forward(&self, states: &mut BackwardStates, out_node: NodeId) {
        let inputs = self.inputs.iter();
        let inputs = inputs.map(|input| states.get_state::<FloatTensor<B>>(input));
        let inputs = Tensors::<B>(inputs.collect());
        states.save(out_node, B::forward(self.function.clone(), inputs));
    }
}

/// What the backward pass finds what it needs by.
#[derive(Clone, Debug)]
enum Kept<T> {
    /// The derivatives are 0 everywhere.
    Nothing,
    Inputs(Few<NodeId>),
    Output(T),
}

#[derive(Debug)]
struct Differentiate {
    function: Shared,
    /// How many inputs there are: parents past the end only fill up.
    inputs: usize,
}

impl<B: FunctionOps, const N: usize> Backward<B, N> for Differentiate {
    type State = Kept<FloatTensor<B>>;

    fn backward(
        self,
        ops: Ops<Self::State, N>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let grad = grads.consume::<B>(&ops.node);
        let parents = &ops.parents[..self.inputs];
        let mut inputs = match ops.state {
            Kept::Nothing => Few::new(),
            Kept::Inputs(nodes) => {
                let retrieve = |node| checkpointer.retrieve_node_output(node);
                nodes.into_iter().map(retrieve).collect()
            }
            Kept::Output(tensor) => smallvec![tensor],
        };
        inputs.push(grad);
        let output = |(index, parent): (usize, &Option<_>)| match parent {
            Some(_) => Output::Like(index),
            None => Output::Dropped,
        };
        let outputs = parents.iter().enumerate().map(output).collect();
        let gradients = B::backward(self.function, outputs, Tensors(inputs));
        for (parent, gradient) in parents.iter().flatten().zip(gradients.0) {
            grads.register::<B>(parent.id, gradient);
        }
    }
}

impl<B: FunctionOps, C: CheckpointStrategy> FunctionOps for Autodiff<B, C> {
    fn forward(function: Shared, inputs: Tensors<Self>) -> FloatTensor<Self> {
        // The number of parents is part of a type: few of these, each compiled for every backend.
        match inputs.0.len() {
            1 => record::<B, C, 1>(function, inputs.0),
            2 => record::<B, C, 2>(function, inputs.0),
            3..=4 => record::<B, C, 4>(function, inputs.0),
            5..=8 => record::<B, C, 8>(function, inputs.0),
            9..=MAX_INPUTS => record::<B, C, MAX_INPUTS>(function, inputs.0),
            more => unreachable!("{more} inputs: at most {MAX_INPUTS} were let through"),
        }
    }
}

/// How many inputs a formula can have at most.
pub(super) const MAX_INPUTS: usize = 16;

/// Runs the function, and leaves what its backward pass needs.
fn record<B: FunctionOps, C: CheckpointStrategy, const N: usize>(
    mut function: Shared,
    inputs: Few<FloatTensor<Autodiff<B, C>>>,
) -> FloatTensor<Autodiff<B, C>> {
    // An output of half precision is rounded: a derivative from it would be off by more than its own rounding.
    if matches!(inputs[0].dtype(), DType::F16 | DType::BF16)
        && let Some(keeping_inputs) = function.keeping_inputs()
    {
        function = keeping_inputs;
    }
    let differentiate = Differentiate {
        function: function.clone(),
        inputs: inputs.len(),
    };
    let guards = core::array::from_fn(|index| inputs.get(index).unwrap_or(&inputs[0]).node());
    let step = Backward::<B, N>::prepare::<C>(differentiate, guards);
    let keeps = function.keeps();
    let prepared = if keeps == Keeps::Output {
        // The output is kept as it is: there is nothing to recompute.
        step.compute_bound()
    } else {
        step.memory_bound()
            .retro_forward(Recompute::<B> {
                function: function.clone(),
                inputs: inputs.iter().map(|input| input.id()).collect(),
                backend: PhantomData,
            })
            .parents(&inputs)
    };
    let run = |inputs: Few<FloatTensor<Autodiff<B, C>>>| {
        let inputs = inputs.into_iter().map(|input| input.into_primitive());
        B::forward(function, Tensors(inputs.collect()))
    };
    match prepared.stateful() {
        OpsKind::Tracked(mut prep) => {
            let kept = match keeps {
                Keeps::Output => {
                    let output = run(inputs);
                    return prep.finish(Kept::Output(output.clone()), output);
                }
                Keeps::Nothing => Kept::Nothing,
                Keeps::Inputs => {
                    Kept::Inputs(inputs.iter().map(|input| prep.checkpoint(input)).collect())
                }
            };
            prep.finish(kept, run(inputs))
        }
        OpsKind::UnTracked(prep) => prep.finish(run(inputs)),
    }
}

/// The function on whatever device the inputs are on.
pub(crate) fn apply(function: Shared, mut inputs: Few<DispatchTensor>) -> DispatchTensor {
    if function.is_identity() {
        inputs.remove(0)
    } else if inputs.iter().all(|input| is_wired(&input.kind)) {
        <Dispatch as FunctionOps>::forward(function, Tensors(inputs))
    } else {
        apply_composed(function, inputs)
    }
}

/// The function composed of Burn's operations, which Burn differentiates: what serves backends that this
/// crate was not told of.
pub(crate) fn apply_composed(function: Shared, inputs: Few<DispatchTensor>) -> DispatchTensor {
    let inputs = inputs.into_iter().map(Some).collect();
    single(compose::<Dispatch>(
        function.forward(),
        inputs,
        &[Output::Like(0)],
    ))
}

/// Whether the extension is wired to the tensor's backend; calling it on another one panics.
fn is_wired(tensor: &DispatchTensorKind) -> bool {
    match holder(tensor) {
        #[cfg(feature = "flex")]
        DispatchTensorKind::Flex(BackendTensor::Float(_) | BackendTensor::Autodiff(_)) => true,
        #[cfg(feature = "ndarray")]
        DispatchTensorKind::NdArray(BackendTensor::Float(_) | BackendTensor::Autodiff(_)) => true,
        #[cfg(feature = "cube")]
        DispatchTensorKind::Cube(BackendTensor::Float(_) | BackendTensor::Autodiff(_)) => true,
        #[cfg(feature = "remote")]
        DispatchTensorKind::Remote(BackendTensor::Float(_) | BackendTensor::Autodiff(_)) => true,
        #[allow(
            unreachable_patterns,
            reason = "which variants exist is Burn's features' choice"
        )]
        _ => false,
    }
}
