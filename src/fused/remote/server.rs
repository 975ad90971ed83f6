//! Formulas that have come to a server.

#![cfg_attr(
    feature = "ndarray",
    allow(deprecated, reason = "a parity partner until Burn removes it")
)]

use burn::backend::{
    BackendTensor, Dispatch, DispatchAutodiffContext, DispatchDevice, DispatchTensor,
    DispatchTensorKind,
};
use burn::tensor::Device;
use burn::tensor::server::RemoteServer;

use smallvec::smallvec;

use super::program::Program;
use super::wire;
use crate::fused::compose::compose_along;
use crate::fused::map::{Few, Kernel, Output};
use crate::fused::run;

/// The results, all of which are wanted.
fn run_program(
    program: &Program,
    inputs: Few<DispatchTensor>,
    outputs: &[Output],
) -> Few<Option<DispatchTensor>> {
    match program.axis() {
        None => {
            let mut inputs = inputs.into_iter().map(Some).collect();
            run(program, &mut inputs, outputs)
        }
        Some(axis) => {
            let inputs = inputs.into_vec();
            let result =
                compose_along::<Dispatch>(axis, inputs, |inputs| program.record(inputs).remove(0));
            smallvec![Some(result)]
        }
    }
}

macro_rules! with_formulas {
    ($($feature:literal $backend:ident => $type:ty),* $(,)?) => {
        /// The server of a device, and what runs formulas there. A backend that is not here cannot be served.
        pub(crate) fn run_formulas(server: RemoteServer, device: &Device) -> RemoteServer {
            let device = device.clone().inner();
            match device.as_dispatch() {
                $(
                    #[cfg(feature = $feature)]
                    DispatchDevice::$backend(_) => server.with_custom_op::<$type, _>(
                        wire::NAME,
                        |tensors, operation, _device| {
                            let Some(program) = wire::unpacked(&operation.scalars) else {
                                panic!("a client sent what is no formula");
                            };
                            let outputs = program.outputs();
                            assert!(
                                operation.inputs.len() == program.inputs()
                                    && operation.outputs.len() == outputs.len(),
                                "a client sent a formula of other tensors"
                            );
                            let inputs = operation.inputs.iter().map(|input| {
                                let tensor = tensors.get_float_tensor::<$type>(input);
                                DispatchTensor {
                                    kind: DispatchTensorKind::$backend(BackendTensor::Float(tensor)),
                                    autodiff: DispatchAutodiffContext::Disabled,
                                }
                            });
                            let results = run_program(&program, inputs.collect(), &outputs);
                            for (result, place) in results.into_iter().zip(&operation.outputs) {
                                let result = result.expect("every result is wanted").kind;
                                let DispatchTensorKind::$backend(BackendTensor::Float(result)) = result else {
                                    unreachable!("it is where the inputs were");
                                };
                                tensors.register_float_tensor::<$type>(&place.id, result);
                            }
                        },
                    ),
                )*
                #[allow(unreachable_patterns, reason = "which variants exist is Burn's features' choice")]
                _ => server,
            }
        }
    };
}

with_formulas! {
    "flex" Flex => burn::backend::Flex,
    "ndarray" NdArray => burn::backend::NdArray,
    "cube" Cube => burn::backend::Cube,
}
