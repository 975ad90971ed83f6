//! Every activation by name, of every kind: formulas, gated and learned ones, and those of rows.

use burn::tensor::{Device, Distribution, Tensor};
use burn_extras::activation::{Activation, ActivationConfig, crelu, maxout};

use crate::devices;
use crate::view::{VIEWS, View, same};

type Forward = Box<dyn Fn(Tensor<2>, Tensor<2>) -> Tensor<2>>;

/// Every activation for rows of `width` numbers, of two inputs: what is no gate leaves the second alone. Those that draw
/// random numbers are not here.
pub fn activations(width: usize, device: &Device) -> Vec<(String, Forward)> {
    let drawn = ["gumbel_softmax", "rrelu"];
    let names = ActivationConfig::names().iter();
    let names = names.filter(|name| !drawn.contains(*name));
    let mut all: Vec<(String, Forward)> = names
        .map(|name| {
            let config: ActivationConfig = name.parse().expect("a name");
            let forward: Forward = match (config.clone(), config.init_for(width, device)) {
                (ActivationConfig::Gated(config), _) => {
                    Box::new(move |x, gate| config.gate().forward(x, gate))
                }
                (_, Activation::Learned(learned)) => Box::new(move |x, _| learned.forward(x)),
                (_, activation) => Box::new(move |x, _| activation.forward(x)),
            };
            (name.to_string(), forward)
        })
        .collect();
    all.push(("maxout".into(), Box::new(|x, _| maxout(x, 1, 2))));
    all.push(("crelu".into(), Box::new(|x, _| crelu(x, 1))));
    all
}

/// Values, and the gradients of the inputs.
type Found = Vec<Vec<f32>>;

/// Both ways, with tensors that lie like `view`.
fn both_ways(forward: &Forward, [x, gate]: &[Tensor<2>; 2], view: View) -> Found {
    let wants = |tensor: &Tensor<2>| view.of(tensor.clone()).autodiff().require_grad();
    let (x, gate) = (wants(x), wants(gate));
    let y = forward(x.clone(), gate.clone());
    let [rows, columns] = y.dims();
    let place =
        Tensor::<1, burn::tensor::Int>::arange(0..(rows * columns) as i64, &y.device().inner());
    let grad = (place.float() * 0.7).sin().reshape([rows, columns]);
    let grads = view.loss(y.clone(), grad.autodiff()).backward();
    let read = |tensor: Tensor<2>| tensor.into_data().iter::<f32>().collect::<Vec<_>>();
    let mut found = vec![read(y.inner())];
    found.extend([x, gate].iter().filter_map(|it| it.grad(&grads)).map(read));
    found
}

#[test]
fn views_give_what_plain_tensors_give() {
    for (device_name, device) in devices::all() {
        let shape = [37, 10];
        let random = || Tensor::random(shape, Distribution::Normal(0.0, 2.0), &device);
        let inputs = [random(), random()];
        for (name, forward) in activations(shape[1], &device.clone().autodiff()) {
            let plain = both_ways(&forward, &inputs, View::Plain);
            assert!(plain.len() > 1, "{name}: no gradient");
            for view in VIEWS {
                let viewed = both_ways(&forward, &inputs, view);
                for (viewed, plain) in viewed.iter().zip(&plain) {
                    let is_same = same(device_name, viewed, plain);
                    assert!(is_same, "{name}, {view:?} on {device_name}");
                }
            }
        }
    }
}

/// One row that stands for many.
#[test]
fn expanded_tensors_give_what_their_copies_give() {
    for (device_name, device) in devices::all() {
        let row = || Tensor::<2>::random([1, 10], Distribution::Normal(0.0, 2.0), &device);
        let inputs = [row().expand([9, 10]), row().expand([9, 10])];
        for (name, forward) in activations(10, &device.clone().autodiff()) {
            let plain = both_ways(&forward, &inputs, View::Plain);
            let [x, gate] = inputs.clone().map(|it| it.autodiff().require_grad());
            let y = forward(x.clone(), gate);
            let found: Vec<f32> = y.clone().inner().into_data().iter().collect();
            assert_eq!(found, plain[0], "{name} on {device_name}");
            // The gradient of a sum is one number that stands for all.
            let summed = x.grad(&y.sum().backward()).expect("a gradient");
            assert_eq!(summed.dims(), [9, 10], "{name} on {device_name}");
        }
    }
}
