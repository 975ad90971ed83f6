use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{DType, Device, Tensor};
use burn_extras::model::Mlp;

fn cast(network: Mlp, dtype: DType) -> Mlp {
    network.map(&mut Cast(dtype))
}

/// The network with weights of half the bytes, on the CPU, which has them.
pub fn halved(network: Mlp) -> Mlp {
    cast(network.to_device(&Device::flex()), DType::F16)
}

/// The network with full weights again, on `device`.
pub fn widened(network: Mlp, device: &Device) -> Mlp {
    cast(network, DType::F32).to_device(device)
}

struct Cast(DType);

impl ModuleMapper for Cast {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| tensor.cast(self.0))
    }
}
