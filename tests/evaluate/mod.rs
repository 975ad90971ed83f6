//! An activation on the CPU, at many numbers of some float type.

use burn::tensor::{Device, Element, Tensor, TensorData};
use burn_extras::activation::Activation;

/// Value and derivative at these inputs, whose derivatives start from 1.
pub fn evaluate<E: Element>(activation: &Activation, inputs: Vec<E>) -> [Vec<E>; 2] {
    let device = Device::flex().autodiff();
    let shape = [inputs.len()];
    let x = Tensor::<1>::from_data(TensorData::new(inputs, shape), (&device, E::dtype()));
    let x = x.require_grad();
    let y = activation.forward(x.clone());
    let grads = y.clone().backward();
    let slope = x.grad(&grads).expect("the input requires a gradient");
    [y.inner(), slope].map(|tensor| {
        let data = tensor.into_data();
        data.try_into_vec().expect("a tensor of this type")
    })
}
