//! Formulas on their way to a server.

use std::sync::{PoisonError, RwLock};

use burn::backend::tensor::FloatTensor;
use burn::backend::{
    BackendTensor, DispatchDevice, DispatchTensor, DispatchTensorKind, Remote, RemoteDevice,
    TensorMetadata,
};
use burn::tensor::Device;
use burn::tensor::remote::CustomOpClient;
use burn_ir::{CustomOpIr, TensorIr};

use super::program::Program;
use super::wire;
use crate::fused::compose::{compose, rounds};
use crate::fused::differentiate::{FunctionOps, single};
use crate::fused::function::{Operation, Shared};
use crate::fused::map::{Few, Kernel, Output};
use crate::fused::run::wide;
use crate::fused::tensors::Tensors;

/// The devices whose servers run formulas.
static RUN_FORMULAS: RwLock<Vec<RemoteDevice>> = RwLock::new(Vec::new());

/// Says that the server of a device runs formulas; whether the device is on a server.
pub(crate) fn send_formulas(device: &Device) -> bool {
    let device = device.clone().inner();
    let DispatchDevice::Remote(remote) = device.as_dispatch() else {
        return false;
    };
    if !runs_formulas(remote) {
        let devices = RUN_FORMULAS.write();
        let mut devices = devices.unwrap_or_else(PoisonError::into_inner);
        devices.push(remote.clone());
    }
    true
}

fn runs_formulas(device: &RemoteDevice) -> bool {
    let devices = RUN_FORMULAS.read();
    let devices = devices.unwrap_or_else(PoisonError::into_inner);
    devices.contains(device)
}

impl FunctionOps for Remote {
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
    inputs: Tensors<Remote>,
    outputs: &[Output],
) -> Few<Option<FloatTensor<Remote>>> {
    let inputs: Few<_> = inputs.0.into_iter().map(Some).collect();
    match operation {
        Operation::Each(kernel) if are_sent(&inputs) => sent(kernel, inputs, outputs),
        Operation::Rows(kernel, axis) if are_sent(&inputs) => {
            let first = inputs[0].as_ref().expect("rows");
            let size = rounds(kernel, axis, first);
            let program = Program::of_rows(kernel, axis, inputs.len(), size);
            send(&program, inputs, outputs)
        }
        operation => compose::<Remote>(operation, inputs, outputs),
    }
}

/// Runs a map on the server of the tensors; `None` where they are elsewhere, or it runs no formulas.
pub(in crate::fused) fn run_map(
    kernel: &dyn Kernel,
    inputs: &mut Few<Option<DispatchTensor>>,
    outputs: &[Output],
) -> Option<Few<Option<DispatchTensor>>> {
    let autodiff = inputs.iter().flatten().next_back()?.autodiff;
    let remote = |input: &Option<DispatchTensor>| match input {
        None => Some(None),
        Some(DispatchTensor {
            kind: DispatchTensorKind::Remote(BackendTensor::Float(tensor)),
            ..
        }) => Some(Some(tensor.device())),
        Some(_) => None,
    };
    let devices: Option<Few<_>> = inputs.iter().map(remote).collect();
    let is_sent = devices?.iter().flatten().all(runs_formulas);
    if !is_sent {
        return None;
    }
    let tensors = inputs.drain(..).map(|input| match input?.kind {
        DispatchTensorKind::Remote(BackendTensor::Float(tensor)) => Some(tensor),
        _ => unreachable!("each was looked at"),
    });
    let results = sent(kernel, tensors.collect(), outputs).into_iter();
    let wrapped = |tensor| DispatchTensor {
        kind: DispatchTensorKind::Remote(BackendTensor::Float(tensor)),
        autodiff,
    };
    Some(results.map(|result| result.map(wrapped)).collect())
}

fn are_sent(inputs: &[Option<FloatTensor<Remote>>]) -> bool {
    let mut present = inputs.iter().flatten();
    present.next().is_some_and(|it| runs_formulas(&it.device()))
}

/// Runs a map on the server.
fn sent(
    kernel: &dyn Kernel,
    inputs: Few<Option<FloatTensor<Remote>>>,
    outputs: &[Output],
) -> Few<Option<FloatTensor<Remote>>> {
    let present: Few<_> = inputs.iter().map(Option::is_some).collect();
    send(&Program::of(kernel, &present, outputs), inputs, outputs)
}

/// Runs a program on the server, as one operation.
fn send(
    program: &Program,
    inputs: Few<Option<FloatTensor<Remote>>>,
    outputs: &[Output],
) -> Few<Option<FloatTensor<Remote>>> {
    let first = inputs.iter().flatten().next().expect("an input");
    let (client, full) = (CustomOpClient::new(&first.device()), first.shape());
    let results = outputs.iter().filter_map(|output| {
        let input = &inputs[output.input()?];
        let like = input.as_ref().expect("an input that is present");
        let id = client.create_empty_handle();
        Some(match matches!(output, Output::Wide(_)) {
            false => TensorIr::uninit(id, like.shape(), like.dtype()),
            true => TensorIr::uninit(id, full.clone(), wide(like.dtype()).into()),
        })
    });
    let results: Vec<_> = results.collect();
    let inputs = inputs.into_iter().flatten();
    let operation = CustomOpIr {
        id: wire::NAME.into(),
        outputs: results,
        scalars: wire::packed(program),
        inputs: inputs.map(|input| input.into_ir()).collect(),
    };
    let mut made = client.register(operation).into_iter();
    let result = |output: &Output| match output {
        Output::Dropped => None,
        _ => made.next(),
    };
    outputs.iter().map(result).collect()
}
